/** First part of the tick: every open endpoint's frame in, still coded. */

import { gatherCodecFrame, skipMissed } from "./codec-frame-in.ts";
import { isFresh, jitterAt, startSession } from "./endpoint.ts";
import {
  CONTROL_DIRECTION,
  CONTROL_FIRST_SEQUENCE,
  CONTROL_FIRST_TIMESTAMP,
  CONTROL_FORMAT,
  DECODER_WARM,
  DIRECTION_RECEIVE,
  ENCODER_WARM,
  INPUT_RUN,
  JITTER_STARTED,
  SEND_MARKER,
  SEND_SEQUENCE,
  SEND_TIMESTAMP,
  STATE_FORMAT,
} from "./endpoint-words.ts";
import { frameOctets, isG711, isPlugin, isStateful, transcode, unitsOf } from "./format.ts";
import { acceptFrame, lostFrame, nextFrame, patchFrame, silentFrame } from "./frame.ts";
import { LEFT_PLAYED, resetJitter, skip, takeFrame } from "./jitter/buffer.ts";
import { ringOctets } from "./jitter/ring.ts";
import { meterTurn } from "./meter/turns.ts";
import { somethingJumped } from "./ring/drift-in.ts";
import { openRing, readRing } from "./ring/usb.ts";
import { keyTick } from "./rtp/key-in.ts";
import { gatherAhead, hearLeft } from "./scaled-in.ts";

/** A stream that has just been opened or changed. */
export function prepareRtp(index: i32, endpoint: usize, periods: i32): void {
  if (isFresh(endpoint)) {
    startSession(index, endpoint);
    resetJitter(index, endpoint);
    store<i32>(endpoint, load<i32>(endpoint, CONTROL_FIRST_SEQUENCE) & 0xffff, SEND_SEQUENCE);
    store<i32>(endpoint, load<i32>(endpoint, CONTROL_FIRST_TIMESTAMP), SEND_TIMESTAMP);
    store<i32>(endpoint, 1, SEND_MARKER);
    return;
  }
  const before = load<i32>(endpoint, STATE_FORMAT);
  const format = load<i32>(endpoint, CONTROL_FORMAT);
  if (before != format) changeFormat(index, endpoint, before, format);
  const missed = (periods - 1) * unitsOf(format);
  if (missed == 0) return;
  if (isPlugin(format)) skipMissed(index, endpoint, format);
  else skip(index, endpoint, missed);
  store<i32>(endpoint, load<i32>(endpoint, SEND_TIMESTAMP) + missed, SEND_TIMESTAMP);
}

export function prepareUsb(index: i32, endpoint: usize, periods: i32): void {
  if (isFresh(endpoint)) {
    startSession(index, endpoint);
    openRing(index);
    return;
  }
  if (periods > 1) somethingJumped(index);
  const format = load<i32>(endpoint, CONTROL_FORMAT);
  if (load<i32>(endpoint, STATE_FORMAT) != format) forgetCodecs(endpoint, format);
}

export function gatherRtp(index: i32, endpoint: usize): void {
  const keyDown = keyTick(index, endpoint);
  if ((load<i32>(endpoint, CONTROL_DIRECTION) & DIRECTION_RECEIVE) == 0) {
    if (load<i32>(endpoint, JITTER_STARTED)) resetJitter(index, endpoint);
    silentFrame(endpoint);
    return;
  }
  const format = load<i32>(endpoint, STATE_FORMAT);
  if (isPlugin(format)) {
    gatherCodecFrame(index, endpoint, format, keyDown);
    return;
  }
  gatherAhead(index, endpoint, format, keyDown);
  const octets = nextFrame(endpoint);
  const arrived = takeFrame(index, endpoint, octets);
  meterTurn(index, endpoint, max<i32>(0, arrived), keyDown);
  if (arrived == frameOctets(format)) acceptFrame(endpoint, format);
  else if (arrived == LEFT_PLAYED) hearLeft(index, endpoint, format);
  else if (arrived > 0 && !isStateful(format)) patchFrame(index, endpoint, format, octets);
  else if (arrived == 0 && keyDown) silentFrame(endpoint);
  else lostFrame(endpoint);
}

export function gatherUsb(index: i32, endpoint: usize): void {
  readRing(index, endpoint);
}

/** What waits in the jitter buffer changes from law to law, so that a new codec makes no gap; others begin anew. */
function changeFormat(index: i32, endpoint: usize, before: i32, format: i32): void {
  if (isG711(before) && isG711(format)) {
    const ring = jitterAt(index);
    for (let at = 0; at < ringOctets(endpoint); at += 1024) transcode(before, format, ring + usize(at), 1024);
    forgetCodecs(endpoint, format);
  } else {
    forgetCodecs(endpoint, format);
    resetJitter(index, endpoint);
  }
}

function forgetCodecs(endpoint: usize, format: i32): void {
  store<i32>(endpoint, format, STATE_FORMAT);
  store<i32>(endpoint, 0, DECODER_WARM);
  store<i32>(endpoint, 0, ENCODER_WARM);
  store<i32>(endpoint, 0, INPUT_RUN);
}
