import { performance } from "node:perf_hooks";
import * as words from "../../../assembly/endpoint-words.ts";
import * as layout from "../../../assembly/layout.ts";
import { type Engine, type EngineFigures, openEngine } from "../engine.ts";
import { endpointAddress, kernelAddress, newVoiceMemory, VoiceMap } from "../map.ts";
import { PacketsIn } from "../packets-in.ts";
import type { CodecModule } from "../plugin/codec.ts";
import { PluginHost } from "../plugin/host.ts";
import { codedFrame, frameShape, linearAddress } from "./frames.ts";
import { FLAG_LINEAR, RECORD_PERIODS, type TickRecord } from "./record.ts";

/** Octets before a packet's payload. */
const RTP_HEADER = 12;

/** What the live module was opened with. */
export type Timing = Omit<EngineFigures, "rtp" | "usb">;

/** What one module made of one stream's tick. */
export interface Played {
  /** INPUT_… without INPUT_LINEAR. */
  kind: number;
  /** RTP time after the frame; null when the jitter buffer does not run. */
  playout: number | null;
  samples: Int16Array;
  /** The samples coded again in the stream's format; empty when nothing would be sent. */
  sent: Uint8Array;
  us: number;
}

/** What is done between decoding and concealment; `fresh`: the decoder began with this frame. */
export type Decoded = (fresh: boolean) => void;

/**
 * One build of voice.wasm on a memory of its own, with one stream: it gets what the live one got. Another stream hears it,
 * as samples, and codes them in the same format, which the live path would let pass; nothing of that is sent.
 */
export class Player {
  readonly map = new VoiceMap(newVoiceMemory());
  readonly #module: WebAssembly.Module;
  readonly #codecs: readonly CodecModule[];
  readonly #timing: Timing;
  readonly #in = new PacketsIn(this.map);
  readonly played: Played = { kind: 0, playout: null, samples: new Int16Array(0), sent: new Uint8Array(0), us: 0 };
  /** The encoder began with this frame. */
  encodedAfresh = false;
  /** Told of each frame that came and was decoded. */
  onDecoded: Decoded | null = null;
  #engine: Engine | null = null;
  #plugins: PluginHost | null = null;
  #stream = 0;
  #listener = 1;
  #format = 0;
  /** In the middle of its session. */
  #joined = false;

  constructor(module: WebAssembly.Module, codecs: readonly CodecModule[], timing: Timing) {
    this.#module = module;
    this.#codecs = codecs;
    this.#timing = timing;
  }

  get stream(): number {
    return this.#stream;
  }

