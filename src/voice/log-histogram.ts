/** Steps of an octave: what is read from the histogram is 1/32 too large at most. */
const PARTS = 32;
const PARTS_BITS = 5;
/** Of the largest value that has a step of its own. */
const MOST_BITS = 25;

/** One step of a histogram; `upTo` null = no upper bound. */
export interface Step {
  readonly upTo: number | null;
  readonly count: number;
}

/** How many values fell into each step, over all time; steps grow with the value. Adding allocates nothing. */
export class LogHistogram {
  readonly #counts = new Float64Array((MOST_BITS - PARTS_BITS + 1) * PARTS + 1);
  #max = 0;

  /** Not negative. What is below one counts as one. */
  add(value: number): void {
    const step = stepOf(value);
    this.#counts[step] = (this.#counts[step] ?? 0) + 1;
    if (value > this.#max) this.#max = value;
  }

  get max(): number {
    return this.#max;
  }

  /** Those that are not empty, rising. */
  show(): Step[] {
    const last = this.#counts.length - 1;
    return [...this.#counts].flatMap((count, step) =>
      count === 0 ? [] : [{ upTo: step === last ? null : boundOf(step), count }],
    );
  }
}

function stepOf(value: number): number {
  if (value >= 2 ** MOST_BITS) return (MOST_BITS - PARTS_BITS + 1) * PARTS;
  const whole = value | 0;
  const shift = Math.max(0, 31 - Math.clz32(whole | 1) - PARTS_BITS);
  return shift * PARTS + (whole >> shift);
}

/** The first whole number beyond the step. */
function boundOf(step: number): number {
  if (step < 2 * PARTS) return step + 1;
  const shift = Math.floor(step / PARTS) - 1;
  return ((step % PARTS) + PARTS + 1) * 2 ** shift;
}

/** That share of the values lies within the bound that is returned: 0 of none, infinite beyond the last step. */
export function quantileOf(steps: readonly Step[], share: number): number {
  let left = Math.ceil(share * steps.reduce((sum, { count }) => sum + count, 0));
  for (const { upTo, count } of steps) {
    left -= count;
    if (left <= 0) return upTo ?? Number.POSITIVE_INFINITY;
  }
  return 0;
}

/** What was added between two looks at one histogram. */
export function stepsBetween(before: readonly Step[], after: readonly Step[]): Step[] {
  const had = new Map(before.map(({ upTo, count }) => [upTo, count]));
  return after.flatMap(({ upTo, count }) => {
    const more = count - (had.get(upTo) ?? 0);
    return more === 0 ? [] : [{ upTo, count: more }];
  });
}
