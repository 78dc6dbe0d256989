/**
 * What the echo canceller does with the hybrids of ITU-T G.168: the tables of docs/echo.md and the plot docs/echo.svg.
 * Every figure is a function of the kernel alone: the same on every machine.
 *
 *   node src/build/kernels.mjs && node --import tsx bench/voice/echo-table.ts           prints the tables
 *   node src/build/kernels.mjs && node --import tsx bench/voice/echo-table.ts --write   and puts them into docs/
 */
import { readFileSync, writeFileSync } from "node:fs";
import {
  ADAPT,
  after,
  compositeSource,
  EchoLine,
  echoOf,
  enhancement,
  type HybridName,
  hybrid,
  hybrids,
  NLP,
  powerOf,
  secondsTo20Db,
  talk,
  together,
} from "../../test/assembly/echo-line.ts";
import { type Curve, plot } from "./echo-plot.ts";

const line = new EchoLine();
const LOSS_DB = 8;
/** A composite source signal begins anew after so many seconds. */
const PERIOD = 0.35;
/** Delay of the hybrid in samples that goes with each tail, ms: longer tails are for hybrids further away. */
const delays = new Map([
  [8, 0],
  [16, 0],
  [32, 100],
  [128, 300],
]);

type Row = readonly string[];

function table(head: Row, rows: readonly Row[]): string {
  const text = (row: Row) => `| ${row.join(" | ")} |`;
  return [text(head), text(head.map(() => "---")), ...rows.map(text)].join("\n");
}

const db = (value: number) => value.toFixed(1);

function lines<T>(of: (tailMs: number, delay: number) => readonly T[]): T[] {
  return [...delays].flatMap(([tailMs, delay]) => of(tailMs, delay));
}

/** The only hybrid that fits into 8 ms is D.2. */
function fitting(tailMs: number): readonly HybridName[] {
  return tailMs === 8 ? ["D.2"] : hybrids;
}

function convergence(): string {
  const far = line.companded(compositeSource(10, -10, 1));
  const rows = lines((tailMs, delay) =>
    fitting(tailMs).map((name) => {
      const near = line.companded(echoOf(far, hybrid(name, LOSS_DB, delay)));
      const { samples } = line.cancel(far, near, { tailMs });
      const clean = line.cancel(far, near, { tailMs, enable: NLP | ADAPT }).samples;
      const gain = (from: number, to: number) => db(enhancement(near, samples, from, to));
      return [
        `${tailMs} ms`,
        name,
        `${secondsTo20Db(near, samples).toFixed(2)} s`,
        gain(0.5, 1),
        gain(1, 2),
        gain(3, 10),
        db(powerOf(samples, 3, 10)),
        db(Math.max(powerOf(clean, 1, 10), -90)),
      ];
    }),
  );
  const head = ["tail", "hybrid", "20 dB after", "ERLE 0.5-1 s", "1-2 s", "3-10 s", "residual dBm0", "with NLP dBm0"];
  return table(head, rows);
}

function onSpeech(): string {
  const far = line.companded(talk(["en-vm-intro", "fr-demo-thanks", "it-both_help"], -18, 14));
  const rows = lines((tailMs, delay) =>
    (["D.2", "D.5", "D.9"] as const)
      .filter((name) => fitting(tailMs).includes(name))
      .map((name) => {
        const near = line.companded(echoOf(far, hybrid(name, LOSS_DB, delay)));
        const { samples } = line.cancel(far, near, { tailMs });
        const gain = (from: number, to: number) => db(enhancement(near, samples, from, to));
        return [`${tailMs} ms`, name, gain(1, 3), gain(3, 8), gain(8, 14)];
      }),
  );
  return table(["tail", "hybrid", "ERLE 1-3 s", "3-8 s", "8-14 s"], rows);
}

/** Composite sources on both sides: the far end always, the near end from 4 to 7 s. */
function doubleTalk(): string {
  const far = line.companded(compositeSource(9, -10, 1));
  const rows = lines((tailMs, delay) =>
    [-30, -20, -10, -5].map((level) => {
      const echo = echoOf(far, hybrid("D.2", LOSS_DB, delay));
      const talking = after(new Float64Array(32_000), compositeSource(3, level, 2, true));
      const { samples } = line.cancel(far, line.companded(together(echo, talking)), { tailMs });
      const alone = line.companded(echo);
      return [
        `${tailMs} ms`,
        `${level} dBm0`,
        db(enhancement(alone, samples, 3, 4)),
        db(powerOf(alone, 4.1, 7) - powerOf(samples, 4.1, 7, talking)),
        db(powerOf(talking, 4.1, 7) - powerOf(samples, 4.1, 7, talking)),
        db(enhancement(alone, samples, 7.05, 7.5)),
        db(enhancement(alone, samples, 8, 9)),
      ];
    }),
  );
  const head = ["tail", "talk", "ERLE before", "echo less by", "talk over all else", "ERLE 0.5 s after", "1-2 s after"];
  return table(head, rows);
}

