/**
 * What a device sends goes by its own clock. While the clocks agree its frames pass untouched; else they are resampled
 * (assembly/rate/drift.ts). The line's echo is taken out before: what was sent and what comes back share one clock.
 */
import { concealGood, concealLost } from "../conceal/conceal.ts";
import { count, kernelAt } from "../endpoint.ts";
import {
  CONTROL_VBD,
  FRAME_LINEAR,
  INPUT_CODED,
  INPUT_FORMAT,
  INPUT_KIND,
  INPUT_LINEAR,
  INPUT_MISSES,
  INPUT_POWER,
  INPUT_RUN,
  METER_CONCEALED,
  RING_DRY,
  RING_FRAMES_IN,
  RING_HEARD,
  RING_PRIMED,
} from "../endpoint-words.ts";
import { decodeStateless } from "../format.ts";
import { codedFrame, silentFrame } from "../frame.ts";
import { frameSamples, frames } from "../frame-time.ts";
import { warmConcealment } from "../hear.ts";
import {
  DRIFT_KNOWN,
  DRIFT_ON,
  DRIFT_SEEN,
  DRIFT_TICKS,
  FORMAT_L16,
  KERNEL_CONCEAL,
  KERNEL_DRIFT_IN,
  KERNEL_DRIFT_OUT,
  RING_READ,
  RING_SLOT_DATA,
  RING_SLOT_FORMAT,
  RING_SLOT_HEARD,
  RING_SLOT_SEQUENCE,
  RING_SLOT_TIME,
  SCRATCH_LINEAR,
} from "../layout.ts";
import { cancelEcho } from "../listen.ts";
import { meterLevel } from "../meter/heard.ts";
import { meanSquare } from "../meter/level.ts";
import { driftBegin, driftMake, driftNeed, driftPut } from "../rate/drift.ts";
import { driftLearn, driftOpen, driftRate } from "../rate/drift-clock.ts";
import { behindNoted, followClock } from "./follow.ts";
import { forgetTimes, timely } from "./timely.ts";
import { countDry, isMissing, isOfDevice, ringIn, slotAt } from "./usb.ts";

const RATE: i32 = 8000;
const SENDS: i32 = 1;
const TAKES: i32 = -1;
/** Samples that the resampler wants of what was played before. */
const HISTORY: i32 = 16;
/** After half a minute, in frames of 20 ms, the rate is good enough to begin the next call with. */
const SURE: i32 = 1500;

/** A channel opens: what is known of its device's clock is where it begins. */
export function openClocks(index: i32): void {
  openClock(kernelAt(index, KERNEL_DRIFT_IN), SENDS);
  openClock(kernelAt(index, KERNEL_DRIFT_OUT), TAKES);
}

/** Frames were dropped, or ticks were: the distance of the clocks is another one now. */
export function somethingJumped(index: i32): void {
  driftLearn(kernelAt(index, KERNEL_DRIFT_IN));
  driftLearn(kernelAt(index, KERNEL_DRIFT_OUT));
}

/** True while what the device sends is resampled. */
export function isResampled(index: i32): bool {
  return load<i32>(kernelAt(index, KERNEL_DRIFT_IN), DRIFT_ON) != 0;
}

/** Once a tick, while frames come; `fill` wait. Returns whether they have to be resampled. */
export function followIn(index: i32, fill: i32): bool {
  const state = kernelAt(index, KERNEL_DRIFT_IN);
  const newest = load<i32>(ringIn(index), RING_READ) + fill - 1;
  const behind = behindNoted(load<i32>(slotAt(index, 0, newest), RING_SLOT_SEQUENCE));
  const noted = slotAt(index, 0, newest - behind);
  // The device's own numbers count lost frames, too; they wrap at 2^16.
  const seen = load<i32>(state, DRIFT_SEEN);
  const number = seen + i32(i16(load<i32>(noted, RING_SLOT_SEQUENCE) - seen));
  const time = timely(state, number, load<i32>(noted, RING_SLOT_TIME));
  if (!followClock(state, fill - behind, time)) return false;
  noteRate(state);
  return true;
}

