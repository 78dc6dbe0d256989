import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const name = /^journal-([0-9]{6,12})\.jsonl$/;

/** The journal files of a data directory, oldest first. */
export function segmentsIn(dir: string): string[] {
  return readdirSync(dir)
    .filter((file) => name.test(file))
    .sort((a, b) => numberOf(a) - numberOf(b))
    .map((file) => join(dir, file));
}

/** The path of the next segment: numbers are not used again while a later file is there. */
export function nextSegment(dir: string): string {
  const last = segmentsIn(dir).at(-1);
  const number = last === undefined ? 1 : numberOf(last) + 1;
  return join(dir, `journal-${String(number).padStart(6, "0")}.jsonl`);
}

/** Deletes the oldest segments until `keep` are left. */
export function dropOldSegments(dir: string, keep: number): void {
  const segments = segmentsIn(dir);
  for (const path of segments.slice(0, Math.max(0, segments.length - Math.max(0, keep)))) rmSync(path, { force: true });
}

function numberOf(path: string): number {
  return Number(/([0-9]+)\.jsonl$/.exec(path)?.[1] ?? 0);
}
