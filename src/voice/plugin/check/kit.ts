import { CodecFault, CodecModule, type CodecShape } from "../codec.ts";
import { MOST_PAGES } from "../fence.ts";
import { CodecBench } from "./bench.ts";
import { compare, fullScale, round, seededRandom, speechLike } from "./signals.ts";

/** What was tried with a codec, and what came of it. */
export interface CodecReport {
  readonly good: boolean;
  /** Null when the file is no codec at all. */
  readonly shape: CodecShape | null;
  readonly checks: readonly CodecCheck[];
}

export interface CodecCheck {
  readonly name: string;
  readonly good: boolean;
  /** What was found, in words with numbers. */
  readonly found: string;
}

const SECONDS = 8;
const FUZZED_FRAMES = 4000;
// No multiple of it falls on the syllables.
const LOSE_EVERY = 11;
/** Of silence, peak. Companding codecs hum a little. */
const MOST_HUM = 256;
const LEAST_SNR_DB = 3;
const MOST_LEVEL_DB = 3;

type Try = (module: CodecModule) => string;

/** The conformance kit: everything is tried, whatever fails before. */
export function checkCodec(octets: Uint8Array): CodecReport {
  const opened = attempt("ABI", () => new CodecModule(octets));
  if (!(opened instanceof CodecModule)) return { good: false, shape: null, checks: [opened] };
  const { shape, pages } = opened;
  const checks: CodecCheck[] = [
    { name: "ABI", good: true, found: `version 1, ${sentence(shape)}` },
    {
      name: "memory bound",
      good: true,
      found: `${pages} of at most ${MOST_PAGES} pages, states of ${shape.encoderState} and ${shape.decoderState} octets`,
    },
  ];
  const bench = new Map<string, Try>([
    ["silence", silence],
    ["full scale", loud],
    ["speech", speech],
    ["determinism", determinism],
    ["opened again", openedAgain],
    ["loss", loss],
    ["fuzz", fuzz],
    ["bounds kept", bounds],
    ["worst-case time", time],
  ]);
  for (const [name, run] of bench) {
    const found = attempt(name, () => run(opened));
    checks.push(typeof found === "string" ? { name, good: true, found } : found);
  }
  return { good: checks.every(({ good }) => good), shape, checks };
}

function attempt<Result>(name: string, run: () => Result): Result | CodecCheck {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof CodecFault)) throw error;
    return { name, good: false, found: error.message };
  }
}

function sentence(shape: CodecShape): string {
  const { name, clockRate, sampleRate, frameMs, frameOctets, conceals } = shape;
  const loss = conceals ? "conceals losses itself" : "losses are concealed by the gateway";
  return `${name}/${clockRate}, ${sampleRate} samples/s, at most ${frameOctets} octets in ${frameMs} ms, ${loss}`;
}

function silence(module: CodecModule): string {
  const { heard } = new CodecBench(module).pass(new Int16Array(module.shape.sampleRate));
  const peak = heard.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  if (peak > MOST_HUM) throw new CodecFault(`silence comes back with a peak of ${peak}: the most is ${MOST_HUM}`);
  return `comes back with a peak of ${peak}`;
}

function loud(module: CodecModule): string {
  const { frames } = new CodecBench(module).pass(fullScale(module.shape.sampleRate, SECONDS));
  return `${frames.length} frames at the limits, all of them taken`;
}

function speech(module: CodecModule): string {
  const { sampleRate } = module.shape;
  const said = speechLike(sampleRate, SECONDS);
  const { frames, heard } = new CodecBench(module).pass(said);
  const { snrDb, levelDb, delayMs } = compare(said, heard, sampleRate);
  const octets = frames.reduce((sum, frame) => sum + frame.length, 0);
  const found = `SNR ${snrDb} dB, level ${levelDb} dB, delay ${delayMs} ms, ${round((octets * 8) / SECONDS / 1000)} kbit/s`;
  if (snrDb < LEAST_SNR_DB) throw new CodecFault(`${found}: the least SNR is ${LEAST_SNR_DB} dB`);
  if (Math.abs(levelDb) > MOST_LEVEL_DB)
    throw new CodecFault(`${found}: it is to be as loud, within ${MOST_LEVEL_DB} dB`);
  return found;
}

