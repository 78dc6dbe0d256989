interface Entry {
  readonly due: number;
  readonly order: number;
  run: (() => void) | null;
}

/** Takes back what was put on the agenda; harmless when it has been done. */
export type TakeBack = () => void;

/** Virtual time: what is to be done, in its order (a binary heap; those of one millisecond as they came). */
export class Agenda {
  now: number;
  /** By how much what is done now is late. */
  lag = 0;
  readonly #heap: Entry[] = [];
  #order = 0;

  constructor(start: number) {
    this.now = start;
  }

  /** Entries waiting, those taken back with them. */
  get waiting(): number {
    return this.#heap.length;
  }

  after(delay: number, run: () => void): TakeBack {
    const entry: Entry = { due: this.now + delay, order: this.#order++, run };
    this.#up(entry);
    return () => {
      entry.run = null;
    };
  }

  /** Does what is next; false when there is nothing. Time never goes back: what is late is done now. */
  step(): boolean {
    const entry = this.#take();
    if (entry === null) return false;
    if (entry.run === null) return true;
    if (entry.due > this.now) this.now = entry.due;
    this.lag = this.now - entry.due;
    entry.run();
    return true;
  }

  #up(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(entry, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  #take(): Entry | null {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return null;
    if (heap.length > 0) this.#down(last);
    return first;
  }

  #down(entry: Entry): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const [one, other] = [heap[left], heap[left + 1]];
      if (one === undefined) break;
      const right = other !== undefined && isBefore(other, one);
      const least = right ? other : one;
      if (!isBefore(least, entry)) break;
      heap[at] = least;
      at = right ? left + 1 : left;
    }
    heap[at] = entry;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}
