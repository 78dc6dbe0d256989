/** What was said beside what is heard of it: 16-bit samples. */

export interface Likeness {
  readonly snrDb: number;
  /** Of all that is heard, noise included. */
  readonly levelDb: number;
  /** Of what was said in what is heard. */
  readonly gainDb: number;
  /** Mean of what is heard and was not said. */
  readonly offset: number;
  readonly delayMs: number;
  /** The same in samples. */
  readonly delay: number;
}

/** How like `heard` is to `said`, after the codec's delay: up to 40 ms, found when it is not told. */
export function compare(
  said: Int16Array,
  heard: Int16Array,
  rate: number,
  delay = findDelay(said, heard, rate),
): Likeness {
  let [signal, noise, power, common, excess] = [0, 0, 0, 0, 0];
  const length = heard.length - delay;
  for (let n = 0; n < length; n++) {
    const [wanted, got] = [said[n] ?? 0, heard[n + delay] ?? 0];
    signal += wanted * wanted;
    noise += (got - wanted) ** 2;
    power += got * got;
    common += got * wanted;
    excess += got - wanted;
  }
  return {
    snrDb: round(10 * Math.log10(signal / Math.max(noise, 1))),
    levelDb: round(10 * Math.log10(Math.max(power, 1) / signal)),
    gainDb: round(20 * Math.log10(Math.max(common, 1) / signal)),
    offset: Math.round(excess / length),
    delayMs: round((1000 * delay) / rate),
    delay,
  };
}

function findDelay(said: Int16Array, heard: Int16Array, rate: number): number {
  const most = rate / 25;
  let delay = 0;
  let best = Number.NEGATIVE_INFINITY;
  for (let shift = 0; shift <= most; shift++) {
    const match = correlation(said, heard, shift);
    if (match <= best) continue;
    best = match;
    delay = shift;
  }
  return delay;
}

function correlation(said: Int16Array, heard: Int16Array, shift: number): number {
  let sum = 0;
  for (let n = 0; n + shift < heard.length; n += 3) sum += (said[n] ?? 0) * (heard[n + shift] ?? 0);
  return sum;
}

/** A sample of a frame that is much worse than the others: 4 times their noise, half the signal. */
export function worstPlace(said: Int16Array, heard: Int16Array, delay: number, samples: number): number | null {
  const noise = new Float64Array(samples);
  const signal = new Float64Array(samples);
  for (let n = 0; n + delay < heard.length; n++) {
    const place = (n + delay) % samples;
    const wanted = said[n] ?? 0;
    noise[place] = (noise[place] ?? 0) + ((heard[n + delay] ?? 0) - wanted) ** 2;
    signal[place] = (signal[place] ?? 0) + wanted * wanted;
  }
  const worst = noise.indexOf(Math.max(...noise));
  const there = noise[worst] ?? 0;
  const others = (noise.reduce((sum, one) => sum + one, 0) - there) / (samples - 1);
  return there > 4 * others && there > (signal[worst] ?? 0) / 2 ? worst : null;
}

/** Samples that are loud, and come back loud with the other sign: arithmetic of 16 bits has wrapped around. */
export function wrapped(said: Int16Array, heard: Int16Array, delay: number, from: number): number {
  let count = 0;
  for (let n = from; n + delay < heard.length; n++) {
    const [wanted, got] = [said[n] ?? 0, heard[n + delay] ?? 0];
    if (Math.abs(wanted) >= 28_000 && Math.abs(got) >= 16_384 && wanted > 0 !== got > 0) count++;
  }
  return count;
}

type Mistake = readonly [says: string, undo: (heard: Int16Array) => Int16Array];

/** Mistakes that would explain that nothing is like it. */
const mistakes: readonly Mistake[] = [
  ["the sign of the samples is turned", (heard) => heard.map((sample) => -sample)],
  [
    "the two octets of each sample are the wrong way round: they are little-endian",
    (heard) => heard.map((sample) => ((sample & 255) << 8) | ((sample >> 8) & 255)),
  ],
  [
    "of two samples the second is heard first: look at the order of the codes in an octet",
    (heard) => heard.map((_, n) => heard[n ^ 1] ?? 0),
  ],
];

/** What would explain it, or what to look for. */
export function likelyMistake(said: Int16Array, heard: Int16Array, rate: number): string {
  const asHeard = compare(said, heard, rate).snrDb;
  const found = mistakes.find(([, undo]) => {
    const { snrDb } = compare(said, undo(heard), rate);
    return snrDb >= 3 && snrDb > asHeard + 3;
  });
  return found?.[0] ?? "look at the order of octets and codes, at the sign, and for a delay above 40 ms";
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