function reconvergence(): string {
  const far = line.companded(compositeSource(7, -10, 1));
  const changes: readonly (readonly [string, HybridName, HybridName, number])[] = [
    ["D.2 to D.9", "D.2", "D.9", 1],
    ["D.5 to D.3", "D.5", "D.3", 1],
    ["D.2 with the sign turned", "D.2", "D.2", -1],
    ["D.5 opened", "D.5", "D.5", 0],
  ];
  const rows = lines((tailMs, delay) =>
    changes
      .filter(([, first, second]) => [first, second].every((name) => fitting(tailMs).includes(name)))
      .map(([name, first, second, gain]) => {
        const later = echoOf(far, hybrid(second, LOSS_DB, delay)).map((sample) => sample * gain);
        const near = line.companded(
          echoOf(far, hybrid(first, LOSS_DB, delay)).map((sample, n) => (n < 24_000 ? sample : (later[n] ?? 0))),
        );
        const { samples } = line.cancel(far, near, { tailMs });
        const seconds = secondsTo20Db(near, samples, 3);
        return [
          `${tailMs} ms`,
          name,
          gain === 0 ? "-" : `${seconds.toFixed(2)} s`,
          db(powerOf(near, 3, 4)),
          db(Math.max(powerOf(samples, 4, 5), -90)),
          gain === 0 ? "-" : db(enhancement(near, samples, 6, 7)),
        ];
      }),
  );
  const head = [
    "tail",
    "change at 3 s",
    "20 dB again after",
    "echo dBm0",
    "left 1-2 s after, dBm0",
    "ERLE 3-4 s after",
  ];
  return table(head, rows);
}

/** Converges, is talked over from 3 to 5 s, has another hybrid from 7 s on. */
function picture(): string {
  const far = line.companded(compositeSource(10, -10, 1));
  const talking = after(new Float64Array(24_000), compositeSource(2, -15, 2, true));
  const curves = [...delays].map(([tailMs, delay]): Curve => {
    const second = tailMs === 8 ? hybrid("D.2", LOSS_DB + 3).map((gain) => -gain) : hybrid("D.5", LOSS_DB, delay);
    const [before, later] = [echoOf(far, hybrid("D.2", LOSS_DB, delay)), echoOf(far, second)];
    const alone = before.map((sample, n) => (n < 56_000 ? sample : (later[n] ?? 0)));
    const { samples } = line.cancel(far, line.companded(together(alone, talking)), { tailMs });
    const points = Array.from({ length: 193 }, (_, n) => n / 20)
      .filter((seconds) => seconds + PERIOD <= 10)
      .map((seconds) => ({
        seconds: seconds + PERIOD,
        decibel: powerOf(alone, seconds, seconds + PERIOD) - powerOf(samples, seconds, seconds + PERIOD, talking),
      }));
    return { name: `${tailMs} ms`, points };
  });
  return plot("Echo return loss enhancement over the last 350 ms, less the talk", 10, curves, [
    { name: "both talk", from: 3, to: 5 },
    { name: "another hybrid", from: 7, to: 10 },
  ]);
}

const tables: Readonly<Record<string, () => string>> = { convergence, onSpeech, doubleTalk, reconvergence };
const page = new URL("../../docs/echo.md", import.meta.url);
let text = readFileSync(page, "utf8");
for (const [name, make] of Object.entries(tables)) {
  const made = make();
  process.stdout.write(`\n${name}\n\n${made}\n`);
  const [begin, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const [first, last] = [text.indexOf(begin), text.indexOf(end)];
  if (first < 0 || last < first)
    throw new Error(`docs/echo.md has no place for a table between "${begin}" and "${end}"`);
  text = `${text.slice(0, first + begin.length)}\n${made}\n${text.slice(last)}`;
}
if (process.argv[2] === "--write") {
  writeFileSync(page, text);
  writeFileSync(new URL("../../docs/echo.svg", import.meta.url), picture());
}
