/**
 * How late the voice thread's turns begin, beside a loop of clock_nanosleep in C with the same priority in the same run:
 * eight streams with traffic, the main thread busy with a phone book of 50,000 and with garbage, a program that only
 * computes on the other core. Without priority, with niceness, and with SCHED_FIFO, as far as they are permitted.
 * Every packet of the measured seconds must come out, in order, none concealed, or that part has no figure.
 *
 *   node --import tsx bench/tick-lateness.ts [--json] [SECONDS] [dgram]
 *
 * SECONDS: 600 without, all parts together. `dgram`: our voice path without koffi.
 */

import { Refused } from "./figures.ts";
import { Beside } from "./lateness/beside.ts";
import {
  type Condition,
  conditions,
  type Measured,
  measure,
  type Peers,
  type Quantiles,
} from "./lateness/condition.ts";
import { Traffic } from "./path/traffic.ts";

const goal = { p50Us: 100, tail: 1.3 };

interface Row extends Partial<Measured> {
  readonly name: string;
  readonly refused?: string;
  /** Whether ours is as near to C as it has to be; p99 and p99.9 of few ticks are chance. */
  readonly reached?: { readonly p50: boolean; readonly p99: boolean; readonly p999: boolean };
}

async function row(condition: Condition, seconds: number, peers: Peers): Promise<Row> {
  try {
    const measured = await measure(condition, seconds, peers);
    return { name: condition.name, ...measured, reached: reached(measured) };
  } catch (problem) {
    if (!(problem instanceof Refused)) throw problem;
    return { name: condition.name, refused: problem.message };
  }
}

function reached({ ours, c }: Measured): NonNullable<Row["reached"]> {
  const tail = (which: "p99" | "p999") => ours[which] <= goal.tail * c[which];
  return { p50: ours.p50 - c.p50 <= goal.p50Us, p99: tail("p99"), p999: tail("p999") };
}

function show({
  name,
  refused,
  ours,
  c,
  ticks,
  skipped,
  late,
  lateBecauseOf = [],
  books,
  adjusted,
  reached,
}: Row): string {
  if (refused !== undefined || ours === undefined || c === undefined || reached === undefined)
    return `${name}\n  no figure: ${refused}`;
  const us = (values: Quantiles) =>
    `p50 ${values.p50.toFixed(0)} · p99 ${values.p99.toFixed(0)} · p99.9 ${values.p999.toFixed(0)} · max ${values.max.toFixed(0)} µs`;
  const word = (good: boolean) => (good ? "reached" : "NOT REACHED");
  const ratio = (which: "p99" | "p999") => `${(ours[which] / c[which]).toFixed(2)}x`;
  const culprits = lateBecauseOf.map(({ culprit, count }) => `${culprit} ${count}`).join(", ");
  return [
    name,
    `  ours     ${us(ours)}; ${late} of ${ticks} more than 5 ms late${culprits === "" ? "" : ` (${culprits})`}`,
    `  C        ${us(c)}`,
    `  p50      ${(ours.p50 - c.p50).toFixed(0)} µs from C's: ${word(reached.p50)} (100)`,
    `  p99      ${ratio("p99")} C's: ${word(reached.p99)} (1.3)`,
    `  p99.9    ${ratio("p999")} C's: ${word(reached.p999)} (1.3)`,
    `  checked: eight streams whole and in order, ${adjusted} frames inserted or dropped to follow the callers, ${skipped} deadlines skipped; ${books} books taken in beside`,
  ].join("\n");
}

const asJson = process.argv.includes("--json");
const [total = 600] = process.argv.slice(2).flatMap((word) => (/^\d+$/.test(word) ? [Number(word)] : []));
const edge = process.argv.includes("dgram") ? "dgram" : "batched";
const seconds = Math.max(1, Math.floor(total / conditions.length));
const peers = { traffic: new Traffic(), beside: new Beside(), edge } as const;
const rows: Row[] = [];
try {
  for (const condition of conditions) {
    const found = await row(condition, seconds, peers);
    rows.push(found);
    if (found.refused !== undefined) process.exitCode = 1;
    if (!asJson) console.log(show(found));
  }
} finally {
  peers.traffic.close();
  peers.beside.close();
}
if (asJson) console.log(JSON.stringify({ edge, secondsEach: seconds, goal, rows }, null, 2));
