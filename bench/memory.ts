import { setTimeout } from "node:timers/promises";
import { Baresip } from "../test/peers/harness/baresip.ts";
import { House } from "../test/peers/harness/house.ts";
import { Scratch } from "../test/peers/harness/scratch.ts";
import { sine } from "../test/peers/harness/signal.ts";
import { type Bench, check, type Figure, median, range } from "./figures.ts";
import { processorMs } from "./machine.ts";
import { type Resident, resident } from "./size/resident.ts";
import { StandingCalls } from "./standing-calls.ts";

const CALLS = 8;
const WINDOW_MS = 4000;
const ROUNDS = 3;

/** Resident memory and processor time of the gateway, idle and with calls up; Node itself and baresip beside it. */
export const memory: Bench = {
  name: "Memory and processor",
  async run(): Promise<readonly Figure[]> {
    const scratch = new Scratch();
    try {
      const baresip = await Baresip.start(scratch, { user: "bench", says: sine(1000, -16, 1000), answer: "auto" });
      const house = await House.start(scratch);
      const { pid } = house.program;
      const fresh = resident(pid).rss;
      const peer = resident(baresip.pid).rss;
      check(fresh > 0 && peer > 0, "a process could not be measured");
      const rounds: Round[] = [];
      // The first round warms up: code is compiled, pools are filled.
      for (let n = 0; n <= ROUNDS; n++) rounds.push(await oneRound(scratch, house));
      const [, ...warm] = rounds;
      const perCall = warm.map(({ idle, busy }) => (busy.memory.anonymous - idle.memory.anonymous) / CALLS / 1024);
      const idleShares = warm.map(({ idle }) => idle.share * 100);
      const busyShares = warm.map(({ busy }) => busy.share * 100);
      return [
        {
          what: "resident memory, idle",
          value: `${megabytes(fresh)} MiB, emulator included (baresip ${megabytes(peer)} MiB: ratio ${(fresh / peer).toFixed(1)})`,
          spread: `after calls ${range(
            warm.map(({ idle }) => idle.memory.rss / 2 ** 20),
            1,
          )}`,
          checked: "every phone idle",
        },
        {
          what: "memory of its own, per call",
          value:
            Math.min(...perCall) > 0 ? `${median(perCall).toFixed(0)} KiB` : "less than the garbage collector's noise",
          spread: `${range(perCall)} KiB`,
          checked: "all calls up with voice both ways, all ended by SIPp as written",
        },
        {
          what: "processor time",
          value: `idle ${median(idleShares).toFixed(1)} %, ${CALLS} calls ${median(busyShares).toFixed(1)} % of one core`,
          spread: `over ${WINDOW_MS / 1000} s each; idle ${range(idleShares, 1)}, busy ${range(busyShares, 1)}`,
          checked: "the same run",
        },
      ];
    } finally {
      await scratch.close();
    }
  },
};

interface Load {
  readonly memory: Resident;
  /** Processor time as a share of one core. */
  readonly share: number;
}

interface Round {
  readonly idle: Load;
  readonly busy: Load;
}

async function oneRound(scratch: Scratch, house: House): Promise<Round> {
  const idle = await load(house.program.pid);
  const calls = await StandingCalls.start(scratch, house, CALLS, 1.5 * (WINDOW_MS / 1000));
  const busy = await load(house.program.pid);
  await calls.verify();
  await calls.end();
  await house.isQuiet(10_000);
  return { idle, busy };
}

async function load(pid: number): Promise<Load> {
  const used = await share(pid);
  return { memory: resident(pid), share: used };
}

async function share(pid: number): Promise<number> {
  const [before, began] = [processorMs(pid), performance.now()];
  await setTimeout(WINDOW_MS);
  return (processorMs(pid) - before) / (performance.now() - began);
}

function megabytes(octets: number): string {
  return (octets / 2 ** 20).toFixed(1);
}
