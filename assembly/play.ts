/** A file that is played to an endpoint instead of its peer's voice: the tick takes it from a ring (tap/ring.ts). */
import { kernelAt } from "./endpoint.ts";
import { CONTROL_PLAY, FRAME_OUT } from "./endpoint-words.ts";
import { isWide } from "./format.ts";
import { frameSamples, wideSamples } from "./frame-time.ts";
import { KERNEL_DOWN, KERNEL_UP, SCRATCH_LINEAR, TAP_RING, TAP_STRIDE, TAP_WIDE, TAPS_OFFSET } from "./layout.ts";
import { down } from "./rate/down.ts";
import { up } from "./rate/up.ts";
import { tapRead } from "./tap/ring.ts";

/** The file's next frame at FRAME_OUT, at the format's rate; false when all of it has been heard. */
export function playFrame(index: i32, endpoint: usize, format: i32): bool {
  const tap = usize(TAPS_OFFSET) + usize(load<i32>(endpoint, CONTROL_PLAY) - 1) * TAP_STRIDE;
  const fromWide = load<i32>(tap, TAP_WIDE) != 0;
  const wide = isWide(format);
  const out = endpoint + FRAME_OUT;
  const from = fromWide == wide ? out : usize(SCRATCH_LINEAR);
  if (tapRead(tap + TAP_RING, from, fromWide ? wideSamples : frameSamples) < 0) return false;
  if (fromWide && !wide) down(kernelAt(index, KERNEL_DOWN), from, out, frameSamples);
  else if (wide && !fromWide) up(kernelAt(index, KERNEL_UP), from, out, frameSamples);
  return true;
}
