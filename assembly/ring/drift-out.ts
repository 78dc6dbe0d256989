/**
 * What a device plays goes by its own clock. While the clocks agree it gets our frames; else they are resampled, and it
 * gets none, one or two a tick, so that the ring keeps its fill.
 */
import { kernelAt } from "../endpoint.ts";
import { CONTROL_FORMAT } from "../endpoint-words.ts";
import { decodeStateless, encodeStateless } from "../format.ts";
import { frameSamples, frames } from "../frame-time.ts";
import {
  DRIFT_FRAME,
  DRIFT_ON,
  FORMAT_L16,
  KERNEL_DRIFT_OUT,
  MAX_RTP,
  RING_READ,
  RING_SLOT_DATA,
  RING_SLOT_FORMAT,
  RING_SLOT_TIME,
  RING_SLOTS,
  SCRATCH_LINEAR,
} from "../layout.ts";
import { rememberSent } from "../listen.ts";
import { driftBegin, driftMake, driftPut } from "../rate/drift.ts";
import { noteRate } from "./drift-in.ts";
import { behindNoted, followClock } from "./follow.ts";
import { timely } from "./timely.ts";
import { isOfDevice, nextSlot, positionOut, publishFrame, ringOut, slotAt } from "./usb.ts";

const HISTORY: i32 = 16;

/** Once a tick, before the frame out is made. */
export function followOut(index: i32): void {
  const state = kernelAt(index, KERNEL_DRIFT_OUT);
  const read = atomic.load<i32>(ringOut(index) + RING_READ);
  const waiting = positionOut(index) - read;
  // A device that takes nothing has no time; its slots are written over.
  if (waiting < 0 || waiting >= frames(RING_SLOTS) - 1) return;
  const behind = behindNoted(read - 1);
  const noted = read - 1 - behind;
  const time = timely(state, noted, load<i32>(slotAt(index, 1, noted), RING_SLOT_TIME));
  if (!followClock(state, waiting + behind, time)) return;
  if (!load<i32>(state, DRIFT_ON)) begin(index, state);
  noteRate(state);
}

/** The format in which the endpoint's frame out is made: samples when they are resampled. */
export function formatOut(index: i32, endpoint: usize): i32 {
  const resampled = index >= MAX_RTP && load<i32>(kernelAt(index, KERNEL_DRIFT_OUT), DRIFT_ON) != 0;
  return resampled ? FORMAT_L16 : load<i32>(endpoint, CONTROL_FORMAT);
}

/** Where the frame out is made. */
export function frameOut(index: i32): usize {
  const state = kernelAt(index, KERNEL_DRIFT_OUT);
  return load<i32>(state, DRIFT_ON) ? state + DRIFT_FRAME : nextSlot(index);
}

/** The frame out is made: it, or what it becomes in the device's time, is the device's. */
export function handOver(index: i32, endpoint: usize): void {
  const state = kernelAt(index, KERNEL_DRIFT_OUT);
  if (!load<i32>(state, DRIFT_ON)) {
    publishSlot(index, endpoint);
    return;
  }
  driftPut(state, state + DRIFT_FRAME, frameSamples);
  while (driftMake(state, SCRATCH_LINEAR, frameSamples)) {
    encodeStateless(load<i32>(endpoint, CONTROL_FORMAT), SCRATCH_LINEAR, nextSlot(index), frameSamples);
    publishSlot(index, endpoint);
  }
}

/** What is remembered for the echo is what the device plays, at its place in the ring. */
function publishSlot(index: i32, endpoint: usize): void {
  rememberSent(index, endpoint, nextSlot(index));
  publishFrame(index, endpoint, load<i32>(endpoint, CONTROL_FORMAT));
}

/** The resampler goes on where the frames that passed untouched end. */
function begin(index: i32, state: usize): void {
  store<i32>(state, 1, DRIFT_ON);
  const last = slotAt(index, 1, positionOut(index) - 1);
  const format = load<i32>(last, RING_SLOT_FORMAT);
  if (!isOfDevice(format)) {
    driftBegin(state, 0);
    return;
  }
  decodeStateless(format, last + RING_SLOT_DATA, SCRATCH_LINEAR, frameSamples);
  driftBegin(state, usize(SCRATCH_LINEAR) + 2 * (frameSamples - HISTORY));
}
