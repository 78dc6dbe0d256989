import * as words from "../../assembly/endpoint-words.ts";
import * as layout from "../../assembly/layout.ts";
import type { RtpFormat, VoiceFormat } from "../../src/message/media.ts";
import type { EchoTailMs } from "../../src/message/voice.ts";
import type { FrameMs } from "../../src/voice/contract.ts";
import { DeviceRings } from "../../src/voice/device-rings.ts";
import { purity } from "./purity.ts";
import { Rig } from "./rig.ts";
import { numberOf, writeRtp } from "./rtp.ts";

const hertz = 1000;
const phone = "usb:dongle:1:0";

export interface DeviceOptions {
  readonly ppm: number;
  readonly format: VoiceFormat;
  readonly stream: RtpFormat;
  /** Of our ticks, and what the device hands over at a time; the far end has 20 ms. */
  readonly frameMs?: FrameMs;
  readonly deviceMs?: FrameMs;
  /** How much later than it should the device does frame n, ms. */
  readonly lateMs?: (frame: number) => number;
  readonly deviceFrame?: (n: number) => Uint8Array;
  readonly streamFrame?: (n: number) => Uint8Array;
  /** With it the stream says noise, and the device gives back what it plays, 12 dB down and 20 samples later. */
  readonly echoTailMs?: EchoTailMs;
  /** When ticks are, and which of them bring packets; without: by the clock, the far end's with every 20 ms. */
  readonly turns?: Turns;
}

/** What says when the next tick is. */
export interface Turns {
  readonly windowMs: number;
  next(): { readonly micros: number; readonly dueMicros: number; readonly periods: number; readonly packets: number };
}

/** A phone with a clock of its own, joined to a stream; each says a sine without end, unless told otherwise. */
export class DeviceWithClock {
  readonly rig: Rig;
  readonly heardOfDevice: Heard;
  readonly heardByDevice: Heard;
  /** Frames that the device wanted and did not get, after its first. */
  emptyPulls = 0;
  readonly #options: DeviceOptions;
  readonly #into: Uint8Array;
  readonly #deviceMs: FrameMs;
  readonly #recorded = new Int16Array(180);
  #micros = 0;
  #events = 0;
  #sent = 0;
  #started = 1;
  #lost = -1;

