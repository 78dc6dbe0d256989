/**
 * Middle part of the tick: the endpoints that somebody hears as samples are decoded, eight channels of a recursive codec
 * at once, and what is missing is made up. An endpoint whose octets pass untouched costs nothing here.
 */
import { isHalf } from "./codec-frame.ts";
import { concealGood, concealLost, concealOpen, concealSplice } from "./conceal/conceal.ts";
import { kernelAt } from "./endpoint.ts";
import {
  CONCEAL_SEAM,
  CONCEAL_WARM,
  DECODER_WARM,
  FRAME_LINEAR,
  INPUT_CODED,
  INPUT_FORMAT,
  INPUT_HALVES,
  INPUT_KIND,
  INPUT_LENGTH,
  INPUT_LINEAR,
  INPUT_LOST,
  INPUT_NEEDED,
  INPUT_NOISE,
  INPUT_POWER,
  INPUT_RUN,
  INPUT_SPLICE,
  NEEDED_BY_TAP,
} from "./endpoint-words.ts";
import { concealsItself, decodeStateless, isPlugin, isStateful, isWide, samplesOf } from "./format.ts";
import { codedFrame, frameBefore } from "./frame.ts";
import { endLeft, forgetScale, noteHeard, noteLoudness, scaleFrame } from "./jitter/scale.ts";
import { addPluginDecoding } from "./jobs.ts";
import { addDecoding, flushDecoding } from "./lanes.ts";
import { KERNEL_CONCEAL, KERNEL_CONCEAL_SIZE, KERNEL_NOISE, SCRATCH_LINEAR } from "./layout.ts";
import { meterLevel } from "./meter/heard.ts";
import { meanSquare } from "./meter/level.ts";
import { noiseFrame } from "./noise/noise.ts";
import { forgetTapped, recallTapped } from "./tapped.ts";

/** Decodes, or queues for the lanes. */
export function decodeFrame(index: i32, endpoint: usize): void {
  const needed = load<i32>(endpoint, INPUT_NEEDED);
  if (needed == 0) {
    store<i32>(endpoint, 0, CONCEAL_WARM);
    store<i32>(endpoint, 0, DECODER_WARM);
    forgetScale(endpoint);
    return;
  }
  if (needed == NEEDED_BY_TAP) recallTapped(endpoint);
  const kind = load<i32>(endpoint, INPUT_KIND);
  const format = load<i32>(endpoint, INPUT_FORMAT);
  const samples = endpoint + FRAME_LINEAR;
  if (isPlugin(format)) store<i32>(endpoint, 0, INPUT_HALVES);
  if ((kind & INPUT_LOST) != 0 && isMadeByCodec(endpoint, format))
    addPluginDecoding(index, endpoint, format, samples, 0);
  if ((kind & INPUT_CODED) == 0 || (kind & INPUT_LINEAR) != 0) return;
  if (isPlugin(format)) addPluginDecoding(index, endpoint, format, samples, load<i32>(endpoint, INPUT_LENGTH));
  else if (isStateful(format)) addDecoding(index, endpoint, format, codedFrame(endpoint), samples);
  else decodeStateless(format, codedFrame(endpoint), samples, samplesOf(format));
}

/** Conceals, or joins to what was concealed: the samples at FRAME_LINEAR are then what is heard of this endpoint. */
export function finishFrame(index: i32, endpoint: usize): void {
  const needed = load<i32>(endpoint, INPUT_NEEDED);
  if (needed == 0) return;
  const kind = load<i32>(endpoint, INPUT_KIND);
  const samples = endpoint + FRAME_LINEAR;
  const length = samplesOf(load<i32>(endpoint, INPUT_FORMAT));
  if (needed == NEEDED_BY_TAP) {
    const seam = load<i32>(endpoint, CONCEAL_SEAM);
    if ((kind & INPUT_LINEAR) == 0) finish(index, endpoint, kind, samples, length);
    store<i32>(endpoint, seam, CONCEAL_SEAM);
    forgetScale(endpoint);
    forgetTapped(endpoint);
    return;
  }
  const heard = noteHeard(index, endpoint);
  if ((kind & INPUT_LINEAR) != 0) return;
  finish(index, endpoint, kind, samples, length);
  if ((kind & INPUT_NOISE) != 0) endLeft(index, endpoint, samples, 0);
  else scaleFrame(index, endpoint, samples, heard);
  store<i32>(endpoint, kind | INPUT_LINEAR, INPUT_KIND);
  const power = meanSquare(samples, length);
  store<i32>(endpoint, power, INPUT_POWER);
  noteLoudness(endpoint, power);
  if ((kind & INPUT_CODED) != 0) meterLevel(index, power);
}

