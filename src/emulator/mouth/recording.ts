import { type FileHandle, open } from "node:fs/promises";
import { SAMPLE_RATE_HZ, SAMPLES_PER_FRAME } from "../../message/device-voice.ts";
import { WAV_HEADER as HEADER, wavHeader as header } from "../../message/wav.ts";
import type { Frame } from "../sound/frame.ts";

/** Written once a second of sound: a recording that is cut off loses at most that. */
const FRAMES_PER_WRITE = 50;

/** A WAV file (8 kHz, 16-bit, mono) that grows. Its header tells the length written so far, always. */
export class Recording {
  readonly #handle: FileHandle;
  #buffer = new Uint8Array(FRAMES_PER_WRITE * SAMPLES_PER_FRAME * 2);
  #filled = 0;
  #written = 0;
  #work: Promise<void> = Promise.resolve();
  #failure: Error | null = null;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Rejects with a sentence when the file cannot be written. */
  static async open(file: string): Promise<Recording> {
    try {
      const handle = await open(file, "w");
      await handle.write(wavHeader(0), 0, HEADER, 0);
      return new Recording(handle);
    } catch (error) {
      throw new Error(`${file}: cannot be written (${error instanceof Error ? error.message : String(error)})`);
    }
  }

  write(frame: Frame): void {
    for (const sample of frame) {
      this.#buffer[this.#filled++] = sample & 0xff;
      this.#buffer[this.#filled++] = (sample >> 8) & 0xff;
    }
    if (this.#filled === this.#buffer.length) this.#flush();
  }

  /** Writes what is left. Rejects when the disk refused a part of it. */
  async close(): Promise<void> {
    this.#flush();
    await this.#work;
    await this.#handle.close();
    if (this.#failure !== null) throw this.#failure;
  }

  #flush(): void {
    const octets = this.#buffer.slice(0, this.#filled);
    this.#filled = 0;
    if (octets.length > 0) this.#work = this.#work.then(() => this.#append(octets));
  }

  async #append(octets: Uint8Array): Promise<void> {
    if (this.#failure !== null) return;
    try {
      await this.#handle.write(octets, 0, octets.length, HEADER + this.#written);
      this.#written += octets.length;
      await this.#handle.write(wavHeader(this.#written), 0, HEADER, 0);
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
    }
  }
}

/** RIFF header of `octets` of sound. */
export function wavHeader(octets: number): Uint8Array {
  return header(octets, SAMPLE_RATE_HZ);
}
