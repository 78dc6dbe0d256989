import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { freePorts } from "../peers/harness/free-ports.ts";
import { filesCountIn } from "./boundary/files.ts";
import { wrapUsb } from "./boundary/usb.ts";
import { portsWanted } from "./house.ts";
import { type Operation, Plan } from "./plan.ts";
import { scenarios, whole } from "./scenarios.ts";
import { type Outcome, Trials } from "./trials.ts";

/** What is written of each trial: one JSON object a line, and the sums at the end. */
export interface Line extends Operation, Outcome {
  readonly scenario: string;
  readonly edge: string;
  readonly ms: number;
}

export interface Sums {
  readonly trials: number;
  readonly hits: number;
  readonly ended: number;
  readonly wrong: number;
  readonly seconds: number;
}

const starting = "the gateway is started";

const { values } = parseArgs({
  options: {
    edge: { type: "string", default: "dgram" },
    stride: { type: "string", default: "1" },
    offset: { type: "string", default: "0" },
    scenario: { type: "string", default: "" },
    kind: { type: "string", default: "" },
    nth: { type: "string" },
    way: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

const edge = values.edge === "batched" ? "batched" : "dgram";
const number = (value: string | undefined): number | null => (value === undefined ? null : Number(value));
const plan = new Plan({
  stride: Number(values.stride),
  offset: Number(values.offset),
  scenario: values.scenario,
  kind: values.kind,
  nth: number(values.nth),
  way: number(values.way),
});
const lines: Line[] = [];
const began = performance.now();

const dir = mkdtempSync(join(tmpdir(), "offhook-failures-"));
filesCountIn(dir);
wrapUsb();
const trials = new Trials({ dir, port: await freePorts(portsWanted), edge }, whole);
for (const scenario of scenarios.filter(({ name }) => plan.has(name)))
  for (const operation of plan.operations(await trials.count(scenario)))
    await tried(scenario.name, operation, () => trials.run({ scenario, ...operation }));
if (plan.has(starting))
  for (const operation of plan.operations(await trials.countStart()))
    await tried(starting, operation, () => trials.start(operation));
await trials.close();
rmSync(dir, { recursive: true, force: true });
finish();

async function tried(scenario: string, operation: Operation, run: () => Promise<Outcome>): Promise<void> {
  const from = performance.now();
  const outcome = await run();
  plan.came(outcome.hit);
  const line: Line = { scenario, edge, ...operation, ...outcome, ms: Math.round(performance.now() - from) };
  lines.push(line);
  if (values.json) process.stdout.write(`${JSON.stringify(line)}\n`);
  else if (line.wrong !== null) process.stdout.write(`${wordsOf(line)}\n`);
}

function wordsOf({ scenario, kind, nth, way, what, wrong }: Line): string {
  const again = `--edge ${edge} --scenario "${scenario}" --kind "${kind}" --nth ${nth} --way ${way}`;
  return `${scenario}: ${kind} ${nth} fails in way ${way} (${what})\n  ${wrong}\n  again: npm run every-failure -- ${again}`;
}

function finish(): void {
  const hits = lines.filter(({ hit }) => hit);
  const wrong = lines.filter((line) => line.wrong !== null).length;
  const ended = hits.filter((line) => line.ended !== null).length;
  const seconds = Math.round((performance.now() - began) / 1000);
  const sums: Sums = { trials: lines.length, hits: hits.length, ended, wrong, seconds };
  if (values.json) process.stdout.write(`${JSON.stringify(sums)}\n`);
  else
    process.stdout.write(
      `${table()}\n${Object.entries(sums)
        .map(([name, sum]) => `${name} ${sum}`)
        .join(", ")}\n`,
    );
  process.exitCode = wrong === 0 ? 0 : 1;
}

/** By scenario and kind: how many failed, how many of them ended the call, and of how many nobody could know. */
function table(): string {
  const rows = new Map<string, { hits: number; ended: number; untold: number }>();
  for (const { scenario, kind, hit, ended, told } of lines) {
    const key = `${scenario}: ${kind}`;
    const row = rows.get(key) ?? { hits: 0, ended: 0, untold: 0 };
    rows.set(key, row);
    if (!hit) continue;
    row.hits += 1;
    if (ended !== null) row.ended += 1;
    if (!told) row.untold += 1;
  }
  return [...rows]
    .map(
      ([key, { hits, ended, untold }]) => `${key}: ${hits} failed, ${ended} calls not as they should, ${untold} untold`,
    )
    .join("\n");
}
