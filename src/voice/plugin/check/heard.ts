/** Checks of what is heard. Each gives what was found, or throws a CodecFault that says what is not good. */
import { CodecFault } from "../codec.ts";
import type { CodecBench } from "./bench.ts";
import { compare, likelyMistake, round, worstPlace, wrapped } from "./compare.ts";
import { fullScale, loudTone } from "./signals.ts";
import { SECONDS, type Trial } from "./trial.ts";

// No multiple of it falls on the syllables.
export const LOSE_EVERY = 11;
/** Of silence, peak. Companding codecs hum a little. */
const MOST_HUM = 256;
/** Mean of the samples; A-law has 8. */
const MOST_OFFSET = 64;
const LEAST_SNR_DB = 3;
const MOST_LEVEL_DB = 3;
/** Noise makes it louder, too, but not what was said. */
const MOST_GAIN_DB = 1;
/** Frames lost in a row. */
const LONG_LOSS = 50;

export function silence(trial: Trial): string {
  const bench = trial.bench();
  const { heard } = bench.pass(new Int16Array(trial.module.shape.sampleRate));
  const peak = peakOf(heard);
  if (peak > MOST_HUM) throw new CodecFault(`silence comes back with a peak of ${peak}: the most is ${MOST_HUM}`);
  const mean = Math.round(heard.reduce((sum, sample) => sum + sample, 0) / heard.length);
  if (Math.abs(mean) > MOST_OFFSET)
    throw new CodecFault(
      `silence comes back as ${mean}, which is not its mean: the most is ${MOST_OFFSET} either way (DC offset)`,
    );
  trial.recovered(bench, "silence");
  return `comes back with a peak of ${peak}`;
}

export function loud(trial: Trial): string {
  const { sampleRate } = trial.module.shape;
  const { frames } = trial.bench().pass(fullScale(sampleRate, SECONDS));
  const bench = trial.bench();
  // What is not alike at all does not wrap around, either.
  if (trial.undisturbed().snrDb >= LEAST_SNR_DB) for (const gain of [1, 1.5]) staysWithinBounds(trial, bench, gain);
  bench.pass(fullScale(sampleRate, 1));
  trial.recovered(bench, "full scale");
  return `${frames.length} frames at the limits, all of them taken, nothing wraps around`;
}

function staysWithinBounds(trial: Trial, bench: CodecBench, gain: number): void {
  const { sampleRate } = trial.module.shape;
  const said = loudTone(sampleRate, 1, 220, gain);
  const turned = wrapped(said, bench.pass(said).heard, trial.undisturbed().delay, sampleRate / 10);
  if (turned > 0)
    throw new CodecFault(
      `${turned} of the ${said.length} samples of a tone at full scale come back with the other sign: ` +
        "arithmetic wraps around, limit it to -32768 and 32767",
    );
}

export function speech(trial: Trial): string {
  const { said, heard, frames, snrDb, levelDb, gainDb, offset, delayMs, delay } = trial.undisturbed();
  const { sampleRate } = trial.module.shape;
  const octets = frames.reduce((sum, frame) => sum + frame.length, 0);
  const found = `SNR ${snrDb} dB, level ${levelDb} dB, delay ${delayMs} ms, ${round((octets * 8) / SECONDS / 1000)} kbit/s`;
  if (snrDb < LEAST_SNR_DB)
    throw new CodecFault(`${found}: the least SNR is ${LEAST_SNR_DB} dB; ${likelyMistake(said, heard, sampleRate)}`);
  if (Math.abs(levelDb) > MOST_LEVEL_DB)
    throw new CodecFault(`${found}: it is to be as loud, within ${MOST_LEVEL_DB} dB`);
  if (gainDb > MOST_GAIN_DB)
    throw new CodecFault(`${found}: what was said comes back ${gainDb} dB louder, the most is ${MOST_GAIN_DB} dB`);
  if (Math.abs(offset) > MOST_OFFSET)
    throw new CodecFault(`${found}: its mean is moved by ${offset}, the most is ${MOST_OFFSET} (DC offset)`);
  const place = worstPlace(said, heard, delay, trial.bench().instance.samples);
  if (place !== null) throw new CodecFault(`${found}: sample ${place} of every frame is wrong, counted from 0`);
  return found;
}

/** A receiver takes a packet of several frames apart by their length. */
export function frameLengths(trial: Trial): string {
  const { shape } = trial.module;
  const loudest = trial.bench().pass(fullScale(shape.sampleRate, 2)).frames;
  const lengths = [...trial.undisturbed().frames, ...loudest].map(({ length }) => length);
  const [least, most] = [Math.min(...lengths), Math.max(...lengths)];
  if (least === most && most < shape.frameOctets)
    throw new CodecFault(
      `every frame has ${most} octets, codec_frame_octets tells ${shape.frameOctets}: tell ${most}, or no packet of several frames is understood`,
    );
  return least === most ? `each has ${most} octets` : `${least} to ${most} octets of ${shape.frameOctets}`;
}

export function loss(trial: Trial): string {
  const { sampleRate } = trial.module.shape;
  const { said, delay, heard: whole } = trial.undisturbed();
  const bench = trial.bench();
  bench.lose();
  const { heard } = bench.pass(said, (frame) => frame % LOSE_EVERY === LOSE_EVERY - 1);
  const { snrDb, levelDb } = compare(said, heard, sampleRate, delay);
  const again = trial.recovered(bench, "losses");
  const most = 2 * peakOf(whole) + MOST_HUM;
  for (let n = 0; n < LONG_LOSS; n++)
    if (peakOf(bench.lose()) > most)
      throw new CodecFault(`of ${LONG_LOSS} frames lost in a row number ${n + 1} is louder than all that was said`);
  return `every ${LOSE_EVERY}th frame lost: SNR ${snrDb} dB, level ${levelDb} dB, ${again} dB afterwards`;
}

function peakOf(samples: Int16Array): number {
  return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}
