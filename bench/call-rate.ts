import { Baresip } from "../test/peers/harness/baresip.ts";
import { freePorts } from "../test/peers/harness/free-ports.ts";
import { House } from "../test/peers/harness/house.ts";
import { Scratch } from "../test/peers/harness/scratch.ts";
import { sine } from "../test/peers/harness/signal.ts";
import { Sipp } from "../test/peers/harness/sipp.ts";
import { type Bench, check, type Figure, median, range } from "./figures.ts";

const RUNS = 3;
const CALLS = 500;
const AT_ONCE = 4;

/** Calls set up and torn down by SIPp's own caller, to the echo number of the gateway and to a baresip that answers. */
export const callRate: Bench = {
  name: "Calls set up and torn down",
  async run(): Promise<readonly Figure[]> {
    const scratch = new Scratch();
    try {
      const house = await House.start(scratch);
      const baresip = await Baresip.start(scratch, { user: "bench", says: sine(1000, -16, 1000), answer: "auto" });
      const ours: number[] = [];
      const theirs: number[] = [];
      for (let n = 0; n < RUNS; n++) {
        ours.push(await callsPerSecond(scratch, house.sipPort, "690"));
        // A peer that loses calls is no measure; that it lost them is told.
        const rate = await callsPerSecond(scratch, baresip.port, "bench").catch(() => null);
        if (rate !== null) theirs.push(rate);
      }
      await house.isQuiet(10_000);
      const facts = house.door.facts.map(({ fact }) => fact);
      const ended = facts.filter((fact) => fact.kind === "callEnded" && fact.record?.result === "answered").length;
      check(ended === RUNS * CALLS, `${ended} of ${RUNS * CALLS} calls were answered and ended`);
      return [
        {
          what: `calls/s, ${AT_ONCE} at a time, INVITE to BYE`,
          value: `${median(ours).toFixed(0)} (${besides(ours, theirs)})`,
          spread: `${range(ours)}`,
          checked: `SIPp counts ${CALLS} of ${CALLS} good calls in every run, and the gateway all of them`,
        },
      ];
    } finally {
      await scratch.close();
    }
  },
};

function besides(ours: readonly number[], theirs: readonly number[]): string {
  if (theirs.length === 0) return `baresip lost calls in all ${RUNS} runs`;
  return `baresip ${range(theirs)}: ratio ${(median(ours) / median(theirs)).toFixed(2)}`;
}

async function callsPerSecond(scratch: Scratch, port: number, service: string): Promise<number> {
  const began = performance.now();
  const sipp = await Sipp.start(scratch, {
    scenario: "uac",
    target: `127.0.0.1:${port}`,
    service,
    calls: CALLS,
    port: await freePorts(1),
    seconds: 60,
    args: ["-users", `${AT_ONCE}`, "-d", "0", "-r", "1000"],
  });
  await sipp.succeeds(70_000);
  return (CALLS * 1000) / (performance.now() - began);
}
