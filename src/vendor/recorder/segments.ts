import { closeSync, constants, linkSync, openSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";

/** A gateway that breaks its rules all day does not fill the disk with it; the first recordings say most. */
const mostKept = 4;
const keptName = /^kept-journal-[0-9]+\.jsonl(\.gz)?$/;
const name = /^journal-([0-9]{6,12})\.jsonl(\.gz)?$/;

/** The journal files of a data directory, oldest first; each once, while it is being compressed, too. */
export function segmentsIn(dir: string): string[] {
  const files = namesIn(dir);
  return files
    .filter((file) => !files.includes(file.replace(/\.gz$/, "")) || !file.endsWith(".gz"))
    .map((file) => join(dir, file));
}

function namesIn(dir: string): string[] {
  return readdirSync(dir)
    .filter((file) => name.test(file))
    .sort((a, b) => numberOf(a) - numberOf(b));
}

/** The path of the next segment: numbers are not used again while a later file is there. */
export function nextSegment(dir: string): string {
  const last = segmentsIn(dir).at(-1);
  const number = last === undefined ? 1 : numberOf(last) + 1;
  return join(dir, `journal-${String(number).padStart(6, "0")}.jsonl`);
}

/**
 * Deletes the oldest segments until `keep` are left. They are held open, to be closed when the directory is synced: a
 * power cut before that brings their names back, and must not bring back blocks that others have been given meanwhile.
 */
export function dropOldSegments(dir: string, keep: number): readonly number[] {
  const segments = segmentsIn(dir);
  const first = segments.at(-Math.max(0, keep)) ?? "";
  const until = keep <= 0 ? Number.POSITIVE_INFINITY : numberOf(first);
  const old = namesIn(dir)
    .filter((file) => numberOf(file) < until)
    .map((file) => join(dir, file));
  const held = old.flatMap(hold);
  try {
    for (const path of old) rmSync(path, { force: true });
  } catch (error) {
    for (const file of held) closeSync(file);
    throw error;
  }
  return held;
}

/** Nothing where it can not be opened: it is deleted all the same. */
function hold(path: string): number[] {
  try {
    return [openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)];
  } catch {
    return [];
  }
}

function numberOf(path: string): number {
  return Number(/([0-9]+)\.jsonl(?:\.gz)?$/.exec(path)?.[1] ?? 0);
}

/**
 * Gives a segment a second name that is not deleted in its turn. Nothing happens when it has one, or enough are kept.
 * @throws Error where the file system knows no second names
 */
export function keepSegment(dir: string, path: string): void {
  const kept = new Set(
    readdirSync(dir)
      .filter((file) => keptName.test(file))
      .map((file) => file.replace(/\.gz$/, "")),
  );
  const wanted = `kept-${basename(path)}`;
  if (kept.size < mostKept && !kept.has(wanted)) linkSync(path, join(dir, wanted));
}
