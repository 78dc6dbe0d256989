/**
 * An endpoint that nothing but a recording hears is decoded with the same states as one that somebody hears, which then
 * begin anew as if there were no recording: what is sent has the same bits with and without it.
 */
import { CONCEAL_WARM, DECODER_WARM, TAP_KEPT } from "./endpoint-words.ts";
import { HEADER_TICKS } from "./layout.ts";

const DECODER: i32 = 1;
const CONCEALMENT: i32 = 2;

/** What the recording knows goes on, when it heard the frame before; or what whoever heard that knows. */
export function recallTapped(endpoint: usize): void {
  const kept = load<i32>(endpoint, TAP_KEPT);
  if (kept == 0 || (kept & ~(DECODER | CONCEALMENT)) != load<i32>(HEADER_TICKS) << 2) return;
  if ((kept & DECODER) != 0) store<i32>(endpoint, 1, DECODER_WARM);
  if ((kept & CONCEALMENT) != 0) store<i32>(endpoint, 1, CONCEAL_WARM);
}

/** For who hears the endpoint in the next tick it is as if nobody had heard it in this one. */
export function forgetTapped(endpoint: usize): void {
  const decoder = load<i32>(endpoint, DECODER_WARM) != 0 ? DECODER : 0;
  const concealment = load<i32>(endpoint, CONCEAL_WARM) != 0 ? CONCEALMENT : 0;
  store<i32>(endpoint, ((load<i32>(HEADER_TICKS) + 1) << 2) | decoder | concealment, TAP_KEPT);
  store<i32>(endpoint, 0, DECODER_WARM);
  store<i32>(endpoint, 0, CONCEAL_WARM);
}
