import type { CountryProfile } from "../../message/country.ts";
import type { Hearing } from "../contract.ts";
import type { Frame } from "../sound/frame.ts";
import { SILENCE_DBM0 } from "../sound/level.ts";
import { Meter } from "./meter.ts";
import { ToneEar } from "./tone-ear.ts";

const nothing: Hearing = { what: "nothing", levelDbm0: SILENCE_DBM0, frequencyHz: null };

/** An ear at a receiver: hears while the phone is off-hook. */
export class Ear {
  readonly #tones: ToneEar;
  readonly #meter = new Meter();
  #listening = false;

  constructor(country: CountryProfile) {
    this.#tones = new ToneEar(country);
  }

  /** What is heard now. The level and frequency are worked out when asked for. */
  get hearing(): Hearing {
    if (!this.#listening) return nothing;
    return { what: this.#tones.what, levelDbm0: this.#meter.levelDbm0, frequencyHz: this.#meter.frequencyHz };
  }

  get what(): Hearing["what"] {
    return this.#listening ? this.#tones.what : "nothing";
  }

  listen(on: boolean): void {
    this.#listening = on;
    this.#tones.reset();
    this.#meter.reset();
  }

  /** Hears 20 ms; true when it now hears something else than before. */
  hear(frame: Frame): boolean {
    if (!this.#listening) return false;
    const before = this.#tones.what;
    this.#meter.hear(frame);
    return this.#tones.hear(frame) !== before;
  }
}
