/**
 * Recordings in the tick: what an endpoint says and what it hears, as two channels, go to a ring (tap/ring.ts). What is
 * heard is what goes into the listener's coder, or the decoded octets where they pass untouched.
 */
import { endpointAt, isOpen } from "./endpoint.ts";
import {
  CONTROL_PEER,
  FRAME_LINEAR,
  FRAME_OUT,
  INPUT_FORMAT,
  INPUT_KIND,
  INPUT_NEEDED,
  INPUT_NOISE,
  INPUT_SILENCE,
  NEEDED_BY_TAP,
  OUT_KIND,
  OUT_LOST,
  OUT_NOTHING,
  OUT_PASS,
  OUT_PASSED,
  OUT_PEER,
  OUT_SILENT,
} from "./endpoint-words.ts";
import { isWide } from "./format.ts";
import { frameSamples, wideSamples } from "./frame-time.ts";
import {
  HEADER_TAPPED,
  KERNEL_RATE_SIZE,
  MAX_TAPS,
  MAX_WIDE_SAMPLES,
  SCRATCH_LINEAR,
  TAP_ENDPOINT,
  TAP_FRAMES,
  TAP_RATES,
  TAP_RING,
  TAP_STRIDE,
  TAP_WIDE,
  TAPS_OFFSET,
} from "./layout.ts";
import { down } from "./rate/down.ts";
import { up } from "./rate/up.ts";
import { formatOut } from "./ring/drift-out.ts";
import { tapWrite } from "./tap/ring.ts";

/** Has decoded what is recorded and nobody hears as samples. After it is decided what everybody sends. */
export function planTaps(): void {
  if (load<i32>(HEADER_TAPPED) == 0) return;
  for (let n = 0; n < MAX_TAPS; n++) {
    const index = load<i32>(tapAt(n), TAP_ENDPOINT) - 1;
    if (index < 0 || !isOpen(endpointAt(index))) continue;
    need(endpointAt(index));
    if (hearsPeerAsItIs(endpointAt(index))) need(endpointAt(load<i32>(endpointAt(index), CONTROL_PEER)));
  }
}

/** After what everybody hears is there; `periods`: frame times since the tick before. */
export function recordTaps(periods: i32): void {
  if (load<i32>(HEADER_TAPPED) == 0) return;
  for (let n = 0; n < MAX_TAPS; n++) {
    const index = load<i32>(tapAt(n), TAP_ENDPOINT) - 1;
    if (index < 0 || !isOpen(endpointAt(index))) continue;
    // Ticks that could not be held are silence: the file keeps the time.
    for (let skipped = 1; skipped < periods; skipped++) writeFrame(tapAt(n), 0, 0);
    record(tapAt(n), index, endpointAt(index));
  }
}

function tapAt(n: i32): usize {
  return usize(TAPS_OFFSET) + usize(n) * TAP_STRIDE;
}

function need(endpoint: usize): void {
  if (isHeard(endpoint) && load<i32>(endpoint, INPUT_NEEDED) == 0) store<i32>(endpoint, NEEDED_BY_TAP, INPUT_NEEDED);
}

/** Comfort noise that nobody hears is not made for a recording: it would be another noise for who hears it next. */
function isHeard(endpoint: usize): bool {
  const kind = load<i32>(endpoint, INPUT_KIND);
  return kind != INPUT_SILENCE && ((kind & INPUT_NOISE) == 0 || load<i32>(endpoint, INPUT_NEEDED) == 1);
}

/** Octets pass, or have passed with the beginning of their frame, or are missing where they would pass. */
function hearsPeerAsItIs(endpoint: usize): bool {
  const kind = load<i32>(endpoint, OUT_KIND);
  return kind == OUT_PASS || kind == OUT_LOST || kind == OUT_PASSED;
}

function record(tap: usize, index: i32, endpoint: usize): void {
  const wide = load<i32>(tap, TAP_WIDE) != 0;
  let said: usize = 0;
  if (isHeard(endpoint))
    said = atRate(tap, 0, endpoint + FRAME_LINEAR, isWide(load<i32>(endpoint, INPUT_FORMAT)), wide);
  writeFrame(tap, said, heard(tap, index, endpoint, wide));
}

/** Samples that the endpoint hears at the file's rate; 0 when it hears nothing. */
function heard(tap: usize, index: i32, endpoint: usize, wide: bool): usize {
  const kind = load<i32>(endpoint, OUT_KIND);
  if (kind == OUT_NOTHING || kind == OUT_SILENT) return 0;
  const out = isWide(formatOut(index, endpoint));
  if (kind == OUT_PEER || hearsPeerAsItIs(endpoint)) {
    const peer = endpointAt(load<i32>(endpoint, CONTROL_PEER));
    if (isWide(load<i32>(peer, INPUT_FORMAT)) == out) return atRate(tap, 1, peer + FRAME_LINEAR, out, wide);
  }
  return atRate(tap, 1, endpoint + FRAME_OUT, out, wide);
}

function atRate(tap: usize, channel: i32, samples: usize, fromWide: bool, wide: bool): usize {
  if (fromWide == wide) return samples;
  const state = tap + TAP_RATES + usize(channel) * KERNEL_RATE_SIZE;
  const frame = tap + TAP_FRAMES + usize(channel) * (2 * MAX_WIDE_SAMPLES);
  if (wide) up(state, samples, frame, frameSamples);
  else down(state, samples, frame, frameSamples);
  return frame;
}

/** Two channels, sample by sample; 0 = silence. */
function writeFrame(tap: usize, said: usize, heard: usize): void {
  const count = load<i32>(tap, TAP_WIDE) != 0 ? wideSamples : frameSamples;
  for (let at = 0; at < 2 * count; at += 16) {
    const left = said == 0 ? i16x8.splat(0) : v128.load(said + at);
    const right = heard == 0 ? i16x8.splat(0) : v128.load(heard + at);
    const to = usize(SCRATCH_LINEAR) + 2 * at;
    v128.store(to, i8x16.shuffle(left, right, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23));
    v128.store(to, i8x16.shuffle(left, right, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31), 16);
  }
  tapWrite(tap + TAP_RING, SCRATCH_LINEAR, 2 * count);
}