  /** A session begins, on memory as it was at the start. Throws when the module is of another build. */
  open(stream: number): void {
    if (this.#engine !== null) this.#forget();
    this.#stream = stream;
    this.#joined = false;
    // Even and odd streams are neighbours, so that the fewest pages of the memory are touched.
    this.#listener = stream ^ 1;
    this.#format = 0;
    const rtp = Math.min(layout.MAX_RTP, Math.max(this.#stream, this.#listener) + 1);
    this.#engine = openEngine(this.#module, this.map.memory, { rtp, usb: 0, ...this.#timing });
    this.#plugins = this.#codecs.length === 0 ? null : new PluginHost(this.map, this.#codecs, () => {});
    this.#openListener();
  }

  /**
   * Goes on where the live one is in the middle of its session. Its decoder, concealment and noise begin anew: what a
   * candidate keeps of them is its own affair.
   */
  join(stream: number, state: TickRecord): void {
    this.open(stream);
    this.#joined = true;
    const at = endpointAddress(stream);
    this.#put(at, state.block);
    this.#put(at + words.FRAME_OCTETS, state.slots);
    this.#put(kernelAddress(stream, layout.KERNEL_METER), state.meters);
    this.#put(kernelAddress(stream, layout.KERNEL_JITTER), state.learnt);
    this.#put(layout.JITTER_OFFSET + stream * layout.JITTER_STRIDE, state.jitter);
    for (const word of [words.CONCEAL_WARM, words.DECODER_WARM, words.NOISE_ON]) this.map.setWord(at + word, 0);
  }

  /** One tick with what the live one got. */
  play(tick: TickRecord): void {
    if (this.#engine === null) throw new Error("a stream is played before its session was opened");
    const before = endpointAddress(this.#stream);
    const decoderWarm = this.map.word(before + words.DECODER_WARM) !== 0;
    this.#give(tick);
    let began = performance.now();
    this.#engine.tickWith(tick.word(RECORD_PERIODS), {
      decode: () => {
        this.#plugins?.decode();
        const decoded = performance.now();
        if (this.onDecoded !== null && this.#wasDecoded()) this.onDecoded(!decoderWarm);
        this.map.setWord(endpointAddress(this.#listener) + words.CONTROL_FORMAT, this.#format);
        // Only what was heard as samples in the live path, too, is made longer or shorter.
        this.map.setWord(before + words.INPUT_PASSES, tick.blockWord(words.SCALE_HEARD) === 0 ? 1 : 0);
        // What a candidate did meanwhile is not this module's time.
        began += performance.now() - decoded;
      },
      encode: () => this.#plugins?.encode(),
    });
    this.played.us = (performance.now() - began) * 1000;
    this.#take();
    if (!tick.has(FLAG_LINEAR)) this.#unhear();
    // How alike sounds are is not known to a decoder that began later: the frames are to come in the same ticks.
    if (this.#joined) this.map.setWord(before + words.SCALE_LEFT, tick.blockWord(words.SCALE_LEFT));
  }

  /** A word of the stream's endpoint. */
  word(offset: number): number {
    return this.map.word(endpointAddress(this.#stream) + offset);
  }

  /** The samples of the newest frame, where they lie. */
  get linear(): Int16Array {
    const { samples } = frameShape(this.map, this.word(words.INPUT_FORMAT));
    return new Int16Array(this.map.memory.buffer, linearAddress(this.#stream), samples);
  }

  get coded(): Uint8Array {
    return codedFrame(this.map, this.#stream);
  }

  #wasDecoded(): boolean {
    const kind = this.word(words.INPUT_KIND);
    return (kind & words.INPUT_CODED) !== 0 && (kind & words.INPUT_LINEAR) === 0;
  }

  /** Control words and packets. The stream hears nobody here and sends nothing: those that listen to it are ours. */
  #give(tick: TickRecord): void {
    const at = endpointAddress(this.#stream);
    this.#put(at, tick.block.subarray(0, words.STATE_OFFSET >> 2));
    this.map.setWord(at + words.CONTROL_PEER, -1);
    this.map.setWord(at + words.CONTROL_REMOTE, 0);
    this.map.setWord(at + words.CONTROL_PLAY, 0);
    this.#listenIn(tick.blockWord(words.CONTROL_FORMAT));
    tick.forEachPacket((datagram, arrival) => {
      this.#putPacket(datagram, arrival);
    });
  }

  #put(address: number, from: Int32Array): void {
    from.forEach((value, n) => {
      this.map.setWord(address + 4 * n, value);
    });
  }

  /** As the live path has it in its slot: too long is too long. */
  #putPacket(datagram: Uint8Array, arrival: number): void {
    const slot = layout.RTP_IN_OFFSET + this.map.word(layout.HEADER_RTP_IN) * layout.RTP_IN_STRIDE;
    this.#in.put(this.#stream, datagram.subarray(0, layout.MAX_DATAGRAM), arrival);
    this.map.setWord(slot + layout.SLOT_LENGTH, datagram.length);
  }

  /** What is heard as device samples is decoded whatever its format; it is coded in the stream's. */
  #listenIn(format: number): void {
    const at = endpointAddress(this.#listener);
    if (format !== this.#format) this.map.setWord(at + words.ENCODER_WARM, 0);
    this.#format = format;
    this.map.setWord(at + words.CONTROL_FORMAT, layout.FORMAT_L16);
    this.encodedAfresh = this.map.word(at + words.ENCODER_WARM) === 0;
  }

  /** Nobody heard it as samples in the live path: the jitter buffer, which looks for pauses, is not to know more here. */
  #unhear(): void {
    const kind = this.word(words.INPUT_KIND);
    if ((kind & words.INPUT_CODED) === 0) return;
    this.map.setWord(endpointAddress(this.#stream) + words.INPUT_KIND, kind & ~words.INPUT_LINEAR);
  }

  #take(): void {
    const { played } = this;
    const kind = this.word(words.INPUT_KIND);
    played.kind = kind & ~words.INPUT_LINEAR;
    played.playout = this.word(words.JITTER_STARTED) === 0 ? null : this.word(words.JITTER_PLAYOUT);
    played.samples = (kind & words.INPUT_LINEAR) === 0 ? silence(this.linear.length) : this.linear;
    played.sent = this.#sent();
  }

  #sent(): Uint8Array {
    const at = endpointAddress(this.#listener);
    const payload = this.map.word(at + words.OUT_TO);
    if (this.map.word(at + words.OUT_KIND) === words.OUT_NOTHING || payload === 0) return new Uint8Array(0);
    return this.map.octets.subarray(payload, payload + this.#sentLength(payload));
  }

  /** The packet was begun for a frame of device samples; a plug-in has told by how much its own differs from its most. */
  #sentLength(payload: number): number {
    const { octets } = frameShape(this.map, this.#format);
    if (this.#format < layout.FORMAT_PLUGIN) return octets;
    const length = this.map.word(payload - RTP_HEADER - layout.SLOT_DATA + layout.SLOT_LENGTH);
    return octets + length - RTP_HEADER - frameShape(this.map, layout.FORMAT_L16).octets;
  }

  #openListener(): void {
    const at = endpointAddress(this.#listener);
    this.map.setWord(at + words.CONTROL_OPEN, 1);
    this.map.setWord(at + words.CONTROL_SESSION, 1);
    this.map.setWord(at + words.CONTROL_FORMAT, layout.FORMAT_L16);
    this.map.setWord(at + words.CONTROL_EVENT_TYPE, -1);
    this.map.setWord(at + words.CONTROL_DIRECTION, words.DIRECTION_SEND);
    this.map.setWord(at + words.CONTROL_REMOTE, 1);
    this.map.setWord(at + words.CONTROL_PEER, this.#stream);
  }

  /** What the two streams of the session before used, and all that they shared. */
  #forget(): void {
    const zero = (at: number, size: number) => this.map.octets.fill(0, at, at + size);
    zero(0, layout.SINE_OFFSET);
    for (const stream of [this.#stream, this.#listener]) {
      zero(endpointAddress(stream), layout.ENDPOINT_SIZE);
      zero(kernelAddress(stream, 0), layout.KERNELS_STRIDE);
      zero(layout.JITTER_OFFSET + stream * layout.JITTER_STRIDE, layout.JITTER_STRIDE);
    }
  }
}

const quiet = new Int16Array(layout.MAX_FRAME_OCTETS / 2);

function silence(samples: number): Int16Array {
  return quiet.subarray(0, samples);
}
