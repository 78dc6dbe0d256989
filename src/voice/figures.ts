/** Percentiles over the newest values, kept in a fixed ring. */
export class Figures {
  readonly #values: Float64Array;
  #count = 0;
  #max = 0;

  constructor(kept: number) {
    this.#values = new Float64Array(kept);
  }

  add(value: number): void {
    this.#values[this.#count % this.#values.length] = value;
    this.#count++;
    if (value > this.#max) this.#max = value;
  }

  /** p50 and p99 of the values kept, max of all; whole numbers. */
  show(): { readonly p50: number; readonly p99: number; readonly max: number } {
    const sorted = this.#values.slice(0, Math.min(this.#count, this.#values.length)).sort();
    const rank = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
    return { p50: rank(0.5), p99: rank(0.99), max: Math.round(this.#max) };
  }
}

/** How many values fell into each step of size, over all time. */
export class Histogram {
  readonly #edges: readonly number[];
  readonly #counts: Float64Array;

  /** `edges` are upper bounds, rising; what is above the last has a step of its own. */
  constructor(edges: readonly number[]) {
    this.#edges = edges;
    this.#counts = new Float64Array(edges.length + 1);
  }

  add(value: number): void {
    let step = 0;
    while (step < this.#edges.length && value > (this.#edges[step] ?? 0)) step++;
    this.#counts[step] = (this.#counts[step] ?? 0) + 1;
  }

  /** Null = no upper bound. */
  show(): { readonly upTo: number | null; readonly count: number }[] {
    return [...this.#counts].map((count, step) => ({ upTo: this.#edges[step] ?? null, count }));
  }
}
