/** Frames in of a stream whose sound is made longer or shorter: a tick that takes two of them, and one that takes none. */

import { count } from "./endpoint.ts";
import { FRAME_LINEAR, INPUT_FORMAT, INPUT_KIND, INPUT_LINEAR, INPUT_MISSES, SCALE_LEFT } from "./endpoint-words.ts";
import { samplesOf } from "./format.ts";
import { acceptFrame, nextFrame } from "./frame.ts";
import { hearAhead } from "./hear.ts";
import { takesTwo } from "./jitter/adapt.ts";
import { takeAhead } from "./jitter/buffer.ts";
import { playLeft } from "./jitter/scale.ts";
import { meterTurn } from "./meter/turns.ts";

/** Before the tick's frame is taken: one more is, when the sound is to be shorter. It is decoded at once. */
export function gatherAhead(index: i32, endpoint: usize, format: i32, keyDown: bool): void {
  if (keyDown || !takesTwo(index, endpoint, format)) return;
  meterTurn(index, endpoint, takeAhead(index, endpoint, format, nextFrame(endpoint)), false);
  acceptFrame(endpoint, format);
  hearAhead(index, endpoint);
  count(endpoint, SCALE_LEFT, samplesOf(format));
}

/** Nothing is taken: the tick's samples are what is left. */
export function hearLeft(index: i32, endpoint: usize, format: i32): void {
  playLeft(index, endpoint, endpoint + FRAME_LINEAR);
  store<i32>(endpoint, format, INPUT_FORMAT);
  store<i32>(endpoint, INPUT_LINEAR, INPUT_KIND);
  store<i32>(endpoint, 0, INPUT_MISSES);
}
