/** From one place of a sound to another that is like it (lag.ts): so it becomes longer or shorter. */
import { crossfade } from "../conceal/crossfade.ts";

/**
 * `count` samples to `out`: they begin as those at `from`, and are those at `into` after `fade` samples, a multiple of 8
 * and at most `count`. `out` may be neither of the two, unless it is `into` itself.
 */
export function stretchJoin(from: usize, into: usize, out: usize, fade: i32, count: i32): void {
  crossfade(from, into, out, fade);
  const done = usize(fade << 1);
  if (out != into) memory.copy(out + done, into + done, usize(count << 1) - done);
}
