/**
 * Every outside operation of every scenario fails once, on the real lower half.
 *
 *   node test/every-failure.mjs [--edge batched] [--stride N --offset M] [--scenario PART] [--kind KIND] [--nth N --way W]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { freePorts } from "../peers/harness/free-ports.ts";
import { filesCountIn } from "./boundary/files.ts";
import { type Kind, kinds } from "./boundary/tally.ts";
import { usbWays, wrapUsb } from "./boundary/usb.ts";
import { portsWanted } from "./house.ts";
import { type Scenario, scenarios } from "./scenarios.ts";
import { type Outcome, type Trial, Trials } from "./trials.ts";

const { values } = parseArgs({
  options: {
    edge: { type: "string", default: "dgram" },
    stride: { type: "string", default: "1" },
    offset: { type: "string", default: "0" },
    scenario: { type: "string", default: "" },
    kind: { type: "string", default: "" },
    nth: { type: "string" },
    way: { type: "string" },
  },
});

const dir = mkdtempSync(join(tmpdir(), "offhook-failures-"));
filesCountIn(dir);
wrapUsb();
const edge = values.edge === "batched" ? "batched" : "dgram";
const trials = new Trials({ dir, port: await freePorts(portsWanted), edge });
const outcomes: Outcome[] = [];
let place = 0;
for (const scenario of scenarios.filter(({ name }) => name.includes(values.scenario))) {
  const counts = await trials.count(scenario);
  for (const trial of trialsOf(scenario, counts)) {
    if (place++ % Number(values.stride) !== Number(values.offset)) continue;
    const began = performance.now();
    const outcome = await trials.run(trial);
    outcomes.push(outcome);
    const { kind, nth, way } = trial;
    const ms = Math.round(performance.now() - began);
    process.stdout.write(
      `${JSON.stringify({ scenario: scenario.name, kind, nth, way, hit: outcome.hit, what: outcome.what, ended: outcome.ended, told: outcome.told, wrong: outcome.wrong, ms })}\n`,
    );
  }
}
await trials.close();
rmSync(dir, { recursive: true, force: true });
const wrong = outcomes.filter((outcome) => outcome.wrong !== null);
process.stdout.write(
  `${JSON.stringify({ trials: outcomes.length, hit: outcomes.filter(({ hit }) => hit).length, wrong: wrong.length })}\n`,
);
process.exitCode = wrong.length === 0 ? 0 : 1;

function* trialsOf(scenario: Scenario, counts: ReadonlyMap<Kind, number>): Generator<Trial> {
  for (const kind of kinds.filter((one) => one.includes(values.kind)))
    for (let nth = 0; nth < (counts.get(kind) ?? 0); nth++) {
      if (values.nth !== undefined && Number(values.nth) !== nth) continue;
      const way = values.way === undefined ? nth % usbWays : Number(values.way);
      yield { scenario, kind, nth, way };
    }
}
