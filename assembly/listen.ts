/**
 * What is done to an endpoint's sound before anybody hears it: the line's echo is taken out, and keys that travel as
 * events are. Most endpoints need nothing of it and their octets are not even decoded.
 */
import { dtmfDetect, dtmfDetectMode, dtmfDetectOpen } from "./dtmf/detect.ts";
import { ECHO_ADAPT, ECHO_NLP, echoEnable, echoFrame, echoOpen, echoStateSize } from "./echo/canceller.ts";
import { kernelAt } from "./endpoint.ts";
import {
  CONTROL_ECHO,
  CONTROL_FAX,
  CONTROL_FORMAT,
  CONTROL_MUTE_KEYS,
  ECHO_TAIL,
  FRAME_LINEAR,
  INPUT_CODED,
  INPUT_FORMAT,
  INPUT_KIND,
  INPUT_LINEAR,
  INPUT_NEEDED,
  INPUT_SILENCE,
  KEYS_OPEN,
  RING_HEARD,
} from "./endpoint-words.ts";
import { searchLine, searchSamples } from "./fax-search.ts";
import { decodeStateless, isWide } from "./format.ts";
import { frameSamples, frames } from "./frame-time.ts";
import { decodeFrame, finishFrame } from "./hear.ts";
import { flushDecoding } from "./lanes.ts";
import { ECHO_FAR, ECHO_FRAMES, ECHO_OFFSET, ECHO_STATE, ECHO_STRIDE, KERNEL_KEYS, MAX_RTP } from "./layout.ts";
import { meterEcho } from "./meter/heard.ts";
import { meanSquare } from "./meter/level.ts";
import { isResampled } from "./ring/drift-in.ts";
import { positionOut } from "./ring/usb.ts";

/** Blanks in place: of a key at most 7 ms are heard (dtmf/detect.ts), too little for any receiver. */
const MUTE_AT_ONCE: i32 = 1;

/** Once a tick for a USB channel, after its frame in. */
export function listen(index: i32, endpoint: usize): void {
  const tail = load<i32>(endpoint, CONTROL_ECHO);
  const mute = load<i32>(endpoint, CONTROL_MUTE_KEYS) != 0;
  const fax = load<i32>(endpoint, CONTROL_FAX) != 0;
  if (tail != load<i32>(endpoint, ECHO_TAIL)) openEcho(index, endpoint, tail);
  if (!mute) store<i32>(endpoint, 0, KEYS_OPEN);
  // Of a frame that was resampled the echo is out already.
  const cancels = tail != 0 && !isResampled(index);
  if (!cancels && !mute) {
    if (fax) searchLine(index, endpoint);
    return;
  }
  if (isWide(load<i32>(endpoint, INPUT_FORMAT))) return;
  const samples = samplesIn(index, endpoint);
  if (cancels) cancel(index, endpoint, samples);
  if (fax) searchSamples(index, endpoint, samples);
  if (mute) muteKeys(index, endpoint, samples);
}

/** Takes the line's echo out of a frame of the device; `heard`: the ring position after what it played meanwhile. */
export function cancelEcho(index: i32, endpoint: usize, samples: usize, heard: i32): void {
  if (load<i32>(endpoint, ECHO_TAIL) == 0) return;
  // Without knowing what was played there is nothing to learn from: as good as silence.
  const echo = echoAt(index) + ECHO_STATE;
  const far = farFrame(index, heard - 1);
  meterEcho(index, echo, echoFrame(echo, far, samples, frameSamples), far);
}

/** Remembers what the channel is sent: its echo comes back. `octets` as they go to the device. */
export function rememberSent(index: i32, endpoint: usize, octets: usize): void {
  if (index < MAX_RTP || load<i32>(endpoint, ECHO_TAIL) == 0) return;
  decodeStateless(load<i32>(endpoint, CONTROL_FORMAT), octets, farFrame(index, positionOut(index)), frameSamples);
}

/** The samples of the frame in; silence has some, too. */
function samplesIn(index: i32, endpoint: usize): usize {
  const samples = endpoint + FRAME_LINEAR;
  if (load<i32>(endpoint, INPUT_KIND) == INPUT_SILENCE) {
    memory.fill(samples, 0, 2 * frameSamples);
    return samples;
  }
  store<i32>(endpoint, 1, INPUT_NEEDED);
  decodeFrame(index, endpoint);
  flushDecoding();
  finishFrame(index, endpoint);
  return samples;
}

function openEcho(index: i32, endpoint: usize, tail: i32): void {
  store<i32>(endpoint, tail, ECHO_TAIL);
  const size = usize(ECHO_STATE) + (tail == 0 ? 0 : usize(echoStateSize(tail)));
  if (tail == 0 || size > usize(ECHO_STRIDE)) return;
  memory.fill(echoAt(index), 0, size);
  echoOpen(echoAt(index) + ECHO_STATE, tail);
  echoEnable(echoAt(index) + ECHO_STATE, ECHO_NLP | ECHO_ADAPT);
}

function cancel(index: i32, endpoint: usize, samples: usize): void {
  cancelEcho(index, endpoint, samples, load<i32>(endpoint, RING_HEARD));
  if (load<i32>(endpoint, INPUT_KIND) == INPUT_SILENCE) return;
  store<i32>(endpoint, INPUT_LINEAR, INPUT_KIND);
}

/** Octets in which there was no key still pass untouched. */
function muteKeys(index: i32, endpoint: usize, samples: usize): void {
  const state = kernelAt(index, KERNEL_KEYS);
  if (!load<i32>(endpoint, KEYS_OPEN)) {
    dtmfDetectOpen(state);
    dtmfDetectMode(state, MUTE_AT_ONCE);
    store<i32>(endpoint, 1, KEYS_OPEN);
  }
  const before = meanSquare(samples, frameSamples);
  dtmfDetect(state, samples, frameSamples);
  const kind = load<i32>(endpoint, INPUT_KIND);
  if (kind != INPUT_SILENCE && meanSquare(samples, frameSamples) != before)
    store<i32>(endpoint, (kind & ~INPUT_CODED) | INPUT_LINEAR, INPUT_KIND);
}

function echoAt(index: i32): usize {
  return usize(ECHO_OFFSET) + usize(index - MAX_RTP) * ECHO_STRIDE;
}

/** The frame sent at a ring position. */
function farFrame(index: i32, position: i32): usize {
  return echoAt(index) + ECHO_FAR + usize(position & (frames(ECHO_FRAMES) - 1)) * (2 * frameSamples);
}
