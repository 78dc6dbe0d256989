import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { constants, createGunzip } from "node:zlib";
import type { Command } from "../../message/command.ts";
import type { Event } from "../../message/event.ts";
import { type Damage, Damaged, Tail } from "./damage.ts";
import { faultIn } from "./entry-faults.ts";
import { endsEarly, isCompressed } from "./octets.ts";

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
  /** In a simulated history: the handler was made to throw where it reads so many of the event's fields. */
  readonly trips?: number;
}

/**
 * Reads a journal as a stream.
 * @throws Damaged where it was changed or damaged; Error with file, line and the way out
 */
export async function* readJournal(path: string): AsyncGenerator<JournalItem> {
  let line = 0;
  let last: Entry | null = null;
  const lines = linesOf(path);
  for await (const { text, ended } of lines) {
    line += 1;
    if (!ended || text.includes(neverWritten)) {
      const octets = Buffer.byteLength(text);
      if (last !== null) await checkTail(new Tail(path, line, last, null), lines);
      yield { kind: "torn", line, octets };
      return;
    }
    if (line === 1) {
      readHeader(path, text);
      continue;
    }
    const entry = readEntry(path, line, text);
    if (last !== null && entry.n !== last.n && entry.n !== last.n + 1) {
      const tail = new Tail(path, line, last, entry.n);
      tail.take(text);
      await checkTail(tail, lines);
      yield { kind: "torn", line, octets: 0 };
      return;
    }
    if (last !== null) checkTime(path, line, entry, last);
    last = entry;
    yield entry;
  }
  if (line === 0) throw new Error(`${path}: is empty — the gateway wrote nothing into it yet`);
}

async function checkTail(tail: Tail, lines: AsyncIterable<Line>): Promise<void> {
  for await (const { text, ended } of lines) if (ended) tail.take(text);
  if (tail.damage !== null) throw new Damaged(tail.damage);
}

interface Line {
  readonly text: string;
  readonly ended: boolean;
}

async function* linesOf(path: string): AsyncGenerator<Line> {
  const decoder = new StringDecoder("utf8");
  let [rest, count, octets] = ["", 0, 0];
  try {
    for await (const chunk of octetsOf(path)) {
      octets += chunk.length;
      const [head = "", ...tail] = decoder.write(chunk).split("\n");
      const lines = [rest + head, ...tail];
      rest = lines.pop() ?? "";
      count += lines.length;
      for (const text of lines) yield { text, ended: true };
      checkLength(path, rest.length);
    }
  } catch (error) {
    throw readable(path, error);
  }
  if (isCompressed(path) && endsEarly(path, octets)) throw new Damaged(cutOff(path, count));
  if (rest !== "") yield { text: rest, ended: false };
}

/** A file that was written to its end is compressed. */
function octetsOf(path: string): AsyncIterable<Buffer> {
  const file = createReadStream(path);
  if (!isCompressed(path)) return file;
  // Of one that is cut off, what is there.
  return pipeline(file, createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }), () => undefined);
}

/** A compressed file was written to its end before it had its name: it was cut off later. `lines`: what could be read of it. */
export function cutOff(path: string, lines: number): Damage {
  const events = Math.max(0, lines - 1);
  const read = events === 0 ? "no event of it" : events === 1 ? "one event" : `${events} events`;
  return { file: path, line: lines + 1, why: `${path}: the compressed file is cut off: ${read} could be read` };
}

/** Why a file can not be read, in a sentence. */
export function readable(path: string, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : null;
  if (code === null) return error;
  const way = code.startsWith("Z_")
    ? "the compressed file is damaged"
    : code === "ERR_BUFFER_TOO_LARGE"
      ? "it is no journal: those are not that large"
      : "check the path";
  return new Error(`${path}: can not be read (${code}) — ${way}`);
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

/** @throws Damaged with file, line and field */
export function readEntry(path: string, line: number, text: string): Entry {
  const value = parse(path, line, text);
  const fault = faultIn(value);
  if (fault !== null) throw damaged(path, line, `is no entry: ${fault}`);
  const { n, event, commands, trips } = value as unknown as Entry; // checked as far as the program's own messages are
  return { kind: "entry", n, event, commands, ...(trips === undefined ? {} : { trips }) };
}

/** The clock never goes back; what was read from it in another thread may be told a little late, ms. */
const lateness = 60_000;

/** @throws Damaged when an event happened long before the one that was recorded before it */
export function checkTime(path: string, line: number, { event, n }: Entry, before: Entry): void {
  const back = before.event.at - event.at;
  if (back > lateness)
    throw damaged(
      path,
      line,
      `goes back in time: event.at of event ${n} is ${back} ms before that of event ${before.n}`,
    );
}

function damaged(file: string, line: number, what: string): Damaged {
  return new Damaged({ file, line, why: `${file}: line ${line} ${what} — the file was changed or damaged there` });
}

function parse(path: string, line: number, text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // Told below, with the line.
  }
  throw damaged(path, line, "is not JSON");
}
