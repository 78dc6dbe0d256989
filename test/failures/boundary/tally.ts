import { getEnvironmentData, isMainThread, setEnvironmentData } from "node:worker_threads";

/** What crosses the process's boundary. The voice worker has a thread, and so kinds of its own. */
export const kinds = [
  "sip send",
  "sip receive",
  "rtp send",
  "rtp receive",
  "rtp socket",
  "file",
  "usb",
  "to worker",
  "from worker",
] as const;

export type Kind = (typeof kinds)[number];

const name = "offhook: outside operations";
const wordsAKind = 4;
const [COUNT, TARGET, WAY, HITS] = [0, 1, 2, 3];
const nobody = -1;

/** How often each kind of operation was asked for, in all threads, and which one of them is to fail. */
class Tally {
  readonly #words: Int32Array;

  constructor(words: Int32Array) {
    this.#words = words;
  }

  /** Counts from zero again; nothing fails. */
  begin(): void {
    this.arm("file", nobody, 0);
  }

  /** Counts from zero again; the `nth` operation of that kind, from 0, fails in that way. */
  arm(kind: Kind, nth: number, way: number): void {
    this.disarm();
    this.what = "";
    for (const each of kinds) for (const word of [COUNT, HITS]) this.#set(each, word, 0);
    this.#set(kind, WAY, way);
    this.#set(kind, TARGET, nth);
  }

  disarm(): void {
    for (const each of kinds) this.#set(each, TARGET, nobody);
  }

  count(kind: Kind): number {
    return Atomics.load(this.#words, at(kind, COUNT));
  }

  /** Whether the one that was to fail came. */
  hit(kind: Kind): boolean {
    return Atomics.load(this.#words, at(kind, HITS)) > 0;
  }

  /** What failed last in this thread, in words. */
  what = "";

  /** One operation more, and what it is: the way it is to fail, or null. */
  next(kind: Kind, what = ""): number | null {
    const before = Atomics.add(this.#words, at(kind, COUNT), 1);
    if (before !== Atomics.load(this.#words, at(kind, TARGET))) return null;
    Atomics.store(this.#words, at(kind, HITS), 1);
    this.what = what;
    return Atomics.load(this.#words, at(kind, WAY));
  }

  #set(kind: Kind, word: number, value: number): void {
    Atomics.store(this.#words, at(kind, word), value);
  }
}

function at(kind: Kind, word: number): number {
  return kinds.indexOf(kind) * wordsAKind + word;
}

/** One for all threads: those that are made later get it from the one that makes them. */
function shared(): Int32Array {
  const known: unknown = isMainThread ? null : getEnvironmentData(name);
  if (known instanceof SharedArrayBuffer) return new Int32Array(known);
  const words = new Int32Array(new SharedArrayBuffer(4 * wordsAKind * kinds.length)).fill(0);
  setEnvironmentData(name, words.buffer);
  return words;
}

export const tally = new Tally(shared());
// A thread that begins in the middle of a trial takes it as it is.
if (isMainThread) tally.disarm();

/** An error as the system gives it. */
export function systemError(code: string, call: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${call} ${code}`), { code, syscall: call, errno: -1 });
}
