import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { readWavLayout, samplesOf, WAV_HEAD, WAV_HEADER, type WavLayout, wavHeader } from "../message/wav.ts";

/** What a header can tell: 4 GiB less what is not sound, in whole samples. */
const MOST_OCTETS = 0xffff_ffff - WAV_HEADER - 1;

/** What a file is made of. */
export interface WavShape {
  readonly rateHz: 8000 | 16_000;
  readonly channels: 1 | 2;
}

/** Neither waits for who is at the other end of a pipe. */
const WRITE = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NONBLOCK;
const READ = constants.O_RDONLY | constants.O_NONBLOCK;

/** A WAV file that grows. Its header tells the length written so far after each `write`. */
export class WavWriter {
  readonly #handle: FileHandle;
  readonly #name: string;
  readonly #shape: WavShape;
  #octets = 0;

  private constructor(handle: FileHandle, name: string, shape: WavShape) {
    this.#handle = handle;
    this.#name = name;
    this.#shape = shape;
  }

  /** Rejects with a sentence when the file cannot be written. An older file of that name is replaced. */
  static async open(file: string, shape: WavShape): Promise<WavWriter> {
    const handle = await opened(file, WRITE, "written");
    const writer = new WavWriter(handle, file, shape);
    try {
      await writer.#putHeader();
      return writer;
    } catch (fault) {
      await handle.close();
      throw fault;
    }
  }

  /** Seconds written. */
  get seconds(): number {
    return this.#octets / 2 / this.#shape.channels / this.#shape.rateHz;
  }

  /** Appends samples. Rejects when the disk refuses, or when a WAV file can hold no more (18 hours at 16 kHz, of two channels nine). */
  async write(samples: Int16Array): Promise<void> {
    const octets = new Uint8Array(2 * samples.length);
    const view = new DataView(octets.buffer);
    for (const [n, sample] of samples.entries()) view.setInt16(2 * n, sample, true);
    if (this.#octets + octets.length > MOST_OCTETS)
      throw new Error(`${this.#name}: is as long as a WAV file can be; begin another one`);
    await this.#put(octets, WAV_HEADER + this.#octets);
    this.#octets += octets.length;
    await this.#putHeader();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #putHeader(): Promise<void> {
    await this.#put(wavHeader(this.#octets, this.#shape.rateHz, this.#shape.channels), 0);
  }

  /** A disk that is full writes less than it is given, and then says so. */
  async #put(octets: Uint8Array, position: number): Promise<void> {
    try {
      for (let done = 0; done < octets.length; ) {
        const { bytesWritten } = await this.#handle.write(octets, done, octets.length - done, position + done);
        done += bytesWritten;
      }
    } catch (error) {
      throw new Error(`${this.#name}: cannot be written (${reason(error)})`);
    }
  }
}

/** A WAV file that is read in pieces, so that its length does not matter. */
export class WavReader {
  readonly rateHz: 8000 | 16_000;
  /** Samples in the file. */
  readonly length: number;
  readonly #handle: FileHandle;
  readonly #name: string;
  readonly #layout: WavLayout;
  #done = 0;

  private constructor(handle: FileHandle, name: string, layout: WavLayout) {
    this.#handle = handle;
    this.#name = name;
    this.#layout = layout;
    this.rateHz = layout.rateHz;
    this.length = layout.octets / 2;
  }

  /** Rejects with a sentence that names the file, what is wrong with it, and the way out. */
  static async open(file: string): Promise<WavReader> {
    const handle = await opened(file, READ, "read");
    try {
      const { size } = await handle.stat();
      const head = new Uint8Array(WAV_HEAD);
      const { bytesRead } = await handle.read(head, 0, WAV_HEAD, 0);
      return new WavReader(handle, file, readWavLayout(head.subarray(0, bytesRead), size, file));
    } catch (error) {
      await handle.close();
      throw error instanceof Error && error.message.startsWith(`${file}: `)
        ? error
        : new Error(`${file}: cannot be read (${reason(error)})`);
    }
  }

  /** The next samples, at most `most`; none at the end, also when the file was cut while it was read. */
  async read(most: number): Promise<Int16Array> {
    const wanted = Math.min(2 * most, this.#layout.octets - this.#done);
    const octets = new Uint8Array(wanted);
    let got = 0;
    try {
      while (got < wanted) {
        const at = this.#layout.start + this.#done + got;
        const { bytesRead } = await this.#handle.read(octets, got, wanted - got, at);
        if (bytesRead === 0) break;
        got += bytesRead;
      }
    } catch (error) {
      throw new Error(`${this.#name}: cannot be read (${reason(error)})`);
    }
    this.#done += got;
    return samplesOf(octets.subarray(0, got));
  }

  rewind(): void {
    this.#done = 0;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

async function opened(file: string, flags: number, verb: string): Promise<FileHandle> {
  try {
    return await open(file, flags);
  } catch (error) {
    throw new Error(`${file}: cannot be ${verb} (${reason(error)})`);
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
