/** How loud an endpoint is, of frames that are samples anyway; and what a line's echo is, of what its canceller knows. */
import { ECHO_DOUBLE_TALK, ECHO_FROZEN } from "../echo/canceller.ts";
import { ECHO_POWER, LEFT_POWER, NEAR_POWER } from "../echo/state.ts";
import { kernelAt } from "../endpoint.ts";
import { frameSamples, frames } from "../frame-time.ts";
import { KERNEL_METER } from "../layout.ts";
import { meanSquare } from "./level.ts";
import {
  STREAM_ECHO_FAR,
  STREAM_ECHO_FRAMES,
  STREAM_ECHO_LEFT,
  STREAM_ECHO_NEAR,
  STREAM_LOUD_FRAMES,
  STREAM_LOUD_POWER,
} from "./stream-counts.ts";

/** -50 dBm0: quieter is background (mean square, of 2^30 at the overload point). */
const BACKGROUND: i32 = 2606;
/** -35 dBm0 of far end: quieter echoes drown in what else is on the line. */
const FAR_LOUD: i32 = 82400;
const BLOCK: i32 = 80;
/** The newest of so many frames of 20 ms count: 2.5 s. */
const SLOWNESS: i32 = 128;

/** A frame that came, with its mean square. */
export function meterLevel(index: i32, power: i32): void {
  if (power < BACKGROUND) return;
  const state = kernelAt(index, KERNEL_METER);
  store<i32>(state, load<i32>(state, STREAM_LOUD_FRAMES) + 1, STREAM_LOUD_FRAMES);
  store<f64>(state, load<f64>(state, STREAM_LOUD_POWER) + f64(power), STREAM_LOUD_POWER);
}

/** After a frame went through the canceller at `echo`: its last block, while only the far end talks. `found`: echoFrame's. */
export function meterEcho(index: i32, echo: usize, found: i32, far: usize): void {
  if ((found & (ECHO_DOUBLE_TALK | ECHO_FROZEN)) != 0 || load<f32>(echo, ECHO_POWER) <= 0) return;
  const played = meanSquare(far + usize(2 * (frameSamples - BLOCK)), BLOCK);
  if (played < FAR_LOUD) return;
  const state = kernelAt(index, KERNEL_METER);
  const seen = load<i32>(state, STREAM_ECHO_FRAMES) + 1;
  store<i32>(state, seen, STREAM_ECHO_FRAMES);
  const share = 1 / f64(min<i32>(seen, frames(SLOWNESS)));
  follow(state + STREAM_ECHO_FAR, f64(played), share);
  follow(state + STREAM_ECHO_NEAR, f64(load<f32>(echo, NEAR_POWER)) / f64(BLOCK), share);
  follow(state + STREAM_ECHO_LEFT, f64(load<f32>(echo, LEFT_POWER)) / f64(BLOCK), share);
}

function follow(at: usize, value: f64, share: f64): void {
  store<f64>(at, load<f64>(at) + (value - load<f64>(at)) * share);
}
