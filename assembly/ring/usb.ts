/**
 * The tick's ends of the rings to the thread that does the USB transfers. One writer and one reader a ring; the indices
 * run free, the writer never waits. The device's clock is not ours: assembly/ring/drift-in.ts and drift-out.ts follow it.
 */
import { count } from "../endpoint.ts";
import {
  METER_GAPS,
  METER_LATE,
  RING_DRY,
  RING_FRAMES_IN,
  RING_FRAMES_OUT,
  RING_HEARD,
  RING_PRIMED,
  RING_SEQUENCE,
  RING_WINDOW_LEAST,
  RING_WINDOW_TICKS,
} from "../endpoint-words.ts";
import { frameOctets } from "../format.ts";
import { acceptFrame, lostFrame, nextFrame } from "../frame.ts";
import { frameShift, frames } from "../frame-time.ts";
import {
  FORMAT_L16,
  FORMAT_PCMU,
  HEADER_DUE,
  HEADER_WINDOW,
  MAX_RTP,
  RING_READ,
  RING_SLOT_DATA,
  RING_SLOT_FORMAT,
  RING_SLOT_HEARD,
  RING_SLOT_LENGTH,
  RING_SLOT_SEQUENCE,
  RING_SLOT_STRIDE,
  RING_SLOT_TIME,
  RING_SLOTS,
  RING_STRIDE,
  RING_WRITTEN,
  RINGS_OFFSET,
  RINGS_STRIDE,
  SLOTS_OFFSET,
} from "../layout.ts";
import { followIn, openClocks, readResampled, somethingJumped } from "./drift-in.ts";

// All in frames of 20 ms.
/** In the ring before it is played: one to play, one for the other clock's lateness. */
const TARGET: i32 = 2;
/** A frame that came later than this before the tick could begin would be late too often, µs: one more is waited for. */
const MARGIN: u32 = 8000;
/** More than this is a stall of ours: play the newest. The writer may be busy in the slot before the oldest. */
const MOST: i32 = RING_SLOTS - 2;
/** So many for a whole second are what a stall has left: the device's clock does not do that. */
const LEFT_OVER: i32 = TARGET + 2;
const WINDOW: i32 = 50;
/** Longer gaps are a restart of the device's numbering. */
const MAX_GAP: i32 = 3;
const DRY: i32 = 5;

/** What the device had sent before the channel opened is not for this call. */
export function openRing(index: i32): void {
  const ring = ringIn(index);
  atomic.store<i32>(ring + RING_READ, atomic.load<i32>(ring + RING_WRITTEN));
  openClocks(index);
}

/** The device's next frame becomes the endpoint's frame in. */
export function readRing(index: i32, endpoint: usize): void {
  const ring = ringIn(index);
  const fill = trim(index, ring, endpoint);
  if (!load<i32>(endpoint, RING_PRIMED)) {
    if (!enough(index, ring, fill)) {
      lostFrame(endpoint);
      return;
    }
    prime(index, endpoint, ring);
  }
  if (followIn(index, fill)) {
    readResampled(index, endpoint, fill);
    return;
  }
  if (fill == 0) {
    countDry(endpoint);
    lostFrame(endpoint);
    return;
  }
  store<i32>(endpoint, 0, RING_DRY);
  takeSlot(endpoint, ring, slotAt(index, 0, load<i32>(ring, RING_READ)));
}

/** Where the tick writes the device's next frame; `publishFrame` hands it over. */
export function nextSlot(index: i32): usize {
  return slotAt(index, 1, load<i32>(ringOut(index), RING_WRITTEN)) + RING_SLOT_DATA;
}

/** Ring position of the device's next frame. */
export function positionOut(index: i32): i32 {
  return load<i32>(ringOut(index), RING_WRITTEN);
}

export function publishFrame(index: i32, endpoint: usize, format: i32): void {
  const ring = ringOut(index);
  const written = load<i32>(ring, RING_WRITTEN);
  const slot = slotAt(index, 1, written);
  store<i32>(slot, written, RING_SLOT_SEQUENCE);
  store<i32>(slot, format, RING_SLOT_FORMAT);
  store<i32>(slot, frameOctets(format), RING_SLOT_LENGTH);
  store<i32>(slot, load<i32>(HEADER_DUE), RING_SLOT_TIME);
  atomic.store<i32>(ring + RING_WRITTEN, written + 1);
  count(endpoint, RING_FRAMES_OUT, 1);
}

export function ringIn(index: i32): usize {
  return usize(RINGS_OFFSET) + usize(2 * (index - MAX_RTP)) * RINGS_STRIDE;
}