/** The endpoint's frame in, of none, one or two of the device's frames. */
export function readResampled(index: i32, endpoint: usize, fill: i32): void {
  const state = kernelAt(index, KERNEL_DRIFT_IN);
  if (!load<i32>(state, DRIFT_ON)) begin(index, endpoint, state);
  store<i32>(endpoint, 0, INPUT_MISSES);
  let left = fill;
  while (driftNeed(state, frameSamples) > 0) left -= put(index, endpoint, state, left);
  const samples = endpoint + FRAME_LINEAR;
  driftMake(state, samples, frameSamples);
  if (!load<i32>(endpoint, RING_PRIMED)) {
    silentFrame(endpoint);
    return;
  }
  store<i32>(endpoint, FORMAT_L16, INPUT_FORMAT);
  store<i32>(endpoint, INPUT_LINEAR, INPUT_KIND);
  store<i32>(endpoint, 0, INPUT_RUN);
  const power = meanSquare(samples, frameSamples);
  store<i32>(endpoint, power, INPUT_POWER);
  meterLevel(index, power);
}

/** Remembers the rate for the device's next call. */
export function noteRate(state: usize): void {
  const ticks = load<i32>(state, DRIFT_TICKS) + 1;
  store<i32>(state, ticks, DRIFT_TICKS);
  if (ticks > frames(SURE)) store<i32>(state, driftRate(state), DRIFT_KNOWN);
}

function openClock(state: usize, direction: i32): void {
  driftOpen(state, RATE, direction, load<i32>(state, DRIFT_KNOWN));
  store<i32>(state, 0, DRIFT_ON);
  store<i32>(state, 0, DRIFT_TICKS);
  forgetTimes(state);
}

/** The resampler goes on where the frames that passed untouched end. */
function begin(index: i32, endpoint: usize, state: usize): void {
  store<i32>(state, 1, DRIFT_ON);
  warmConcealment(index, endpoint);
  const kind = load<i32>(endpoint, INPUT_KIND);
  let frame: usize = 0;
  if ((kind & INPUT_LINEAR) != 0) frame = endpoint + FRAME_LINEAR;
  else if ((kind & INPUT_CODED) != 0) {
    frame = SCRATCH_LINEAR;
    decodeStateless(load<i32>(endpoint, INPUT_FORMAT), codedFrame(endpoint), frame, frameSamples);
  }
  driftBegin(state, frame == 0 ? 0 : frame + 2 * (frameSamples - HISTORY));
}

/** One frame of the device's time into the resampler. Returns how many were read: what is missing is made up. */
function put(index: i32, endpoint: usize, state: usize, left: i32): i32 {
  const ring = ringIn(index);
  const read = load<i32>(ring, RING_READ);
  const slot = slotAt(index, 0, read);
  if (left == 0) countDry(endpoint);
  else store<i32>(endpoint, 0, RING_DRY);
  const taken = left > 0 && !isMissing(endpoint, slot);
  const format = load<i32>(slot, RING_SLOT_FORMAT);
  if (taken && isOfDevice(format)) {
    decodeStateless(format, slot + RING_SLOT_DATA, SCRATCH_LINEAR, frameSamples);
    hear(index, endpoint, load<i32>(slot, RING_SLOT_HEARD));
  } else makeUp(index, endpoint);
  driftPut(state, SCRATCH_LINEAR, frameSamples);
  atomic.store<i32>(ring + RING_READ, read + i32(taken));
  return i32(taken);
}

/** The frame at SCRATCH_LINEAR without its echo, joined to what was made up before. */
function hear(index: i32, endpoint: usize, heard: i32): void {
  cancelEcho(index, endpoint, SCRATCH_LINEAR, heard);
  concealGood(kernelAt(index, KERNEL_CONCEAL), SCRATCH_LINEAR, frameSamples);
  count(endpoint, RING_FRAMES_IN, 1);
  store<i32>(endpoint, heard, RING_HEARD);
}

/** What may stand for a frame that is missing: silence after a while, at once for a machine. */
function makeUp(index: i32, endpoint: usize): void {
  if (load<i32>(endpoint, CONTROL_VBD)) memory.fill(SCRATCH_LINEAR, 0, 2 * frameSamples);
  else concealLost(kernelAt(index, KERNEL_CONCEAL), SCRATCH_LINEAR, frameSamples);
  count(endpoint, METER_CONCEALED, 1);
  store<i32>(endpoint, 1, INPUT_MISSES);
}
