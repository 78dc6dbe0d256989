/** The frame in of a stream whose codec is one of the host's: a part of one, one, or two. */
import { framesMissed, isHalf, partOf } from "./codec-frame.ts";
import {
  FRAME_OCTETS,
  FRAME_SECOND,
  INPUT_CODED,
  INPUT_FORMAT,
  INPUT_KIND,
  INPUT_LENGTH,
  INPUT_LINEAR,
  INPUT_LOST,
  INPUT_SECOND,
  INPUT_SLOT,
} from "./endpoint-words.ts";
import { codecUnits } from "./format.ts";
import { acceptFrame, lostFrame, silentFrame } from "./frame.ts";
import { skip, takeFrame } from "./jitter/buffer.ts";
import { meterTurn } from "./meter/turns.ts";

/** Ticks could not be held: the frames that began in them are gone. */
export function skipMissed(index: i32, endpoint: usize, format: i32): void {
  const frames = framesMissed(format);
  if (frames == 0) return;
  skip(index, endpoint, frames * codecUnits(format));
  // What goes on in this tick is a frame that was not taken.
  store<i32>(endpoint, 0, INPUT_LENGTH);
}

export function gatherCodecFrame(index: i32, endpoint: usize, format: i32, keyDown: bool): void {
  if (partOf(format) > 0) {
    goOn(endpoint, format);
    return;
  }
  let arrived = take(index, endpoint, endpoint + FRAME_OCTETS, keyDown);
  store<i32>(endpoint, arrived, INPUT_LENGTH);
  if (isHalf(format)) {
    const second = take(index, endpoint, endpoint + FRAME_SECOND, keyDown);
    store<i32>(endpoint, second, INPUT_SECOND);
    arrived += second;
  }
  if (arrived > 0) {
    acceptFrame(endpoint, format);
    store<i32>(endpoint, 0, INPUT_SLOT);
  } else if (keyDown) silentFrame(endpoint);
  else lostFrame(endpoint);
}

function take(index: i32, endpoint: usize, octets: usize, keyDown: bool): i32 {
  const arrived = takeFrame(index, endpoint, octets);
  meterTurn(index, endpoint, arrived, keyDown);
  return arrived;
}

/** The frame of the tick before is heard on. */
function goOn(endpoint: usize, format: i32): void {
  const kind = load<i32>(endpoint, INPUT_KIND);
  const isGone = (kind & INPUT_CODED) != 0 && load<i32>(endpoint, INPUT_LENGTH) == 0;
  if (isGone || (kind & INPUT_LOST) != 0 || load<i32>(endpoint, INPUT_FORMAT) != format) lostFrame(endpoint);
  else store<i32>(endpoint, kind & ~INPUT_LINEAR, INPUT_KIND);
}
