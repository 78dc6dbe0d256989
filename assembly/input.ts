/** First half of the tick: every open endpoint's frame in. */
import { transcode } from "./codec/convert.ts";
import { acceptFrame, concealFrame, patchFrame, silentFrame } from "./conceal/repeat.ts";
import { isFresh, jitterAt, startSession } from "./endpoint.ts";
import { resetJitter, skip, takeFrame } from "./jitter/buffer.ts";
import {
  CONTROL_DIRECTION,
  CONTROL_FIRST_SEQUENCE,
  CONTROL_FIRST_TIMESTAMP,
  CONTROL_FORMAT,
  DIRECTION_RECEIVE,
  FRAME_OCTETS,
  FRAME_SAMPLES,
  JITTER_SAMPLES,
  SCRATCH_OCTETS,
  SEND_MARKER,
  SEND_SEQUENCE,
  SEND_TIMESTAMP,
  STATE_FORMAT,
} from "./layout.ts";
import { openRing, readRing } from "./ring/usb.ts";
import { keyTick } from "./rtp/key-in.ts";

/** A stream that has just been opened or changed. */
export function prepareRtp(index: i32, endpoint: usize, periods: i32): void {
  if (isFresh(endpoint)) {
    startSession(endpoint);
    resetJitter(index, endpoint);
    store<i32>(endpoint, load<i32>(endpoint, CONTROL_FIRST_SEQUENCE) & 0xffff, SEND_SEQUENCE);
    store<i32>(endpoint, load<i32>(endpoint, CONTROL_FIRST_TIMESTAMP), SEND_TIMESTAMP);
    store<i32>(endpoint, 1, SEND_MARKER);
    return;
  }
  const before = load<i32>(endpoint, STATE_FORMAT);
  const format = load<i32>(endpoint, CONTROL_FORMAT);
  if (before != format) changeFormat(index, endpoint, before, format);
  const missed = (periods - 1) * FRAME_SAMPLES;
  if (missed == 0) return;
  skip(index, endpoint, missed);
  store<i32>(endpoint, load<i32>(endpoint, SEND_TIMESTAMP) + missed, SEND_TIMESTAMP);
}

export function prepareUsb(index: i32, endpoint: usize): void {
  if (!isFresh(endpoint)) return;
  startSession(endpoint);
  openRing(index);
}

export function gatherRtp(index: i32, endpoint: usize): void {
  const keyDown = keyTick(index, endpoint);
  if ((load<i32>(endpoint, CONTROL_DIRECTION) & DIRECTION_RECEIVE) == 0) {
    resetJitter(index, endpoint);
    silentFrame(endpoint);
    return;
  }
  const format = load<i32>(endpoint, STATE_FORMAT);
  const arrived = takeFrame(index, endpoint, SCRATCH_OCTETS);
  if (arrived == FRAME_SAMPLES) {
    memory.copy(endpoint + FRAME_OCTETS, SCRATCH_OCTETS, FRAME_SAMPLES);
    acceptFrame(endpoint, format);
  } else if (arrived > 0) patchFrame(endpoint, format, SCRATCH_OCTETS);
  else if (keyDown) silentFrame(endpoint);
  else concealFrame(endpoint);
}

export function gatherUsb(index: i32, endpoint: usize): void {
  readRing(index, endpoint);
}

/** What waits in the jitter buffer changes its law too, so that a new codec makes no gap. */
function changeFormat(index: i32, endpoint: usize, before: i32, format: i32): void {
  const ring = jitterAt(index);
  for (let at = 0; at < JITTER_SAMPLES; at += 1024) transcode(before, format, ring + usize(at), 1024);
  store<i32>(endpoint, format, STATE_FORMAT);
}
