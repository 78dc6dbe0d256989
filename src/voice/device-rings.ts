import * as layout from "../../assembly/layout.ts";
import { type DeviceVoice, FRAME_MS, SAMPLES_PER_FRAME } from "../message/device-voice.ts";
import type { VoiceFormat } from "../message/media.ts";
import type { FrameMs } from "./contract.ts";
import { formatName, formatNumber, octetsOf, type VoiceMap } from "./map.ts";
import { monotonicMicros } from "./monotonic.ts";

// In slots for 20 ms.
/** Waiting before the device is given the first: one to play, one for the tick's lateness. */
const TARGET = 2;
/** More than this means that the device has not read for a while: it gets the newest. */
const MOST = layout.RING_SLOTS - 2;
/** A frame that was due later than this before the device took one would be late too often, µs: one more is waited for. */
const MARGIN = 8000;
/** So many for a whole second are what a stall has left: the device's clock does not do that. */
const LEFT_OVER = TARGET + 2;
const SAMPLES_PER_MS = 8;
const WINDOW_MS = 1000;

interface Channel {
  readonly ringIn: number;
  readonly ringOut: number;
  readonly slotsIn: readonly Slot[];
  readonly slotsOut: readonly Slot[];
  format: VoiceFormat | null;
  primed: boolean;
  window: number;
  least: number;
}

/** Of our ticks, and of the device: as long, or twice as long. */
export interface FrameTimes {
  readonly tickMs: FrameMs;
  readonly deviceMs: FrameMs;
}

interface Slot {
  readonly at: number;
  /** Views made once: nothing is allocated while voice flows. */
  readonly short: Uint8Array;
  readonly long: Uint8Array;
}

/**
 * The main thread's ends of one device's rings; the tick has the other ends (assembly/ring/usb.ts). A slot has a
 * frame of the tick: of a device whose frames are twice as long, what comes is split here, and joined what goes.
 */
export class DeviceRings implements DeviceVoice {
  onChannel: ((channel: number, format: VoiceFormat | null) => void) | null = null;
  /** Frames refused: wrong length, or a channel the device does not have. */
  refused = 0;
  readonly slots: readonly number[];
  readonly #map: VoiceMap;
  readonly #channels: readonly Channel[];
  readonly #closed: () => void;
  readonly #micros: () => number;
  readonly #samples: number;
  /** Slots that one frame of the device takes, and slots for 20 ms. */
  readonly #parts: number;
  readonly #twenty: number;
  readonly #mask: number;

  /** Channel n of the device is USB channel `slots[n]` of the memory map. `micros`: as monotonicMicros. */
  constructor(
    map: VoiceMap,
    slots: readonly number[],
    closed: () => void,
    { tickMs, deviceMs }: FrameTimes = { tickMs: FRAME_MS, deviceMs: FRAME_MS },
    micros = monotonicMicros,
  ) {
    this.#map = map;
    this.slots = slots;
    this.#samples = (deviceMs * SAMPLES_PER_FRAME) / FRAME_MS;
    this.#parts = deviceMs / tickMs;
    this.#twenty = FRAME_MS / tickMs;
    this.#mask = layout.RING_SLOTS * this.#twenty - 1;
    this.#channels = slots.map((slot) => channelAt(map, slot, this.#twenty));
    this.#closed = closed;
    this.#micros = micros;
    for (const slot of slots) forgetClocks(map, slot);
  }