/** A frame that came before the tick's own is decoded at once: the concealment knows it, and it is left to be heard. */
export function hearAhead(index: i32, endpoint: usize): void {
  store<i32>(endpoint, 1, INPUT_NEEDED);
  decodeFrame(index, endpoint);
  flushDecoding();
  finish(index, endpoint, INPUT_CODED, endpoint + FRAME_LINEAR, samplesOf(load<i32>(endpoint, INPUT_FORMAT)));
  store<i32>(endpoint, 0, INPUT_NEEDED);
}

function finish(index: i32, endpoint: usize, kind: i32, samples: usize, length: i32): void {
  const lost = (kind & INPUT_LOST) != 0;
  const format = load<i32>(endpoint, INPUT_FORMAT);
  if ((kind & INPUT_CODED) != 0 || (lost && isMadeByCodec(endpoint, format))) {
    if (isHalf(format)) finishHalves(index, endpoint, samples, length >> 1);
    else joinFrame(index, endpoint, samples, length);
  } else if (lost) makeUp(index, endpoint, samples, length);
  else if ((kind & INPUT_NOISE) != 0) noiseFrame(kernelAt(index, KERNEL_NOISE), samples, length);
}

/** Two frames of a codec in one of the tick: either may be missing. */
function finishHalves(index: i32, endpoint: usize, samples: usize, length: i32): void {
  const there = load<i32>(endpoint, INPUT_HALVES);
  for (let half = 0; half < 2; half++) {
    const from = samples + usize(2 * half * length);
    if ((there & (1 << half)) != 0) joinFrame(index, endpoint, from, length);
    else makeUp(index, endpoint, from, length);
  }
}

/** Shows the concealment the frames before this one, when it has not seen them: while octets passed it was not asked. */
export function warmConcealment(index: i32, endpoint: usize): void {
  if (load<i32>(endpoint, CONCEAL_WARM)) return;
  const format = load<i32>(endpoint, INPUT_FORMAT);
  openConcealment(index, endpoint, format);
  if (isStateful(format)) return;
  const length = samplesOf(format);
  for (let frame = load<i32>(endpoint, INPUT_RUN) - 1; frame >= 0; frame--) {
    decodeStateless(format, frameBefore(endpoint, frame), SCRATCH_LINEAR, length);
    concealGood(kernelAt(index, KERNEL_CONCEAL), SCRATCH_LINEAR, length);
  }
}

/** A codec that has heard something before makes up the next frame itself, when it can. */
function isMadeByCodec(endpoint: usize, format: i32): bool {
  return concealsItself(format) && load<i32>(endpoint, DECODER_WARM) != 0;
}

function openConcealment(index: i32, endpoint: usize, format: i32): void {
  const state = kernelAt(index, KERNEL_CONCEAL);
  memory.fill(state, 0, KERNEL_CONCEAL_SIZE);
  concealOpen(state, isWide(format) ? 16000 : 8000);
  store<i32>(endpoint, 1, CONCEAL_WARM);
}

function joinFrame(index: i32, endpoint: usize, samples: usize, length: i32): void {
  const state = kernelAt(index, KERNEL_CONCEAL);
  if (load<i32>(endpoint, CONCEAL_WARM) && load<i32>(endpoint, INPUT_SPLICE))
    concealSplice(state, samples, length, SCRATCH_LINEAR);
  else {
    if (!load<i32>(endpoint, CONCEAL_WARM)) openConcealment(index, endpoint, load<i32>(endpoint, INPUT_FORMAT));
    concealGood(state, samples, length);
  }
  store<i32>(endpoint, 0, INPUT_SPLICE);
  store<i32>(endpoint, 0, CONCEAL_SEAM);
}

function makeUp(index: i32, endpoint: usize, samples: usize, length: i32): void {
  warmConcealment(index, endpoint);
  concealLost(kernelAt(index, KERNEL_CONCEAL), samples, length);
  store<i32>(endpoint, 1, CONCEAL_SEAM);
}
