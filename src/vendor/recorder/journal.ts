import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { createGunzip } from "node:zlib";
import type { Command } from "../../message/command.ts";
import type { Event } from "../../message/event.ts";

/** Version of the journal's lines; a reader refuses others. */
export const journalVersion = 2;

/** What stands where a file has grown, but nothing was written before the power went. */
export const neverWritten = "\u0000";

/** Longest line accepted, characters: the state of a quiet house with a full call log fits many times. */
const longestLine = 32 * 1024 * 1024;

/**
 * A journal is JSON lines: a header, then one line an event.
 *
 *   {"journal":"offhook","version":2,"at":1795000000000,"run":1795000000000}
 *   {"n":1,"event":{"world":"admin","kind":"configured",…},"commands":[…]}
 */
export type JournalItem =
  | Entry
  /** The process was killed or the power went while this line was written: this much of it is there. Nothing follows. */
  | { readonly kind: "torn"; readonly line: number; readonly octets: number };

/** An event, its number, and what came of it. */
export interface Entry {
  readonly kind: "entry";
  readonly n: number;
  readonly event: Event;
  readonly commands: readonly Command[];
}

/**
 * Reads a journal as a stream.
 * @throws Error with file, line and the way out
 */
export async function* readJournal(path: string): AsyncGenerator<JournalItem> {
  let line = 0;
  let last: number | null = null;
  for await (const { text, ended } of linesOf(path)) {
    line += 1;
    if (!ended || text.includes(neverWritten)) {
      yield { kind: "torn", line, octets: Buffer.byteLength(text) };
      return;
    }
    if (line === 1) {
      readHeader(path, text);
      continue;
    }
    const entry = readEntry(path, line, text);
    if (last !== null && entry.n !== last && entry.n !== last + 1) {
      // Blocks the file was given, but that were not written when the power went: they hold what they held before.
      yield { kind: "torn", line, octets: 0 };
      return;
    }
    last = entry.n;
    yield entry;
  }
  if (line === 0) throw new Error(`${path}: is empty — the gateway wrote nothing into it yet`);
}

async function* linesOf(path: string): AsyncGenerator<{ text: string; ended: boolean }> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  try {
    for await (const chunk of octetsOf(path)) {
      const [head = "", ...tail] = decoder.write(chunk).split("\n");
      const lines = [rest + head, ...tail];
      rest = lines.pop() ?? "";
      for (const text of lines) yield { text, ended: true };
      checkLength(path, rest.length);
    }
  } catch (error) {
    throw readable(path, error);
  }
  if (rest !== "") yield { text: rest, ended: false };
}

/** A file that was written to its end is compressed. */
function octetsOf(path: string): AsyncIterable<Buffer> {
  const file = createReadStream(path);
  if (!path.endsWith(".gz")) return file;
  return pipeline(file, createGunzip(), () => undefined);
}

/** Why a file can not be read, in a sentence. */
export function readable(path: string, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return code === null ? error : new Error(`${path}: can not be read (${code}) — check the path`);
}

/** @throws Error with a sentence */
export function checkLength(path: string, length: number): void {
  if (length > longestLine) throw new Error(`${path}: has a line over ${longestLine} characters — it is no journal`);
}

/** What a journal says of itself. */
export interface Header {
  readonly at: number;
  /** Of the recorder, ms: files of one run of the gateway count their events together. Null: it does not say. */
  readonly run: number | null;
  /** Why events before it were not recorded. */
  readonly why: string | null;
}

/** The first line of a journal, without its end. */
export function headerOf({ at, run, why }: Header): string {
  return JSON.stringify({ journal: "offhook", version: journalVersion, at, run, ...(why === null ? {} : { why }) });
}

/** @throws Error with a sentence */
export function readHeader(path: string, text: string): Header {
  const { journal, version, at, run, why } = parse(path, 1, text);
  if (journal !== "offhook") throw new Error(`${path}: is no journal — name a journal-NNNNNN.jsonl`);
  if (version === journalVersion)
    return {
      at: typeof at === "number" ? at : 0,
      run: typeof run === "number" ? run : null,
      why: typeof why === "string" ? why.slice(0, 200) : null,
    };
  const theirs = String(version).slice(0, 20);
  throw new Error(
    `${path}: has version ${theirs}, this program reads ${journalVersion} — replay it with its own release`,
  );
}

/** @throws Error with file and line */
export function readEntry(path: string, line: number, text: string): Entry {
  const { n, event, commands } = parse(path, line, text);
  const good = typeof n === "number" && typeof event === "object" && event !== null && "world" in event;
  if (!good || !Array.isArray(commands))
    throw new Error(`${path}: line ${line} is no entry — the file was changed or damaged there`);
  // `as`: the journal was written by this program; the replay compares what follows from it.
  return { kind: "entry", n, event: event as Event, commands: commands as Command[] };
}

function parse(path: string, line: number, text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // Told below, with the line.
  }
  throw new Error(`${path}: line ${line} is not JSON — the file was changed or damaged there`);
}
