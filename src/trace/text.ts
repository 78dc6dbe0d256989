import { footOf, headOf, pauseBetween, timeOf } from "./captions.ts";
import type { Ladder } from "./ladder.ts";
import type { Rung } from "./rung.ts";
import { lengthOf, wrap } from "./visible.ts";

/** What can be read, columns. */
const [narrowest, widest] = [80, 120];
const timeWidth = 9;

/** The picture for a terminal of so many columns (80 to 120): no colours, no control characters. */
export function textOf(ladder: Ladder, columns: number): string {
  const width = Math.min(widest, Math.max(narrowest, Math.floor(columns)));
  const span = Math.floor((width - timeWidth - 4) / 2);
  const { title, beganAt, rungs } = ladder;
  const lines = [title, ...headOf(ladder)].flatMap((line) => wrap(line, width));
  lines.push("", heads(span));
  let last: Rung["at"] | null = null;
  for (const rung of rungs) {
    const pause = pauseBetween(last, rung.at);
    if (pause !== null) lines.push(paused(pause, span));
    const time = rung.at === last ? "" : timeOf(rung.at, beganAt);
    last = rung.at;
    for (const [at, row] of rowsOf(rung, span).entries())
      lines.push(`${(at === 0 ? time : "").padStart(timeWidth)} ${row}`.trimEnd());
  }
  return [...lines, "", ...footOf(ladder).flatMap((line) => wrap(line, width))].join("\n");
}

/** Time in which nothing happened. */
function paused(pause: string, span: number): string {
  const empty = " ".repeat(span);
  return `${" ".repeat(timeWidth)} :${empty}:${` ${pause}`.padEnd(span)}:`;
}

function heads(span: number): string {
  const gap = (text: string): string => " ".repeat(Math.max(1, text.length));
  const left = `phone${" ".repeat(Math.max(1, span - 8))}`;
  return `${gap(" ".repeat(timeWidth))} ${left}gateway${" ".repeat(Math.max(1, span - 11))}provider`;
}

/** One rung as rows of the three lanes. */
function rowsOf({ from, to, text }: Rung, span: number): string[] {
  const empty = " ".repeat(span);
  if (from === to) {
    const [first = "", ...more] = wrap(text, span - 2);
    const beside = (row: string): string => ` ${row}`.padEnd(span + row.length - lengthOf(row));
    return [`|${empty}*${beside(first)}|`, ...more.map((row) => `|${empty}|${beside(row)}|`)];
  }
  const rows = arrow(text, span, from === "phone" || to === "provider");
  const left = from === "phone" || to === "phone";
  return rows.map((row) => (left ? `|${row}|${empty}|` : `|${empty}|${row}|`));
}

/** A text on an arrow; what does not fit stands below it. */
function arrow(text: string, span: number, right: boolean): string[] {
  const [first = "", ...more] = wrap(text, span - 8);
  const line = "-".repeat(Math.max(1, span - lengthOf(first) - 5));
  const head = right ? `-- ${first} ${line}>` : `<${line} ${first} --`;
  return [head, ...more.map((row) => `   ${row}${" ".repeat(Math.max(0, span - 3 - lengthOf(row)))}`)];
}
