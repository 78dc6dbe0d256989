/** A network and a clock on paper, in ms: packets arrive at the given times, each in time order. */
export class PaperNetwork {
  time = 0;
  readonly #arrivals: number[];
  #taken = 0;

  constructor(arrivals: readonly number[]) {
    this.#arrivals = [...arrivals].sort((one, other) => one - other);
  }

  now = () => this.time;
  sleep = (ms: number) => {
    this.time += Math.max(0, ms);
  };

  /** Like poll: what has arrived and was not taken is there at once. */
  packetComes = (_: number, withinMs: number): boolean => {
    const next = this.#next();
    const came = next <= this.time + withinMs;
    this.time = came ? Math.max(this.time, next) : this.time + withinMs;
    return came;
  };

  /** Takes what has arrived. */
  drain(): number {
    const before = this.#taken;
    while (this.#next() <= this.time) this.#taken++;
    return this.#taken - before;
  }

  #next(): number {
    return this.#arrivals[this.#taken] ?? Number.POSITIVE_INFINITY;
  }
}
