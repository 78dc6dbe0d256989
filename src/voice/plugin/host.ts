import * as words from "../../../assembly/endpoint-words.ts";
import * as layout from "../../../assembly/layout.ts";
import type { CodecFile } from "../contract.ts";
import { endpointAddress, type VoiceMap } from "../map.ts";
import { CodecFault, type CodecInstance, CodecModule } from "./codec.ts";
import { readCodec } from "./read.ts";

/** Of two frames in a tick: bit of INPUT_HALVES, place, and word of the length. */
const halves = [
  [1, words.FRAME_OCTETS, words.INPUT_LENGTH],
  [2, words.FRAME_SECOND, words.INPUT_SECOND],
] as const;

interface Stream {
  readonly format: number;
  readonly instance: CodecInstance;
  /** Of a frame that takes several ticks: what has been decoded, if it has, and what is to be encoded. */
  readonly heard: Uint8Array;
  isHeard: boolean;
  readonly said: Uint8Array;
}

/** Reads the codecs that the configuration names. Rejects with a sentence that names the file. */
export async function loadCodecs(files: readonly CodecFile[]): Promise<CodecModule[]> {
  if (files.length > layout.MAX_PLUGINS) throw new Error(`${files.length} codecs: the most is ${layout.MAX_PLUGINS}`);
  return Promise.all(files.map(loadCodec));
}

