import { type Damage, Damaged, Tail } from "./damage.ts";
import {
  checkLength,
  checkTime,
  cutOff,
  type Entry,
  type Header,
  neverWritten,
  readEntry,
  readHeader,
} from "./journal.ts";
import { atOnce, chunksOf, inflated, isCompressed, octetsAt } from "./octets.ts";

const newline = 10;
const numberFirst = /^\{"n":([0-9]{1,15}),/;
/** Of a line: its number stands in there. */
const beginning = 24;

/**
 * One file of a recording, read at any place. What is held of it is where its lines begin, sixteen octets an event, and a
 * window of its text.
 */
export class SegmentFile {
  readonly path: string;
  readonly #starts = new Numbers();
  readonly #numbers = new Numbers();
  #window: Buffer = Buffer.alloc(0);
  #windowAt = 0;
  #torn = false;
  #state = 0;
  /** It begins with the state of a house. */
  #restored = false;
  #header: Header = { at: 0, run: null, why: null };
  #tail: Tail | null = null;
  #damage: Damage | null = null;
  /** The entry that was read last, and its place. */
  #last: { readonly at: number; readonly entry: Entry } | null = null;

  /** @throws Error with a sentence when it can not be read, or is no journal */
  constructor(path: string) {
    this.path = path;
    let [line, cut] = [0, false];
    const lines = linesOf(path, () => {
      cut = true;
    });
    for (const { at, text, ended } of lines) {
      line += 1;
      if (this.#take(line, at, text, ended)) continue;
      if (this.#tail !== null) readTail(this.#tail, lines);
      break;
    }
    this.#damage ??= this.#tail?.damage ?? (cut ? cutOff(path, this.entries + 1) : null);
    this.#torn &&= this.#damage === null;
    if (cut && this.entries === 0 && this.#damage !== null) throw new Damaged(this.#damage);
    if (line === 0) throw new Error(`${path}: is empty — the gateway wrote nothing into it yet`);
    this.#state = this.#countState();
  }

  get header(): Header {
    return this.#header;
  }

  /** Events, and the state of the house before them. */
  get entries(): number {
    return this.#numbers.length;
  }

  /** Entries at the beginning that are no events, but tell a fresh upper half where the quiet house was. */
  get state(): number {
    return this.#state;
  }

  /** Its last line was cut off when the process was killed, or the power went. */
  get torn(): boolean {
    return this.#torn;
  }

  /** It was changed or damaged: what follows its last entry is not read. */
  get damage(): Damage | null {
    return this.#damage;
  }

  /** The number of an entry; NaN when there is none. */
  number(at: number): number {
    return this.#numbers.at(at);
  }

  /** @throws Damaged where the file was changed or damaged; Error with a sentence when it is gone */
  entry(at: number): Entry {
    const entry = readEntry(this.path, at + 2, this.text(at));
    if (this.#last?.at === at - 1) checkTime(this.path, at + 2, entry, this.#last.entry);
    this.#last = { at, entry };
    return entry;
  }

  /** The line of an entry. @throws Error with a sentence when the file is gone */
  text(at: number): string {
    const [from, to] = [this.#starts.at(at), this.#starts.at(at + 1) - 1];
    if (from < this.#windowAt || to > this.#windowAt + this.#window.length) this.#read(from, to);
    return this.#window.toString("utf8", from - this.#windowAt, to - this.#windowAt);
  }

  /** What is held of its text is given back, until it is read again. */
  rest(): void {
    this.#window = Buffer.alloc(0);
  }

  /** Whether a word stands in one of the entries from `from` on. */
  mentions(word: string, from: number): boolean {
    for (let at = from; at < this.entries; at++) if (this.text(at).includes(word)) return true;
    return false;
  }

  /** False: nothing after this can be believed. */
  #take(line: number, at: number, text: Buffer, ended: boolean): boolean {
    if (!ended || text.includes(neverWritten)) {
      this.#torn = true;
      this.#tail = this.#tailFrom(line, null);
      return false;
    }
    if (line === 1) {
      this.#header = readHeader(this.path, text.toString());
      this.#starts.add(at + text.length + 1);
      return true;
    }
    if (line === 2) {
      const { event } = readEntry(this.path, line, text.toString());
      this.#restored = event.world === "admin" && event.kind === "restored";
    }
    const n = this.#numberOf(line, text);
    if (n === null) return false;
    const last = this.#numbers.at(this.#numbers.length - 1);
    this.#torn = this.#numbers.length > 0 && n !== last && n !== last + 1;
    if (this.#torn) {
      this.#tail = this.#tailFrom(line, n);
      this.#tail?.take(text.toString());
      return false;
    }
    this.#numbers.add(n);
    this.#starts.add(at + text.length + 1);
    return true;
  }

  #tailFrom(line: number, n: number | null): Tail | null {
    return this.entries === 0 ? null : new Tail(this.path, line, this.entry(this.entries - 1), n);
  }

  /** Null: the file is damaged there. */
  #numberOf(line: number, text: Buffer): number | null {
    const digits = numberFirst.exec(text.toString("latin1", 0, beginning))?.[1];
    if (digits !== undefined) return Number(digits);
    try {
      return readEntry(this.path, line, text.toString()).n;
    } catch (error) {
      if (!(error instanceof Damaged) || this.entries === 0) throw error;
      this.#damage = error.damage;
      return null;
    }
  }

  #countState(): number {
    let count = this.#restored ? 1 : 0;
    while (count > 0 && this.number(count) === this.number(0)) count += 1;
    return count;
  }

  #read(from: number, to: number): void {
    if (isCompressed(this.path)) {
      this.#window = inflated(this.path).octets;
      this.#windowAt = 0;
      return;
    }
    this.#window = octetsAt(this.path, from, Math.max(atOnce, to - from));
    this.#windowAt = from;
  }
}

interface Line {
  /** Octets before it. */
  readonly at: number;
  readonly text: Buffer;
  readonly ended: boolean;
}

function readTail(tail: Tail, lines: Iterable<Line>): void {
  for (const { text, ended } of lines) {
    if (ended) tail.take(text.toString());
    if (tail.damage !== null) return;
  }
}

/** `cut` is called when it is a compressed file that is cut off. */
function* linesOf(path: string, cut: () => void): Generator<Line> {
  let pieces: Buffer[] = [];
  let held = 0;
  let at = 0;
  for (const chunk of chunksOf(path, cut)) {
    let from = 0;
    for (let to = chunk.indexOf(newline); to >= 0; to = chunk.indexOf(newline, from)) {
      const end = chunk.subarray(from, to);
      const text = held === 0 ? end : Buffer.concat([...pieces, end]);
      [pieces, held, from] = [[], 0, to + 1];
      yield { at, text, ended: true };
      at += text.length + 1;
    }
    if (from < chunk.length) pieces.push(Buffer.from(chunk.subarray(from)));
    held += chunk.length - from;
    checkLength(path, held);
  }
  if (held > 0) yield { at, text: Buffer.concat(pieces), ended: false };
}

/** A list of numbers that grows, eight octets each. */
class Numbers {
  #values = new Float64Array(1024);
  length = 0;

  add(value: number): void {
    if (this.length === this.#values.length) {
      const values = new Float64Array(2 * this.length);
      values.set(this.#values);
      this.#values = values;
    }
    this.#values[this.length++] = value;
  }

  /** NaN where there is none. */
  at(index: number): number {
    return index < this.length ? (this.#values[index] ?? Number.NaN) : Number.NaN;
  }
}
