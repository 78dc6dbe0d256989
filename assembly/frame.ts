/** What is known of an endpoint's newest frame: whole, in part, lost, or silence. */
import { concealLost } from "./conceal/conceal.ts";
import { count, kernelAt } from "./endpoint.ts";
import {
  CONCEAL_SEAM,
  CONCEAL_WARM,
  CONTROL_VBD,
  FRAME_LINEAR,
  FRAME_OCTETS,
  FRAME_SLOTS,
  INPUT_CODED,
  INPUT_FORMAT,
  INPUT_KIND,
  INPUT_LINEAR,
  INPUT_LOST,
  INPUT_MISSES,
  INPUT_NOISE,
  INPUT_RUN,
  INPUT_SILENCE,
  INPUT_SLOT,
  METER_CONCEALED,
  NOISE_ON,
} from "./endpoint-words.ts";
import { decodeStateless, frameOctets, isWide, samplesOf } from "./format.ts";
import { frameShift, frames } from "./frame-time.ts";
import { warmConcealment } from "./hear.ts";
import { endLeft, forgetScale } from "./jitter/scale.ts";
import { KERNEL_CONCEAL, MAX_FRAME_OCTETS, SCRATCH_FLAGS, SCRATCH_LINEAR } from "./layout.ts";

/** Frames of 20 ms in a row that are made up; then it is silence (ITU-T G.711 Appendix I fades out in 60 ms). */
const MAX_MISSES: i32 = 5;

/** Octets of the newest frame that came. */
export function codedFrame(endpoint: usize): usize {
  return slotAt(endpoint, load<i32>(endpoint, INPUT_SLOT));
}

/** Octets of the frame so many before the newest. */
export function frameBefore(endpoint: usize, ago: i32): usize {
  return slotAt(endpoint, (load<i32>(endpoint, INPUT_SLOT) - ago) & slotMask());
}

/** Where the next frame's octets go; `acceptFrame` makes them the newest. */
export function nextFrame(endpoint: usize): usize {
  return slotAt(endpoint, (load<i32>(endpoint, INPUT_SLOT) + 1) & slotMask());
}

/** A whole frame is there: its octets where `nextFrame` said. */
export function acceptFrame(endpoint: usize, format: i32): void {
  changeRate(endpoint, format);
  store<i32>(endpoint, (load<i32>(endpoint, INPUT_SLOT) + 1) & slotMask(), INPUT_SLOT);
  const run = load<i32>(endpoint, INPUT_FORMAT) == format ? load<i32>(endpoint, INPUT_RUN) : 0;
  store<i32>(endpoint, min<i32>(run + 1, frames(FRAME_SLOTS)), INPUT_RUN);
  store<i32>(endpoint, format, INPUT_FORMAT);
  store<i32>(endpoint, INPUT_CODED, INPUT_KIND);
  store<i32>(endpoint, 0, INPUT_MISSES);
}

/** A whole frame is missing. Nothing is made of it unless somebody listens (hear.ts); of a machine's sound, never. */
export function lostFrame(endpoint: usize): void {
  if (load<i32>(endpoint, CONTROL_VBD)) {
    silentFrame(endpoint);
    return;
  }
  const kind = load<i32>(endpoint, INPUT_KIND);
  if ((kind & INPUT_NOISE) != 0 || load<i32>(endpoint, NOISE_ON)) {
    silentFrame(endpoint);
    store<i32>(endpoint, INPUT_NOISE, INPUT_KIND);
    return;
  }
  if (kind == INPUT_SILENCE) return;
  const misses = load<i32>(endpoint, INPUT_MISSES) + 1;
  if (misses > frames(MAX_MISSES)) {
    silentFrame(endpoint);
    return;
  }
  store<i32>(endpoint, INPUT_LOST, INPUT_KIND);
  store<i32>(endpoint, misses, INPUT_MISSES);
  count(endpoint, METER_CONCEALED, 1);
}

/** Nothing comes from this endpoint, and nothing is missing. */
export function silentFrame(endpoint: usize): void {
  store<i32>(endpoint, INPUT_SILENCE, INPUT_KIND);
  store<i32>(endpoint, 0, INPUT_MISSES);
  store<i32>(endpoint, 0, INPUT_RUN);
  store<i32>(endpoint, 0, CONCEAL_SEAM);
}

/** Some of the frame's octets at `octets` came, as the flags at SCRATCH_FLAGS say: the gaps are concealed. */
export function patchFrame(index: i32, endpoint: usize, format: i32, octets: usize): void {
  changeRate(endpoint, format);
  const samples = endpoint + FRAME_LINEAR;
  const length = samplesOf(format);
  const isData = load<i32>(endpoint, CONTROL_VBD) != 0;
  if (isData || load<i32>(endpoint, INPUT_KIND) == INPUT_SILENCE) memory.fill(samples, 0, usize(length) << 1);
  else {
    warmConcealment(index, endpoint);
    concealLost(kernelAt(index, KERNEL_CONCEAL), samples, length);
  }
  decodeStateless(format, octets, SCRATCH_LINEAR, length);
  const stride = frameOctets(format) / length;
  for (let i = 0; i < length; i++) {
    if (!load<u8>(usize(SCRATCH_FLAGS) + usize(i * stride))) continue;
    store<i16>(samples + (usize(i) << 1), load<i16>(usize(SCRATCH_LINEAR) + (usize(i) << 1)));
  }
  store<i32>(endpoint, format, INPUT_FORMAT);
  if (isData) forgetScale(endpoint);
  else endLeft(index, endpoint, samples, length);
  store<i32>(endpoint, INPUT_LINEAR, INPUT_KIND);
  store<i32>(endpoint, 0, INPUT_MISSES);
  store<i32>(endpoint, 0, INPUT_RUN);
  store<i32>(endpoint, isData ? 0 : 1, CONCEAL_SEAM);
  if (!isData) count(endpoint, METER_CONCEALED, 1);
}

/** What is remembered of a sound at the other rate is of no use to this frame. */
function changeRate(endpoint: usize, format: i32): void {
  if (isWide(load<i32>(endpoint, INPUT_FORMAT)) == isWide(format)) return;
  store<i32>(endpoint, 0, CONCEAL_WARM);
  forgetScale(endpoint);
}

function slotMask(): i32 {
  return frames(FRAME_SLOTS) - 1;
}

function slotAt(endpoint: usize, slot: i32): usize {
  return endpoint + FRAME_OCTETS + usize(slot) * (MAX_FRAME_OCTETS >> frameShift);
}
