/**
 * One of the processes of bench/voice/kernels.ts: every row is checked, then all are timed in turn, ours and theirs right
 * after each other, round after round.
 *
 *   node --import tsx bench/voice/one-process.ts PEERS [no-spandsp-echo]      prints JSON
 */
import { median } from "../figures.ts";
import { Peers } from "./peers.ts";
import type { Row, Timed } from "./row.ts";
import { codecRows } from "./rows/codecs.ts";
import { concealRows } from "./rows/conceal.ts";
import { echoRows } from "./rows/echo.ts";
import { g711Rows } from "./rows/g711.ts";
import { mixRows } from "./rows/mix.ts";
import { rateRows } from "./rows/rate.ts";
import { signalRows } from "./rows/signals.ts";

const ROUNDS = 31;
/** So long are both timed in a round, ns. */
const SPAN = 2_500_000;
/** Until V8 has compiled a kernel for good, and knows it. */
const WARM_UPS = 40;

/** What one process measured of a row: ns of a frame of one channel, of every round. */
export interface Measured {
  readonly name: string;
  readonly peer: string;
  readonly goal: number | null;
  readonly checked: string;
  /** Why there is no figure. */
  readonly refused: string | null;
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

interface Contest {
  readonly row: Row;
  readonly checked: string;
  readonly refused: string | null;
  readonly sides: readonly Side[];
}

interface Side {
  readonly timed: Timed;
  passes: number;
  readonly times: number[];
}

async function prepare(row: Row): Promise<Contest> {
  try {
    const checked = await row.check();
    const sides = [await warm(row.ours()), await warm(await row.theirs())];
    return { row, checked, refused: null, sides };
  } catch (problem) {
    return { row, checked: "", refused: problem instanceof Error ? problem.message : String(problem), sides: [] };
  }
}

async function warm(timed: Timed): Promise<Side> {
  for (let n = 0; n < WARM_UPS; n++) await timed.time(1);
  // The compiler works beside; what it made is used from the next call on.
  await new Promise((resolve) => setTimeout(resolve, 20));
  const times: number[] = [];
  for (let n = 0; n < 5; n++) times.push((await timed.time(4)) / 4);
  return { timed, passes: Math.max(1, Math.round(SPAN / Math.max(100, median(times)))), times: [] };
}

async function round(contests: readonly Contest[], n: number): Promise<void> {
  for (const { sides } of contests)
    for (const side of n % 2 === 0 ? sides : [...sides].reverse())
      side.times.push((await side.timed.time(side.passes)) / side.passes / side.timed.units);
}

const [program = "", without] = process.argv.slice(2);
const peers = new Peers(program);
try {
  const rows = [
    ...codecRows(peers),
    ...g711Rows(peers),
    ...signalRows(peers),
    ...echoRows(peers, without === undefined),
    ...concealRows(peers),
    ...rateRows(peers),
    ...mixRows(peers),
  ];
  const contests: Contest[] = [];
  for (const row of rows) contests.push(await prepare(row));
  for (let n = 0; n < ROUNDS; n++) await round(contests, n);
  const measured = contests.map(
    ({ row, checked, refused, sides: [ours, theirs] }): Measured => ({
      name: row.name,
      peer: row.peer,
      goal: row.goal,
      checked,
      refused,
      ours: ours?.times ?? [],
      theirs: theirs?.times ?? [],
    }),
  );
  process.stdout.write(JSON.stringify(measured));
} finally {
  await peers.close();
}
