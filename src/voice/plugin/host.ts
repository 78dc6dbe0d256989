import * as words from "../../../assembly/endpoint-words.ts";
import * as layout from "../../../assembly/layout.ts";
import type { CodecFile } from "../contract.ts";
import { endpointAddress, type VoiceMap } from "../map.ts";
import { CodecFault, type CodecInstance, CodecModule } from "./codec.ts";
import { readCodec } from "./read.ts";

interface Stream {
  readonly format: number;
  readonly instance: CodecInstance;
}

/** Reads the codecs that the configuration names. Rejects with a sentence that names the file. */
export async function loadCodecs(files: readonly CodecFile[]): Promise<CodecModule[]> {
  if (files.length > layout.MAX_PLUGINS) throw new Error(`${files.length} codecs: the most is ${layout.MAX_PLUGINS}`);
  return Promise.all(files.map(loadCodec));
}

async function loadCodec({ file, name, clockRate }: CodecFile): Promise<CodecModule> {
  try {
    const codec = new CodecModule(await readCodec(file));
    const { shape } = codec;
    if (shape.name.toLowerCase() !== name.toLowerCase() || shape.clockRate !== clockRate)
      throw new CodecFault(
        `it is ${shape.name}/${shape.clockRate}, the configuration says ${name}/${clockRate}: write what it is`,
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

  constructor(map: VoiceMap, codecs: readonly CodecModule[], failed: (stream: number, reason: string) => void) {
    this.#map = map;
    this.#codecs = codecs;
    this.#failed = failed;
    codecs.forEach(({ shape }, n) => {
      const at = layout.HEADER_CODECS + n * layout.CODEC_STRIDE;
      map.setWord(at + layout.CODEC_OCTETS, shape.frameOctets);
      map.setWord(at + layout.CODEC_SAMPLES, shape.sampleRate / 50);
      map.setWord(at + layout.CODEC_UNITS, shape.clockRate / 50);
      map.setWord(at + layout.CODEC_CONCEALS, shape.conceals ? 1 : 0);
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

  #do(job: number, work: (job: number, instance: CodecInstance) => void, instead: (job: number) => void): void {
    const stream = this.#map.word(job + layout.JOB_ENDPOINT);
    const format = this.#map.word(job + layout.JOB_FORMAT);
    if (this.#broken.get(stream) === format) return instead(job);
    try {
      work(job, this.#instance(stream, format));
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

  #instance(stream: number, format: number): CodecInstance {
    const known = this.#streams.get(stream);
    if (known?.format === format) return known.instance;
    const codec = this.#codecs[format - layout.FORMAT_PLUGIN];
    if (codec === undefined) throw new CodecFault("it is not loaded");
    const instance = codec.open();
    instance.openEncoder();
    instance.openDecoder();
    this.#streams.set(stream, { format, instance });
    this.#broken.delete(stream);
    return instance;
  }

  readonly #decodeJob = (job: number, instance: CodecInstance): void => {
    if (this.#map.word(job + layout.JOB_FRESH) !== 0) instance.openDecoder();
    const at = this.#map.word(job + layout.JOB_OCTETS);
    const length = this.#map.word(job + layout.JOB_LENGTH);
    const heard = length === 0 ? null : instance.decode(this.#map.octets.subarray(at, at + length));
    const samples = heard ?? instance.conceal();
    if (samples !== null) this.#map.octets.set(samples, this.#map.word(job + layout.JOB_SAMPLES));
    // No frame of this codec: as good as none.
    else this.#map.setWord(this.#kindOf(job), words.INPUT_LOST);
  };

  readonly #encodeJob = (job: number, instance: CodecInstance): void => {
    if (this.#map.word(job + layout.JOB_FRESH) !== 0) instance.openEncoder();
    const at = this.#map.word(job + layout.JOB_SAMPLES);
    const octets = instance.encode(this.#map.octets.subarray(at, at + 2 * instance.samples));
    const to = this.#map.word(job + layout.JOB_OCTETS);
    this.#map.octets.set(octets, to);
    this.#setLength(job, to, octets.length);
  };

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

  /** The packet is sent to nobody. */
  readonly #drop = (job: number): void => {
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
