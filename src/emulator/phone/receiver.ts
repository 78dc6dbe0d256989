import type { CountryProfile } from "../../message/country.ts";
import { Ear } from "../ear/ear.ts";
import { Mouth } from "../mouth/mouth.ts";
import type { Recording } from "../mouth/recording.ts";
import type { Frame } from "../sound/frame.ts";

/** What is held to the head: an ear, a mouth and, when wanted, a recorder beside them. */
export class Receiver {
  readonly ear: Ear;
  readonly mouth = new Mouth();
  /** Told when something else is heard than before. */
  onHearing: (() => void) | null = null;
  #recording: Recording | null = null;
  /** The end of the last recording: whoever asks for it waits for it. */
  #closing: Promise<void> = Promise.resolve();

  constructor(country: CountryProfile) {
    this.ear = new Ear(country);
  }

  lift(): void {
    this.ear.listen(true);
  }

  /** Who still speaks is told why it ends. */
  putDown(why: string): void {
    this.ear.listen(false);
    this.mouth.cut(why);
  }

  hear(frame: Frame): void {
    this.#recording?.write(frame);
    if (this.ear.hear(frame)) this.onHearing?.();
  }

  record(recording: Recording): void {
    this.#recording = recording;
  }

  /** Resolves when the file is complete; at once when none is written. */
  stopRecording(): Promise<void> {
    if (this.#recording !== null) this.#closing = this.#recording.close();
    this.#recording = null;
    return this.#closing;
  }

  get recording(): boolean {
    return this.#recording !== null;
  }
}
