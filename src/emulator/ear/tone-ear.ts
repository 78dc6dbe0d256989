import type { CountryProfile, ToneName } from "../../message/country.ts";
import type { Frame } from "../sound/frame.ts";
import { type Cadence, type Fit, fit, tolerance } from "./cadence.ts";
import { Segments } from "./segments.ts";
import { ToneSets } from "./tone-set.ts";

/** What sounds, as far as the ear can tell. */
export type Recognised = "silence" | ToneName | "sound";

interface KnownTone extends Cadence {
  readonly name: ToneName;
}

/** Recognises a country's progress tones by frequencies and cadence, and nothing but sound. */
export class ToneEar {
  readonly #tones: readonly KnownTone[];
  readonly #segments: Segments;
  /** No tone has been heard since the ear began to listen. */
  #fresh = true;
  #what: Recognised = "silence";

  constructor(country: CountryProfile) {
    const names = Object.keys(country.tones) as ToneName[]; // the keys of a Record<ToneName, …>
    const sets = [...new Set(names.map((name) => country.tones[name].frequenciesHz.join("+")))];
    this.#tones = names.map((name) => ({
      name,
      set: sets.indexOf(country.tones[name].frequenciesHz.join("+")),
      ms: country.tones[name].cadenceMs,
      overSpeech: name === "callWaiting",
    }));
    this.#segments = new Segments(new ToneSets(sets.map((set) => set.split("+").map(Number))));
  }

  get what(): Recognised {
    return this.#what;
  }

  /** The receiver was lifted: what was heard before does not count. */
  reset(): void {
    this.#segments.reset();
    this.#fresh = true;
    this.#what = "silence";
  }

  hear(frame: Frame): Recognised {
    this.#segments.hear(frame);
    this.#what = this.#continuous() ?? this.#alone() ?? this.#cadenced() ?? this.#plain();
    if (this.#what !== "silence" && this.#what !== "sound") this.#fresh = false;
    return this.#what;
  }

  /** A tone that lasts longer than any burst of the same frequencies. */
  #continuous(): ToneName | null {
    const { sound, ms } = this.#segments.current;
    const tone = this.#tones.find((known) => known.ms.length === 0 && known.set === sound);
    if (tone === undefined) return null;
    if (this.#what === tone.name) return tone.name;
    const bursts = this.#tones
      // The first tone after lifting is hardly ringback: nobody waits a second to make sure.
      .filter((known) => known.set === tone.set && !(this.#fresh && known.name === "ringback"))
      .flatMap((known) => known.ms.filter((_, index) => index % 2 === 0));
    const longest = Math.max(0, ...bursts);
    return ms > longest + tolerance(longest) ? tone.name : null;
  }

  /** Frequencies only one tone has. */
  #alone(): ToneName | null {
    const { sound } = this.#segments.current;
    const same = this.#tones.filter((known) => known.set === sound);
    const [only] = same;
    return same.length === 1 && only !== undefined && !only.overSpeech ? only.name : null;
  }

  #cadenced(): ToneName | null {
    const { past, current } = this.#segments;
    const fits = this.#tones
      .map((tone) => ({ tone, fit: fit(tone, past, current) }))
      .filter((one): one is { tone: KnownTone; fit: Fit } => one.fit !== null)
      .sort((a, b) => b.fit.agreeing - a.fit.agreeing || a.fit.error - b.fit.error);
    const [best, second] = fits;
    if (best === undefined) return null;
    const clear = second === undefined || best.fit.agreeing > second.fit.agreeing;
    if (clear || best.fit.agreeing >= best.tone.ms.length) return best.tone.name;
    return fits.find((one) => one.tone.name === this.#what)?.tone.name ?? null;
  }

  #plain(): Recognised {
    return this.#segments.current.sound === "off" ? "silence" : "sound";
  }
}