async function loadCodec({ file, name, clockRate, frameMs = 20 }: CodecFile): Promise<CodecModule> {
  try {
    const codec = new CodecModule(await readCodec(file));
    const { shape } = codec;
    if (shape.name.toLowerCase() !== name.toLowerCase() || shape.clockRate !== clockRate)
      throw new CodecFault(
        `it is ${shape.name}/${shape.clockRate}, the configuration says ${name}/${clockRate}: ` +
          `write name = "${shape.name}" and clock_rate = ${shape.clockRate}`,
      );
    if (shape.frameMs !== frameMs)
      throw new CodecFault(
        `its frames have ${shape.frameMs} ms, the configuration says ${frameMs}: write frame_ms = ${shape.frameMs}`,
      );
    return codec;
  } catch (error) {
    throw new Error(`codec ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Does the jobs that the tick leaves to codecs of the host. Each stream has an instance of its own with a memory of its
 * own; one that traps, or does not keep its word, fails its stream: that one falls silent and is told of once.
 */
export class PluginHost {
  readonly #map: VoiceMap;
  readonly #codecs: readonly CodecModule[];
  readonly #failed: (stream: number, reason: string) => void;
  readonly #streams = new Map<number, Stream>();
  readonly #broken = new Map<number, number>();
  readonly #tickMs: number;

  /** On a map that the module has been opened with. */
  constructor(map: VoiceMap, codecs: readonly CodecModule[], failed: (stream: number, reason: string) => void) {
    this.#map = map;
    this.#codecs = codecs;
    this.#failed = failed;
    this.#tickMs = map.word(layout.HEADER_FRAME) / 8;
    codecs.forEach(({ shape }, n) => {
      const at = layout.HEADER_CODECS + n * layout.CODEC_STRIDE;
      map.setWord(at + layout.CODEC_OCTETS, shape.frameOctets);
      map.setWord(at + layout.CODEC_WIDE, shape.sampleRate === 16_000 ? 1 : 0);
      map.setWord(at + layout.CODEC_UNITS, (shape.clockRate / 1000) * this.#tickMs);
      map.setWord(at + layout.CODEC_CONCEALS, shape.conceals ? 1 : 0);
      map.setWord(at + layout.CODEC_TIME, 8 * shape.frameMs);
      map.setWord(at + layout.CODEC_FRAME_UNITS, (shape.clockRate / 1000) * shape.frameMs);
    });
  }

  /** The stream is over. */
  close(stream: number): void {
    this.#streams.delete(stream);
    this.#broken.delete(stream);
  }

  /** After the first part of the tick. */
  decode(): void {
    const jobs = this.#map.word(layout.JOBS_DECODING);
    for (let n = 0; n < jobs; n++) this.#do(layout.JOBS_DECODE + n * layout.JOBS_STRIDE, this.#decodeJob, this.#mute);
  }

  /** After the second. */
  encode(): void {
    const jobs = this.#map.word(layout.JOBS_ENCODING);
    for (let n = 0; n < jobs; n++) this.#do(layout.JOBS_ENCODE + n * layout.JOBS_STRIDE, this.#encodeJob, this.#drop);
  }

  #do(job: number, work: (job: number, stream: Stream) => void, instead: (job: number) => void): void {
    const stream = this.#map.word(job + layout.JOB_ENDPOINT);
    const format = this.#map.word(job + layout.JOB_FORMAT);
    if (this.#broken.get(stream) === format) return instead(job);
    try {
      work(job, this.#stream(stream, format));
    } catch (error) {
      // Anything else is a fault of ours, and ends the worker.
      if (!(error instanceof CodecFault)) throw error;
      instead(job);
      this.#streams.delete(stream);
      this.#broken.set(stream, format);
      const name = this.#codecs[format - layout.FORMAT_PLUGIN]?.shape.name ?? "";
      this.#failed(stream, `codec ${name} failed: ${error.message}`);
    }
  }

  #stream(stream: number, format: number): Stream {
    const known = this.#streams.get(stream);
    if (known?.format === format) return known;
    const codec = this.#codecs[format - layout.FORMAT_PLUGIN];
    if (codec === undefined) throw new CodecFault("it is not loaded");
    const instance = codec.open();
    instance.openEncoder();
    instance.openDecoder();
    const room = () => new Uint8Array(2 * instance.samples);
    const opened: Stream = { format, instance, heard: room(), isHeard: false, said: room() };
    this.#streams.set(stream, opened);
    this.#broken.delete(stream);
    return opened;
  }

  readonly #decodeJob = (job: number, stream: Stream): void => {
    const isFresh = this.#map.word(job + layout.JOB_FRESH) !== 0;
    if (isFresh) stream.instance.openDecoder();
    const { frameMs } = stream.instance.shape;
    if (frameMs < this.#tickMs) this.#decodeTwo(job, stream.instance);
    else if (frameMs > this.#tickMs) this.#decodePart(job, stream, isFresh);
    else {
      const samples = this.#decoded(job, stream.instance);
      if (samples !== null) this.#map.octets.set(samples, this.#map.word(job + layout.JOB_SAMPLES));
      // No frame of this codec: as good as none.
      else this.#map.setWord(this.#kindOf(job), words.INPUT_LOST);
    }
  };

  /** The job's frame, or what the codec makes up for it; null when it can not. */
  #decoded(job: number, instance: CodecInstance): Uint8Array | null {
    const at = this.#map.word(job + layout.JOB_OCTETS);
    const length = this.#map.word(job + layout.JOB_LENGTH);
    const heard = length === 0 ? null : instance.decode(this.#map.octets.subarray(at, at + length));
    return heard ?? instance.conceal();
  }

  /** Two frames in one tick: the host tells which of them are there. */
  #decodeTwo(job: number, instance: CodecInstance): void {
    const endpoint = endpointAddress(this.#map.word(job + layout.JOB_ENDPOINT));
    const lost = this.#map.word(endpoint + words.INPUT_KIND) === words.INPUT_LOST;
    let at = this.#map.word(job + layout.JOB_SAMPLES);
    let there = 0;
    for (const [half, from, length] of halves) {
      const octets = lost ? 0 : this.#map.word(endpoint + length);
      const coded = this.#map.octets.subarray(endpoint + from, endpoint + from + octets);
      const samples = (octets === 0 ? null : instance.decode(coded)) ?? instance.conceal();
      if (samples !== null) this.#map.octets.set(samples, at);
      if (samples !== null) there |= half;
      at += 2 * instance.samples;
    }
    this.#map.setWord(endpoint + words.INPUT_HALVES, there);
  }

  /** A frame of several ticks is decoded in the first of them, or in which it is first heard. */
  #decodePart(job: number, stream: Stream, isFresh: boolean): void {
    const part = this.#map.word(job + layout.JOB_PART);
    if (part === 0 || isFresh) {
      const samples = this.#decoded(job, stream.instance);
      if (samples !== null) stream.heard.set(samples);
      stream.isHeard = samples !== null;
    }
    const octets = (stream.heard.length * this.#tickMs) / stream.instance.shape.frameMs;
    const from = part * octets;
    if (stream.isHeard)
      this.#map.octets.set(stream.heard.subarray(from, from + octets), this.#map.word(job + layout.JOB_SAMPLES));
    else this.#map.setWord(this.#kindOf(job), words.INPUT_LOST);
  }

  readonly #encodeJob = (job: number, stream: Stream): void => {
    const { instance } = stream;
    if (this.#map.word(job + layout.JOB_FRESH) !== 0) instance.openEncoder();
    const { frameMs } = instance.shape;
    const at = this.#map.word(job + layout.JOB_SAMPLES);
    if (frameMs > this.#tickMs) this.#encodePart(job, stream, at);
    else if (frameMs < this.#tickMs) this.#encodeTwo(job, instance, at);
    else this.#put(job, 0, instance.encode(this.#map.octets.subarray(at, at + 2 * instance.samples)));
  };

  #encodePart(job: number, { instance, said }: Stream, at: number): void {
    const { frameMs } = instance.shape;
    const octets = (said.length * this.#tickMs) / frameMs;
    const part = this.#map.word(job + layout.JOB_PART);
    said.set(this.#map.octets.subarray(at, at + octets), part * octets);
    if ((part + 1) * this.#tickMs === frameMs) this.#put(job, 0, instance.encode(said));
  }

  /** Two frames are one packet when both are as long as they may be, and it may be so long; else they are two. */
  #encodeTwo(job: number, instance: CodecInstance, at: number): void {
    const endpoint = endpointAddress(this.#map.word(job + layout.JOB_ENDPOINT));
    const octets = 2 * instance.samples;
    const most = instance.shape.frameOctets;
    const head = instance.encode(this.#map.octets.subarray(at, at + octets));
    const first = head.length;
    this.#map.octets.set(head, this.#map.word(job + layout.JOB_OCTETS));
    const second = instance.encode(this.#map.octets.subarray(at + octets, at + 2 * octets));
    this.#put(job, first, second);
    const isLong = this.#map.word(endpoint + words.CONTROL_PACKET) !== words.PACKET_OF_HALF;
    if (first < most || second.length < most || !isLong) this.#map.setWord(endpoint + words.OUT_SPLIT, first);
  }

  /** Octets behind so many others of the packet, which ends there. */
  #put(job: number, behind: number, octets: Uint8Array): void {
    const to = this.#map.word(job + layout.JOB_OCTETS);
    this.#map.octets.set(octets, to + behind);
    this.#setLength(job, to, behind + octets.length);
  }

  /** The packet has as many octets as the frame, and so have the counts of RTCP. */
  #setLength(job: number, payload: number, octets: number): void {
    const slot = slotOf(payload);
    const room = this.#map.word(job + layout.JOB_LENGTH);
    this.#map.add(slot + layout.SLOT_LENGTH, octets - room);
    this.#map.add(endpointAddress(this.#map.word(job + layout.JOB_ENDPOINT)) + words.SEND_OCTETS, octets - room);
  }

  /** What would have been heard is silence. */
  readonly #mute = (job: number): void => {
    this.#map.setWord(this.#kindOf(job), words.INPUT_SILENCE);
    const at = this.#map.word(job + layout.JOB_SAMPLES);
    this.#map.octets.fill(0, at, at + 2 * layout.MAX_WIDE_SAMPLES);
  };

  /** The packet is sent to nobody; there is none yet when its frame is not whole. */
  readonly #drop = (job: number): void => {
    if (this.#map.word(job + layout.JOB_OCTETS) >= layout.RTP_OUT_OFFSET)
      this.#map.setWord(slotOf(this.#map.word(job + layout.JOB_OCTETS)) + layout.SLOT_ENDPOINT, -1);
  };

  #kindOf(job: number): number {
    return endpointAddress(this.#map.word(job + layout.JOB_ENDPOINT)) + words.INPUT_KIND;
  }
}

/** The slot of RTP out that an address lies in. */
function slotOf(payload: number): number {
  const n = Math.floor((payload - layout.RTP_OUT_OFFSET) / layout.RTP_OUT_STRIDE);
  return layout.RTP_OUT_OFFSET + n * layout.RTP_OUT_STRIDE;
}
