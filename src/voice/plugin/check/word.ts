/** Checks of whether a codec keeps its word: the same for the same, nothing that is not its own, in time. */
import { CodecFault, MOST_OCTETS } from "../codec.ts";
import { fillings } from "./bench.ts";
import { round } from "./compare.ts";
import { LOSE_EVERY } from "./heard.ts";
import { fullScale, seededRandom } from "./signals.ts";
import type { Trial } from "./trial.ts";

const FUZZED_FRAMES = 4000;
/** A prime: with the frames of the speech no multiple of what a codec may count to. */
const FRAMES_BETWEEN = 37;

interface Passed {
  readonly frames: readonly Uint8Array[];
  readonly heard: Int16Array;
}

export function determinism(trial: Trial): string {
  const said = trial.said(2);
  const first = trial.bench().pass(said);
  same(first, trial.bench().pass(said), "two streams with the same sound differ");
  same(
    first,
    trial.bench(fillings[1]).pass(said),
    "it reads octets that nobody gave it, behind its input or its state, or leaves some of a frame unwritten: two streams differ",
  );
  return "two streams with the same sound have the same octets and the same samples";
}

/** Each direction alone, and with the other one busy in between. */
export function apart(trial: Trial): string {
  const said = trial.said(2);
  const first = trial.bench().pass(said);
  const bench = trial.bench();
  const { samples } = bench.instance;
  const noise = fullScale(trial.module.shape.sampleRate, 1).subarray(0, samples);
  const frames = first.frames.map((frame, n) => {
    if (n % 20 === 0) bench.instance.openDecoder();
    bench.decode(first.frames[(7 * n) % first.frames.length] ?? frame);
    return bench.encode(said.slice(n * samples, (n + 1) * samples));
  });
  const heard = new Int16Array(first.heard.length);
  bench.instance.openDecoder();
  frames.forEach((frame, n) => {
    if (n % 20 === 0) bench.instance.openEncoder();
    bench.encode(noise);
    heard.set(bench.decode(frame) ?? [], n * samples);
  });
  same(first, { frames, heard }, "encoder and decoder disturb each other, keep all in the state of each");
  return "encoder and decoder do not notice each other";
}

/** Nothing may be kept outside the states that the gateway zeroes. */
export function openedAgain(trial: Trial): string {
  const said = trial.said(2);
  const bench = trial.bench();
  const first = bench.pass(said);
  const { samples } = bench.instance;
  const loud = fullScale(trial.module.shape.sampleRate, 1);
  for (let n = 0; n < FRAMES_BETWEEN; n++)
    bench.decode(bench.encode(loud.slice((n % 30) * samples).subarray(0, samples)));
  bench.open();
  same(first, bench.pass(said), "opened again it goes on where it was: keep all in the state");
  return "begins anew";
}

function same(one: Passed, other: Passed, problem: string): void {
  one.frames.forEach((frame, n) => {
    if (Buffer.compare(frame, other.frames[n] ?? new Uint8Array()) !== 0)
      throw new CodecFault(`${problem} (octets of frame ${n})`);
  });
  const at = one.heard.findIndex((sample, n) => sample !== other.heard[n]);
  if (at >= 0) throw new CodecFault(`${problem} (sample ${at} of what is heard)`);
}

export function fuzz(trial: Trial): string {
  const random = seededRandom(23);
  const good = trial.undisturbed().frames;
  const [bench, other] = [trial.bench(), trial.bench(fillings[1])];
  let refused = 0;
  for (let n = 0; n < FUZZED_FRAMES; n++) {
    const octets = hostile(n, trial, good, random);
    const heard = bench.decode(octets);
    if (heard === null) refused++;
    const again = other.decode(octets);
    if (heard?.some((sample, place) => sample !== again?.[place]) ?? again !== null)
      throw new CodecFault(
        `decode makes of ${octets.length} octets what depends on those behind them, or leaves samples as they were: ` +
          "look at the length before you read",
      );
    if (n % 7 === 0) bench.lose();
    if (n % 7 === 0) other.lose();
  }
  trial.recovered(bench, "frames of chance");
  return `${FUZZED_FRAMES} frames of chance, ${refused} refused, none did harm`;
}

/** Of chance, of the right length or any that the network may bring; or a good one that is changed or cut off. */
function hostile(n: number, trial: Trial, good: readonly Uint8Array[], random: () => number): Uint8Array {
  const { frameOctets, frameMs } = trial.module.shape;
  const chance = (below: number) => Math.floor(random() * below);
  const frame = good[chance(good.length)];
  if (n % 4 === 1 && frame !== undefined) {
    const changed = frame.slice(0, n % 8 === 1 ? frame.length : 1 + chance(frame.length));
    const at = chance(changed.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << chance(8));
    return changed;
  }
  const most = n % 16 === 2 ? (frameMs === 10 ? MOST_OCTETS / 2 : MOST_OCTETS) : frameOctets;
  return Uint8Array.from({ length: n % 4 === 0 ? frameOctets : 1 + chance(most) }, () => chance(256));
}

/** After all other checks: of every instance. */
export function bounds(trial: Trial): string {
  const bench = trial.bench();
  bench.pass(fullScale(trial.module.shape.sampleRate, 2), (frame) => frame % LOSE_EVERY === 0);
  for (const one of trial.benches) {
    const where = one.bench.trespass();
    if (where !== null) throw new CodecFault(`it writes ${where}`);
  }
  return "nothing is written beyond the states, the samples and the octets";
}

/** Of every instance that was made, too. */
export function time(trial: Trial): string {
  const { said } = trial.undisturbed();
  const bench = trial.bench();
  bench.pass(said);
  bench.times.length = 0;
  bench.pass(said);
  const sorted = bench.times.sort((a, b) => a - b);
  const at = (share: number) => round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  const worst = trial.benches.reduce((most, one) =>
    one.bench.mostInstructions > most.bench.mostInstructions ? one : most,
  );
  const { mostInstructions, instance } = worst.bench;
  const share = round((100 * mostInstructions) / instance.fence.fuel);
  return `at most ${mostInstructions} instructions a call (${worst.check}), ${share} % of the budget; here ${at(0.5)} µs (median), ${at(0.99)} µs (p99)`;
}
