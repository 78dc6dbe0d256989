import { setTimeout } from "node:timers/promises";
import { Baresip } from "../test/peers/harness/baresip.ts";
import { House } from "../test/peers/harness/house.ts";
import { Scratch } from "../test/peers/harness/scratch.ts";
import { sine } from "../test/peers/harness/signal.ts";
import { type Bench, check, type Figure } from "./figures.ts";
import { processorMs, residentBytes } from "./machine.ts";
import { StandingCalls } from "./standing-calls.ts";

const CALLS = 8;
const WINDOW_MS = 5000;

/** Resident memory and processor time of the gateway, idle and with calls up; Node itself and baresip beside it. */
export const memory: Bench = {
  name: "Memory and processor",
  async run(): Promise<readonly Figure[]> {
    const scratch = new Scratch();
    try {
      const baresip = await Baresip.start(scratch, { user: "bench", says: sine(1000, -16, 1000), answer: "auto" });
      const house = await House.start(scratch);
      const { pid } = house.program;
      const idleShare = await share(pid);
      const idle = residentBytes(pid);
      const calls = await StandingCalls.start(scratch, house, CALLS, 20);
      const busyShare = await share(pid);
      const busy = residentBytes(pid);
      await calls.verify();
      await calls.end();
      await house.isQuiet(10_000);
      check(busy > 0 && idle > 0, "the process could not be measured");
      const peer = residentBytes(baresip.pid);
      return [
        {
          what: "resident memory, idle",
          value: `${megabytes(idle)} MiB (emulator included)`,
          spread: `baresip ${megabytes(peer)} MiB: ratio ${(idle / peer).toFixed(1)}`,
          checked: "every phone idle",
        },
        {
          what: "resident memory, per call",
          value: `${((busy - idle) / CALLS / 1024).toFixed(0)} KiB`,
          spread: `${megabytes(busy)} MiB with ${CALLS} calls, one run`,
          checked: "all calls up with voice both ways, all ended by SIPp as written",
        },
        {
          what: "processor time",
          value: `idle ${percent(idleShare)}, ${CALLS} calls ${percent(busyShare)} of one core`,
          spread: `over ${WINDOW_MS / 1000} s each`,
          checked: "the same run",
        },
      ];
    } finally {
      await scratch.close();
    }
  },
};

async function share(pid: number): Promise<number> {
  const [before, began] = [processorMs(pid), performance.now()];
  await setTimeout(WINDOW_MS);
  return (processorMs(pid) - before) / (performance.now() - began);
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}

function megabytes(octets: number): string {
  return (octets / 2 ** 20).toFixed(1);
}