export function ringOut(index: i32): usize {
  return ringIn(index) + RINGS_STRIDE;
}

/** `out`: 0 of the ring in, 1 of the ring out. */
export function slotAt(index: i32, out: i32, position: i32): usize {
  const slots = usize(SLOTS_OFFSET) + usize(2 * (index - MAX_RTP) + out) * RING_STRIDE;
  return slots + usize(position & (frames(RING_SLOTS) - 1)) * (RING_SLOT_STRIDE >> frameShift);
}

/** Frames to read, after dropping the oldest when a stall has left too many. */
function trim(index: i32, ring: usize, endpoint: usize): i32 {
  const written = atomic.load<i32>(ring + RING_WRITTEN);
  const fill = written - load<i32>(ring, RING_READ);
  if (fill >= 0 && fill <= frames(MOST) && !leftOver(endpoint, fill)) return fill;
  const target = frames(TARGET);
  const kept = fill < 0 ? 0 : target;
  if (fill > 0) count(endpoint, METER_LATE, fill - target);
  // The frames dropped are not a gap of the device's making.
  store<i32>(endpoint, -1, RING_SEQUENCE);
  atomic.store<i32>(ring + RING_READ, written - kept);
  somethingJumped(index);
  return kept;
}

function leftOver(endpoint: usize, fill: i32): bool {
  const ticks = load<i32>(endpoint, RING_WINDOW_TICKS);
  const least = ticks == 0 ? fill : min<i32>(fill, load<i32>(endpoint, RING_WINDOW_LEAST));
  store<i32>(endpoint, least, RING_WINDOW_LEAST);
  store<i32>(endpoint, ticks + 1 < frames(WINDOW) ? ticks + 1 : 0, RING_WINDOW_TICKS);
  return ticks + 1 >= frames(WINDOW) && least >= frames(LEFT_OVER);
}

function enough(index: i32, ring: usize, fill: i32): bool {
  if (fill != frames(TARGET)) return fill > frames(TARGET);
  const newest = slotAt(index, 0, load<i32>(ring, RING_READ) + fill - 1);
  return u32(load<i32>(HEADER_DUE) - load<i32>(newest, RING_SLOT_TIME)) >= MARGIN + load<u32>(HEADER_WINDOW);
}

function prime(index: i32, endpoint: usize, ring: usize): void {
  store<i32>(endpoint, 1, RING_PRIMED);
  store<i32>(endpoint, 0, RING_WINDOW_TICKS);
  const slot = slotAt(index, 0, load<i32>(ring, RING_READ));
  store<i32>(endpoint, load<i32>(slot, RING_SLOT_SEQUENCE), RING_SEQUENCE);
}

/** Late frames will come after all and refill the ring; a device that stopped is primed again. */
export function countDry(endpoint: usize): void {
  const ticks = load<i32>(endpoint, RING_DRY) + 1;
  store<i32>(endpoint, ticks, RING_DRY);
  if (ticks > frames(DRY)) store<i32>(endpoint, 0, RING_PRIMED);
}

function takeSlot(endpoint: usize, ring: usize, slot: usize): void {
  if (isMissing(endpoint, slot)) {
    lostFrame(endpoint);
    return;
  }
  const format = load<i32>(slot, RING_SLOT_FORMAT);
  if (!isOfDevice(format)) lostFrame(endpoint);
  else {
    memory.copy(nextFrame(endpoint), slot + RING_SLOT_DATA, usize(frameOctets(format)));
    acceptFrame(endpoint, format);
    store<i32>(endpoint, load<i32>(slot, RING_SLOT_HEARD), RING_HEARD);
    count(endpoint, RING_FRAMES_IN, 1);
  }
  atomic.store<i32>(ring + RING_READ, load<i32>(ring, RING_READ) + 1);
}

/** True when the frame before this one never came. Its time is played, not skipped: the ring keeps its fill. */
export function isMissing(endpoint: usize, slot: usize): bool {
  const sequence = load<i32>(slot, RING_SLOT_SEQUENCE) & 0xffff;
  const expected = load<i32>(endpoint, RING_SEQUENCE);
  const gap = expected < 0 ? 0 : (sequence - expected) & 0xffff;
  const missing = gap > 0 && gap <= frames(MAX_GAP);
  if (missing) count(endpoint, METER_GAPS, 1);
  store<i32>(endpoint, ((missing ? expected : sequence) + 1) & 0xffff, RING_SEQUENCE);
  return missing;
}

export function isOfDevice(format: i32): bool {
  return format >= FORMAT_PCMU && format <= FORMAT_L16;
}
