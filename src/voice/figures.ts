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
