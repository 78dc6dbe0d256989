/** Units are types: a bare number never crosses a layer. */
declare const unit: unique symbol;
type Quantity<Unit extends string> = number & { readonly [unit]: Unit };

/** Milliseconds since 1970-01-01T00:00Z, taken from a monotonic clock that was set once at start (it never jumps). */
export type Instant = Quantity<"instant">;
/** A duration in milliseconds. */
export type Milliseconds = Quantity<"milliseconds">;

/** Names a number as an instant. */
export function instant(value: number): Instant {
  return value as Instant;
}

/** Names a number of milliseconds. */
export function ms(value: number): Milliseconds {
  return value as Milliseconds;
}

/** Names a number of seconds, as milliseconds. */
export function seconds(value: number): Milliseconds {
  return (value * 1000) as Milliseconds;
}

/** The time from `earlier` to `later`. */
export function between(earlier: Instant, later: Instant): Milliseconds {
  return (later - earlier) as Milliseconds;
}

/** For the default branch of an exhaustive switch: a new kind without a case does not compile. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