  constructor(options: DeviceOptions) {
    this.#options = options;
    const { frameMs = 20, deviceMs = 20 } = options;
    this.#deviceMs = deviceMs;
    this.rig = new Rig({ frameMs, deviceMs, deviceMicros: () => this.#micros });
    this.rig.map.setWord(layout.HEADER_WINDOW, (options.turns?.windowMs ?? 0) * 1000);
    this.heardByDevice = new Heard(true, deviceMs === 20 ? 0 : options.format === "L16" ? 160 : 80);
    this.heardOfDevice = new Heard(false, frameMs === 20 ? 0 : options.stream === "L16/8000" ? 160 : 80);
    this.#into = new Uint8Array((options.format === "L16" ? 16 : 8) * deviceMs);
    this.#open();
  }

  /** So many times 20 ms. */
  run(twenties: number): void {
    const { frameMs } = this.rig;
    const ticks = 20 / frameMs;
    for (let n = 0; n < twenties * ticks; n++) {
      const turn = this.#options.turns?.next();
      this.#device(turn?.micros ?? this.rig.micros + frameMs * 1000);
      if (turn === undefined && n % ticks === 0) this.#stream();
      for (let left = turn?.packets ?? 0; left > 0; left--) this.#stream();
      for (const { packet } of this.rig.tick(turn?.periods, turn?.dueMicros))
        this.heardOfDevice.addPart(packet.payload);
    }
  }

  /** The device goes on, we do not. */
  stall(frames: number): void {
    this.#device(this.rig.micros + frames * 20_000);
    this.rig.tick((frames * 20) / this.rig.frameMs);
  }

  /** The next frame of the device is lost on the bus. */
  lose(): void {
    this.#lost = this.#events;
  }

  callAgain(): void {
    this.rig.perform({ kind: "close", endpoint: phone });
    this.rig.device.setFormat(0, null);
    this.rig.tick();
    this.#started = this.#events + 10;
    this.#open();
    this.heardOfDevice.restart();
    this.heardByDevice.restart();
  }

  /** Another device has the channel. */
  exchange(): void {
    new DeviceRings(this.rig.map, [0], () => {}, { tickMs: this.rig.frameMs, deviceMs: this.#deviceMs });
  }

  figures() {
    const word = (offset: number) => this.rig.word(phone, offset);
    return { late: word(words.METER_LATE), concealed: word(words.METER_CONCEALED), gaps: word(words.METER_GAPS) };
  }

  /** Of the direction in, and out. */
  knownPpb(): number[] {
    return this.#kernelWords(layout.DRIFT_KNOWN);
  }

  resampled(): boolean {
    return this.#kernelWords(layout.DRIFT_ON).some((on) => on !== 0);
  }

  waitingIn(): number {
    const ring = layout.RINGS_OFFSET;
    return this.rig.map.word(ring + layout.RING_WRITTEN) - this.rig.map.word(ring + layout.RING_READ);
  }

  #kernelWords(word: number): number[] {
    const block = layout.KERNELS_OFFSET + layout.MAX_RTP * layout.KERNELS_STRIDE;
    return [layout.KERNEL_DRIFT_IN, layout.KERNEL_DRIFT_OUT].map((room) => this.rig.map.word(block + room + word));
  }

  #open(): void {
    const { format, stream, echoTailMs } = this.#options;
    const echo = echoTailMs === undefined ? {} : { echoTailMs };
    this.rig.perform({ kind: "openUsb", endpoint: phone, format, ...echo });
    this.rig.openRtp(0, stream);
    this.rig.join(phone, "rtp:0");
  }

  #device(until: number): void {
    for (;;) {
      const late = 1000 * (this.#options.lateMs?.(this.#events) ?? 0);
      const due = 9000 + (this.#events * this.#deviceMs * 1000) / (1 + this.#options.ppm * 1e-6) + late;
      if (due > until) return;
      this.#micros = Math.max(this.#micros, Math.floor(due));
      this.#exchangeFrames();
      this.#events++;
    }
  }

  #exchangeFrames(): void {
    const { format, deviceFrame } = this.#options;
    const got = this.rig.device.pull(0, this.#into) > 0;
    if (got) this.heardByDevice.addPart(this.#into);
    else if (this.heardByDevice.frames > 0 && this.#events > this.#started) this.emptyPulls++;
    const frame = this.#options.echoTailMs
      ? this.#echo(got)
      : (deviceFrame ?? sineFrame)(this.#events).subarray(0, this.#into.length);
    if (this.#events === this.#lost) return;
    this.rig.device.push(0, format, this.#events & 0xffff, frame, this.rig.device.pulled(0));
  }

  /** What is played, and what is left of the frame before. */
  #echo(got: boolean): Uint8Array {
    this.#recorded.copyWithin(0, 160);
    const played = new Int16Array(this.#into.buffer);
    for (let n = 0; n < 160; n++) this.#recorded[20 + n] = got ? (played[n] ?? 0) / 4 : 0;
    return new Uint8Array(this.#recorded.slice(0, 160).buffer);
  }

  #stream(): void {
    const { stream, streamFrame, echoTailMs } = this.#options;
    const n = this.#sent++;
    const payload = (streamFrame ?? (echoTailMs ? noiseFrame : networkSine))(n);
    const payloadType = stream === "PCMA" ? 8 : 96;
    this.rig.deliver(0, writeRtp({ payloadType, sequence: n & 0xffff, timestamp: (n * 160) >>> 0, payload }));
  }
}

/** What somebody hears, frame by frame. */
export class Heard {
  frames = 0;
  outOfOrder = 0;
  first = new Uint8Array();
  last = new Uint8Array();
  power = 0;
  /** Between the sine and all else, in the worst 40 ms so far. */
  worstDb = Number.POSITIVE_INFINITY;
  readonly #littleEndian: boolean;
  readonly #two = new Float64Array(320);
  #good = 0;
  #half = new Uint8Array();
  readonly #halfLength: number;

  /** `halfLength`: octets of 10 ms, when frames come in halves. */
  constructor(littleEndian: boolean, halfLength = 0) {
    this.#littleEndian = littleEndian;
    this.#halfLength = halfLength;
  }

  restart(): void {
    this.#good = 0;
  }

  /** Of a tick: half of what the far end hears in 20 ms when it is short. */
  addPart(payload: Uint8Array): void {
    if (payload.length !== this.#halfLength) return this.add(payload);
    const joined = Buffer.concat([this.#half, payload]);
    const isFrame = this.#half.length > 0 && (this.frames > 0 || joined.length === 320 || numberOf(joined) !== null);
    this.#half = isFrame ? new Uint8Array() : payload.slice();
    if (isFrame) this.add(joined);
  }

  add(frame: Uint8Array): void {
    const number = frame.length === 160 ? numberOf(frame) : null;
    if (frame.length === 160 && number === null && this.frames === 0) return;
    if (this.frames === 0) this.first = frame.slice();
    else if (number !== null && number !== (((numberOf(this.last) ?? 0) + 1) & 0xffff)) this.outOfOrder++;
    this.last = frame.slice();
    if (frame.length === 320) this.#judge(frame);
    this.frames++;
  }

  #judge(frame: Uint8Array): void {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    this.#two.copyWithin(0, 160);
    for (let n = 0; n < 160; n++) {
      const sample = view.getInt16(2 * n, this.#littleEndian);
      this.#two[160 + n] = sample;
      this.power += sample * sample;
    }
    // Sound has to have begun two frames ago.
    this.#good =
      this.#good > 0 || Math.abs(this.#two[200] ?? 0) + Math.abs(this.#two[201] ?? 0) > 500 ? this.#good + 1 : 0;
    if (this.#good > 3) this.worstDb = Math.min(this.worstDb, purity(this.#two));
  }
}

const sines = Int16Array.from({ length: 160 }, (_, n) =>
  Math.round(10_000 * Math.sin((2 * Math.PI * hertz * n) / 8000)),
);
const sineOctets = new Uint8Array(sines.buffer);
const networkOctets = Uint8Array.from(sineOctets, (_, n) => sineOctets[n ^ 1] ?? 0);

/** 1000 Hz: every frame is the same, and each half of it. */
function sineFrame(): Uint8Array {
  return sineOctets;
}

function networkSine(): Uint8Array {
  return networkOctets;
}

let seed = 1;

function noiseFrame(): Uint8Array {
  const frame = new DataView(new ArrayBuffer(320));
  for (let n = 0; n < 160; n++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
    frame.setInt16(2 * n, (seed >> 16) / 8);
  }
  return new Uint8Array(frame.buffer);
}