  push(channel: number, format: VoiceFormat, sequence: number, frame: Uint8Array, heard = 0): void {
    const own = this.#channels[channel];
    if (own === undefined || frame.length !== octetsOf(format, this.#samples)) {
      this.refused++;
      return;
    }
    const written = this.#map.word(own.ringIn + layout.RING_WRITTEN);
    const micros = this.#micros();
    for (let part = 0; part < this.#parts; part++) {
      const slot = own.slotsIn[(written + part) & this.#mask];
      if (slot === undefined) return;
      this.#map.setWord(slot.at + layout.RING_SLOT_SEQUENCE, (sequence * this.#parts + part) & 0xffff);
      this.#map.setWord(slot.at + layout.RING_SLOT_FORMAT, formatNumber(format));
      this.#map.setWord(slot.at + layout.RING_SLOT_LENGTH, frame.length / this.#parts);
      this.#map.setWord(slot.at + layout.RING_SLOT_HEARD, heard === 0 ? 0 : heard + 1 + part - this.#parts);
      this.#map.setWord(slot.at + layout.RING_SLOT_TIME, micros);
      copyPart(frame, part, viewOf(slot, format));
    }
    this.#map.setSharedWord(own.ringIn + layout.RING_WRITTEN, written + this.#parts);
  }

  pull(channel: number, into: Uint8Array): number {
    const own = this.#channels[channel];
    if (own === undefined || own.format === null) return 0;
    const fill = this.#trim(own);
    if (fill < this.#parts) own.primed = false;
    if (!own.primed && !this.#isEnough(own, fill)) return 0;
    own.primed = true;
    const octets = octetsOf(own.format, this.#samples);
    if (into.length < octets) this.refused++;
    return this.#take(own, own.format, into) && into.length >= octets ? octets : 0;
  }

  pulled(channel: number): number {
    const own = this.#channels[channel];
    return own === undefined ? 0 : this.#map.word(own.ringOut + layout.RING_READ);
  }

  formatOf(channel: number): VoiceFormat | null {
    return this.#channels[channel]?.format ?? null;
  }

  close(): void {
    this.setAll(null);
    this.#closed();
  }

  /** The upper half opens, changes or closes a channel. */
  setFormat(channel: number, format: VoiceFormat | null): void {
    const own = this.#channels[channel];
    if (own === undefined || own.format === format) return;
    if (own.format === null) this.#skipStale(own);
    own.format = format;
    this.onChannel?.(channel, format);
  }

  setAll(format: VoiceFormat | null): void {
    for (let n = 0; n < this.#channels.length; n++) this.setFormat(n, format);
  }

  /** False when the frame was made before the format changed: it is not for this device any more. */
  #take(own: Channel, format: VoiceFormat, into: Uint8Array): boolean {
    const read = this.#map.word(own.ringOut + layout.RING_READ);
    const micros = this.#micros();
    let good = true;
    for (let part = 0; part < this.#parts; part++) {
      const slot = own.slotsOut[(read + part) & this.#mask];
      if (slot === undefined) return false;
      if (formatName(this.#map.word(slot.at + layout.RING_SLOT_FORMAT)) !== format) good = false;
      const view = viewOf(slot, format);
      if (into.length >= (part + 1) * view.length) into.set(view, part * view.length);
      this.#map.setWord(slot.at + layout.RING_SLOT_TIME, micros);
    }
    this.#map.setSharedWord(own.ringOut + layout.RING_READ, read + this.#parts);
    return good;
  }

  /** Slots to read, after dropping the oldest when a stall has left too many. */
  #trim(own: Channel): number {
    const written = this.#map.sharedWord(own.ringOut + layout.RING_WRITTEN);
    const fill = (written - this.#map.word(own.ringOut + layout.RING_READ)) | 0;
    if (fill >= 0 && fill <= MOST * this.#twenty && !this.#isLeftOver(own, fill)) return fill;
    const kept = fill < 0 ? 0 : TARGET * this.#twenty;
    this.#map.setSharedWord(own.ringOut + layout.RING_READ, written - kept);
    return kept;
  }

  #isLeftOver(own: Channel, fill: number): boolean {
    own.least = own.window === 0 ? fill : Math.min(own.least, fill);
    own.window++;
    if (own.window * this.#samples < WINDOW_MS * SAMPLES_PER_MS) return false;
    own.window = 0;
    return own.least >= LEFT_OVER * this.#twenty;
  }

  #isEnough(own: Channel, fill: number): boolean {
    if (fill !== TARGET * this.#twenty) return fill > TARGET * this.#twenty;
    const written = this.#map.word(own.ringOut + layout.RING_WRITTEN);
    const newest = own.slotsOut[(written - 1) & this.#mask];
    if (newest === undefined) return false;
    return (
      (this.#micros() - this.#map.word(newest.at + layout.RING_SLOT_TIME)) >>> 0 >=
      MARGIN + this.#map.word(layout.HEADER_WINDOW)
    );
  }

  #skipStale(own: Channel): void {
    const written = this.#map.sharedWord(own.ringOut + layout.RING_WRITTEN);
    this.#map.setSharedWord(own.ringOut + layout.RING_READ, written);
    own.primed = false;
    own.window = 0;
  }
}

/** Without a view of the part: nothing is allocated while voice flows. */
function copyPart(frame: Uint8Array, part: number, into: Uint8Array): void {
  if (frame.length === into.length) into.set(frame);
  else for (let from = part * into.length, n = 0; n < into.length; n++) into[n] = frame[from + n] ?? 0;
}

function viewOf(slot: Slot, format: VoiceFormat): Uint8Array {
  return format === "L16" ? slot.long : slot.short;
}

/** Of the device that had the channel before. */
function forgetClocks(map: VoiceMap, slot: number): void {
  const at = layout.KERNELS_OFFSET + (layout.MAX_RTP + slot) * layout.KERNELS_STRIDE + layout.DRIFT_KNOWN;
  map.setWord(at + layout.KERNEL_DRIFT_IN, 0);
  map.setWord(at + layout.KERNEL_DRIFT_OUT, 0);
}

function channelAt(map: VoiceMap, slot: number, twenty: number): Channel {
  const ringIn = layout.RINGS_OFFSET + 2 * slot * layout.RINGS_STRIDE;
  return {
    ringIn,
    ringOut: ringIn + layout.RINGS_STRIDE,
    slotsIn: slotsAt(map, 2 * slot, twenty),
    slotsOut: slotsAt(map, 2 * slot + 1, twenty),
    format: null,
    primed: false,
    window: 0,
    least: 0,
  };
}

function slotsAt(map: VoiceMap, ring: number, twenty: number): Slot[] {
  const samples = SAMPLES_PER_FRAME / twenty;
  return Array.from({ length: layout.RING_SLOTS * twenty }, (_, n) => {
    const at = layout.SLOTS_OFFSET + ring * layout.RING_STRIDE + n * (layout.RING_SLOT_STRIDE / twenty);
    const data = at + layout.RING_SLOT_DATA;
    return {
      at,
      short: map.octets.subarray(data, data + samples),
      long: map.octets.subarray(data, data + 2 * samples),
    };
  });
}
