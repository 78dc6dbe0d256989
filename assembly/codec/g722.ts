/**
 * ITU-T G.722, sub-band ADPCM of 16 kHz sound at 64 kbit/s, one channel: bit-exact with the ITU-T Software Tool Library.
 * Eight bits each 8 kHz tick, two of the higher band and six of the lower; a decoder may be told that the lowest bit or
 * the two lowest carry something else (modes 2 and 3, 56 and 48 kbit/s).
 */
import { saturate } from "./fixed.ts";
import { adapt, nextLog, stepOf } from "./g722-predict.ts";
import { QMF_TICKS, qmfJoin, qmfSplit } from "./g722-qmf.ts";
import { BAND_STATE, G722_STATE, MODE, openState, PREDICTION, QMF, STEP_LOG } from "./g722-state.ts";
import { MODE_OCTETS, OCTETS } from "./g722-octets.ts";
import { LOW_CLASSES, LOW_LEVELS } from "./g722-tables.ts";

export { G722_STATE };

/** Working room, not state: 80 samples of the lower band, then of the higher. */
const LOW: usize = memory.data(320, 16);
const HIGH: usize = LOW + 160;

/** `state`: G722_STATE zeroed octets. */
export function g722EncodeOpen(state: usize): void {
  openState(state, 1);
}

/** `state`: G722_STATE zeroed octets. */
export function g722DecodeOpen(state: usize): void {
  openState(state, 1);
}

/** A decoder that hears 6, 5 or 4 bits of the lower band: mode 1, 2 or 3. */
export function g722DecodeOpenMode(state: usize, mode: i32): void {
  openState(state, mode);
}

/** `samples` at 16 kHz, two for each octet; `count` octets, a multiple of 80. */
export function g722Encode(state: usize, samples: usize, octets: usize, count: i32): void {
  for (let done = 0; done < count; done += QMF_TICKS) {
    qmfSplit(state + QMF, samples + (usize(done) << 2), LOW, HIGH);
    encodeLow(state, octets + usize(done));
    encodeHigh(state + BAND_STATE, octets + usize(done));
  }
}

/** `count` octets, a multiple of 80, to twice as many samples at 16 kHz. */
export function g722Decode(state: usize, octets: usize, samples: usize, count: i32): void {
  const table = OCTETS + usize(load<i32>(state + MODE) - 1) * MODE_OCTETS;
  for (let done = 0; done < count; done += QMF_TICKS) {
    decodeLow(state, octets + usize(done), table);
    decodeHigh(state + BAND_STATE, octets + usize(done), table);
    qmfJoin(state + QMF, LOW, HIGH, samples + (usize(done) << 2));
  }
}

function encodeLow(band: usize, octets: usize): void {
  let log = i32(load<i16>(band + STEP_LOG));
  let prediction = i32(load<i16>(band + PREDICTION));
  for (let n: usize = 0; n < usize(QMF_TICKS); n++) {
    const step = stepOf(log, 8);
    const error = saturate(i32(load<i16>(LOW + (n << 1))) - prediction);
    const sign = error >> 31;
    const magnitude = error ^ sign;
    const reached = magnitudesReached(step, magnitude);
    const entry = LOW_CLASSES + (usize((reached + 2) >> 2) << 2);
    store<u8>(octets + n, u8(61 - reached + (sign & (reached < 2 ? 2 : -28))));
    log = nextLog(log, i32(load<i16>(entry, 2)), 18432);
    prediction = adapt(band, (step * ((i32(load<i16>(entry)) ^ sign) - sign)) >> 15);
  }
  store<i16>(band + STEP_LOG, i16(log));
}

/** How many of the 29 decision levels the magnitude (in one's complement) reaches. */
// @ts-ignore: decorator
@inline
function magnitudesReached(step: i32, magnitude: i32): i32 {
  const pair = i32x4.splat((step & 0xffff) | (~magnitude << 16));
  const low = i8x16.narrow_i16x8_s(eightLevels(pair, 0), eightLevels(pair, 32));
  const high = i8x16.narrow_i16x8_s(eightLevels(pair, 64), eightLevels(pair, 96));
  return popcnt(i8x16.bitmask(low)) + popcnt(i8x16.bitmask(high) & 0x1fff);
}

/** Negative where the level is reached. */
// @ts-ignore: decorator
@inline
function eightLevels(pair: v128, at: usize): v128 {
  const first = i32x4.dot_i16x8_s(pair, v128.load(LOW_LEVELS + at));
  return i16x8.narrow_i32x4_s(first, i32x4.dot_i16x8_s(pair, v128.load(LOW_LEVELS + at, 16)));
}

function encodeHigh(band: usize, octets: usize): void {
  let log = i32(load<i16>(band + STEP_LOG));
  let prediction = i32(load<i16>(band + PREDICTION));
  for (let n: usize = 0; n < usize(QMF_TICKS); n++) {
    const step = stepOf(log, 10);
    const error = saturate(i32(load<i16>(HIGH + (n << 1))) - prediction);
    const sign = error >> 31;
    const large = i32((error ^ sign) >= (4512 * step) >> 15);
    const code = (sign & -2) + 3 - large;
    store<u8>(octets + n, load<u8>(octets + n) | u8(code << 6));
    log = nextLog(log, large * 1012 - 214, 22528);
    prediction = adapt(band, highDifference(step, large, sign));
  }
  store<i16>(band + STEP_LOG, i16(log));
}

/** Block INVQAH. */
// @ts-ignore: decorator
@inline
function highDifference(step: i32, large: i32, sign: i32): i32 {
  return (step * (((1616 + large * 5792) ^ sign) - sign)) >> 15;
}

function decodeLow(band: usize, octets: usize, table: usize): void {
  let log = i32(load<i16>(band + STEP_LOG));
  let prediction = i32(load<i16>(band + PREDICTION));
  for (let n: usize = 0; n < usize(QMF_TICKS); n++) {
    const entry = table + (usize(load<u8>(octets + n)) << 3);
    const step = stepOf(log, 8);
    const sample = saturate(prediction + ((step * i32(load<i16>(entry))) >> 15));
    store<i16>(LOW + (n << 1), i16(limited(sample)));
    log = nextLog(log, i32(load<i16>(entry, 4)), 18432);
    prediction = adapt(band, (step * i32(load<i16>(entry, 2))) >> 15);
  }
  store<i16>(band + STEP_LOG, i16(log));
}

function decodeHigh(band: usize, octets: usize, table: usize): void {
  let log = i32(load<i16>(band + STEP_LOG));
  let prediction = i32(load<i16>(band + PREDICTION));
  for (let n: usize = 0; n < usize(QMF_TICKS); n++) {
    const octet = usize(load<u8>(octets + n));
    const difference = (stepOf(log, 10) * i32(load<i16>(table + (octet << 3), 6))) >> 15;
    store<i16>(HIGH + (n << 1), i16(limited(saturate(prediction + difference))));
    log = nextLog(log, octet & 64 ? -214 : 798, 22528);
    prediction = adapt(band, difference);
  }
  store<i16>(band + STEP_LOG, i16(log));
}

// @ts-ignore: decorator
@inline
function limited(sample: i32): i32 {
  return max(min(sample, 16383), -16384);
}
