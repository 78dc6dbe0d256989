import { Baresip } from "../test/peers/harness/baresip.ts";
import { freePorts } from "../test/peers/harness/free-ports.ts";
import { House } from "../test/peers/harness/house.ts";
import { Scratch } from "../test/peers/harness/scratch.ts";
import { sine } from "../test/peers/harness/signal.ts";
import { Sipp } from "../test/peers/harness/sipp.ts";
import { type Bench, check, type Figure, median, range } from "./figures.ts";

const RUNS = 3;
const CALLS = 200;

/** Calls set up and torn down one after the other by SIPp's own caller, against the gateway and against baresip. */
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
        theirs.push(await callsPerSecond(scratch, baresip.port, "bench"));
      }
      await house.isQuiet(10_000);
      const logged = (await house.log()).filter((entry) => entry.result === "answered").length;
      check(logged === RUNS * CALLS, `${logged} of ${RUNS * CALLS} calls are in the log`);
      const ratio = median(ours) / median(theirs);
      return [
        {
          what: "calls/s to the echo number, one at a time",
          value: `${median(ours).toFixed(0)} (baresip ${median(theirs).toFixed(0)}: ratio ${ratio.toFixed(2)})`,
          spread: `${range(ours)}; baresip ${range(theirs)}`,
          checked: `SIPp counts ${CALLS} of ${CALLS} good calls in every run, the log has them all`,
        },
      ];
    } finally {
      await scratch.close();
    }
  },
};

async function callsPerSecond(scratch: Scratch, port: number, service: string): Promise<number> {
  const began = performance.now();
  const sipp = await Sipp.start(scratch, {
    scenario: "uac",
    target: `127.0.0.1:${port}`,
    service,
    calls: CALLS,
    port: await freePorts(1),
    seconds: 60,
    args: ["-users", "1", "-d", "0", "-r", "1000"],
  });
  await sipp.succeeds(70_000);
  return (CALLS * 1000) / (performance.now() - began);
}