function determinism(module: CodecModule): string {
  const said = speechLike(module.shape.sampleRate, 2);
  const [one, other] = [new CodecBench(module).pass(said), new CodecBench(module).pass(said)];
  sameFrames(one.frames, other.frames, "two streams with the same sound differ");
  if (one.heard.some((sample, n) => sample !== other.heard[n]))
    throw new CodecFault("two streams with the same frames are heard differently: something is not zeroed");
  return "two streams with the same sound have the same octets and the same samples";
}

/** Nothing may be kept outside the states that the gateway zeroes. */
function openedAgain(module: CodecModule): string {
  const said = speechLike(module.shape.sampleRate, 2);
  const bench = new CodecBench(module);
  const first = bench.pass(said).frames;
  bench.pass(fullScale(module.shape.sampleRate, 1));
  bench.open();
  sameFrames(first, bench.pass(said).frames, "opened again it goes on where it was: keep all in the state");
  return "begins anew";
}

function sameFrames(one: readonly Uint8Array[], other: readonly Uint8Array[], problem: string): void {
  one.forEach((frame, n) => {
    if (Buffer.compare(frame, other[n] ?? new Uint8Array()) !== 0) throw new CodecFault(`${problem} (frame ${n})`);
  });
}

function loss(module: CodecModule): string {
  const { sampleRate } = module.shape;
  const said = speechLike(sampleRate, SECONDS);
  const bench = new CodecBench(module);
  const { heard } = bench.pass(said, (frame) => frame % LOSE_EVERY === LOSE_EVERY - 1);
  const { snrDb, levelDb } = compare(said, heard, sampleRate);
  const again = bench.pass(said).heard;
  const recovered = compare(said, again, sampleRate);
  if (Math.abs(recovered.levelDb) > MOST_LEVEL_DB)
    throw new CodecFault(`after losses it stays ${recovered.levelDb} dB off its level: it does not recover`);
  return `every ${LOSE_EVERY}th frame lost: SNR ${snrDb} dB, level ${levelDb} dB, ${recovered.snrDb} dB afterwards`;
}

function fuzz(module: CodecModule): string {
  const random = seededRandom(23);
  const bench = new CodecBench(module);
  let refused = 0;
  for (let n = 0; n < FUZZED_FRAMES; n++) {
    const length = n % 3 === 0 ? module.shape.frameOctets : 1 + Math.floor(random() * module.shape.frameOctets);
    const octets = Uint8Array.from({ length }, () => Math.floor(random() * 256));
    if (bench.decode(octets) === null) refused++;
    if (n % 7 === 0) bench.lose();
  }
  stayed(bench);
  return `${FUZZED_FRAMES} frames of chance, ${refused} refused, none did harm`;
}

function bounds(module: CodecModule): string {
  const bench = new CodecBench(module);
  bench.pass(fullScale(module.shape.sampleRate, 2), (frame) => frame % LOSE_EVERY === 0);
  stayed(bench);
  return "nothing is written beyond the states, the samples and the octets";
}

function stayed(bench: CodecBench): void {
  const where = bench.trespass();
  if (where !== null) throw new CodecFault(`it writes ${where}`);
}

function time(module: CodecModule): string {
  const bench = new CodecBench(module);
  const sound = speechLike(module.shape.sampleRate, SECONDS);
  bench.pass(sound);
  bench.times.length = 0;
  bench.pass(sound);
  bench.pass(fullScale(module.shape.sampleRate, 2), (frame) => frame % LOSE_EVERY === 0);
  const sorted = bench.times.sort((a, b) => a - b);
  const at = (share: number) => round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  const share = round((100 * bench.mostInstructions) / bench.instance.fence.fuel);
  return `at most ${bench.mostInstructions} instructions a call, ${share} % of the budget; here ${at(0.5)} µs (median), ${at(0.99)} µs (p99)`;
}
