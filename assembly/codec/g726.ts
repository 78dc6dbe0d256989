/**
 * ITU-T G.726 at 32 kbit/s, one channel. Bit-exact with the ITU-T test sequences with the log-PCM interface, and with
 * linear samples of 16 bits as Annex A has it: their upper 14 bits are coded.
 *
 * Octets carry two codes, the first in the low nibble (RFC 3551 §4.5.4); for the other order see pack.ts.
 */
import { clampTo } from "./fixed.ts";
import { mantissaOf, roundingOf, signOf, signalExponentOf, weigh } from "./g726-float.ts";
import { LAW_LINEAR, compress, expand, synchronize } from "./g726-law.ts";
import { AP, CODES, CODE_ZERO, COEFFICIENTS, DML, DMS, G726_STATE, PK1, PK2, TD, YL, YU, openState } from "./g726-state.ts";
import { CLASSES, LEVELS } from "./g726-tables.ts";

export { G726_STATE };

/** `state`: G726_STATE zeroed octets. */
export function g726EncodeOpen(state: usize): void {
  openState(state);
}

/** `state`: G726_STATE zeroed octets. */
export function g726DecodeOpen(state: usize): void {
  openState(state);
}

/** `count` samples of 16 bits at 8 kHz, even, to half as many octets. */
export function g726Encode(state: usize, samples: usize, octets: usize, count: i32): void {
  for (let n: usize = 0; n < usize(count); n += 2) {
    const first = encodeOne(state, i32(load<i16>(samples + (n << 1))) >> 2);
    const second = encodeOne(state, i32(load<i16>(samples + (n << 1), 2)) >> 2);
    store<u8>(octets + (n >> 1), u8(first | (second << 4)));
  }
}

/** Half as many octets as `count`, to `count` samples of 16 bits at 8 kHz. */
export function g726Decode(state: usize, octets: usize, samples: usize, count: i32): void {
  for (let n: usize = 0; n < usize(count); n += 2) {
    const codes = i32(load<u8>(octets + (n >> 1)));
    store<i16>(samples + (n << 1), i16(decodeOne(state, codes & 15, LAW_LINEAR)));
    store<i16>(samples + (n << 1), i16(decodeOne(state, codes >> 4, LAW_LINEAR)), 2);
  }
}

/** G.711 octets of a law (LAW_MU or LAW_A) to codes, one octet each. */
export function g726EncodeLaw(state: usize, pcm: usize, codes: usize, count: i32, law: i32): void {
  for (let n: usize = 0; n < usize(count); n++)
    store<u8>(codes + n, u8(encodeOne(state, expand(i32(load<u8>(pcm + n)), law))));
}

/** Codes, one octet each, to G.711 octets of a law, with the synchronous coding adjustment. */
export function g726DecodeLaw(state: usize, codes: usize, pcm: usize, count: i32, law: i32): void {
  for (let n: usize = 0; n < usize(count); n++)
    store<u8>(pcm + n, u8(decodeOne(state, i32(load<u8>(codes + n)) & 15, law)));
}

function encodeOne(state: usize, sample: i32): i32 {
  const products = weightedSignals(state);
  const zeros = zeroSum(products);
  const estimate = signalEstimate(products, zeros);
  const step = stepOf(state);
  const code = quantize(sample - estimate, step);
  adapt(state, code, step, estimate, zeros >> 1);
  return code;
}

/** A sample of 16 bits, or an octet of the law. */
function decodeOne(state: usize, code: i32, law: i32): i32 {
  const products = weightedSignals(state);
  const zeros = zeroSum(products);
  const estimate = signalEstimate(products, zeros);
  const step = stepOf(state);
  const signal = adapt(state, code, step, estimate, zeros >> 1);
  // Annex A, block LIMO.
  if (law == LAW_LINEAR) return clampTo(signal, -8192, 8191) << 2;
  const octet = compress(signal, law);
  return synchronize(octet, code, quantize(expand(octet, law) - estimate, step), law);
}

/** Blocks FMULT: the signals weighted, b1 … b6, a1, a2. */
// @ts-ignore: decorator
@inline
function weightedSignals(state: usize): v128 {
  const codes = v128.load(state + CODES);
  const unsigned = v128.and(codes, i16x8.splat(0x7fff));
  const mantissa = mantissaOf(unsigned);
  const sign = signOf(i16x8.shr_s(codes, 15));
  return weigh(v128.load(state + COEFFICIENTS), mantissa, roundingOf(mantissa), signalExponentOf(unsigned), sign);
}

/** Block ACCUM: SEZI, the six zeros' share. */
// @ts-ignore: decorator
@inline
function zeroSum(products: v128): i32 {
  const sums = i32x4.dot_i16x8_s(products, i16x8.splat(1));
  return (
    ((i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2)) << 16) >> 16
  );
}

/** Block ACCUM: SE. */
// @ts-ignore: decorator
@inline
function signalEstimate(products: v128, zeros: i32): i32 {
  const poles = i32(i16x8.extract_lane_s(products, 6)) + i32(i16x8.extract_lane_s(products, 7));
  return ((zeros + poles) << 16) >> 17;
}

/** Blocks LIMA and MIX: Y, between the locked and the unlocked scale factor. */
// @ts-ignore: decorator
@inline
function stepOf(state: usize): i32 {
  const speed = min(i32(load<i16>(state + AP)) >> 2, 64);
  const locked = load<i32>(state + YL) >> 6;
  const difference = i32(load<i16>(state + YU)) - locked;
  const part = (abs(difference) * speed) >> 6;
  return locked + (difference < 0 ? -part : part);
}

/** Blocks LOG, SUBTB and QUAN. */
// @ts-ignore: decorator
@inline
function quantize(difference: i32, step: i32): i32 {
  const magnitude = abs(difference);
  const exponent = 31 - clz(magnitude | 1);
  const log = (exponent << 7) + (((magnitude << 7) >> exponent) & 127) * i32(magnitude != 0) - (step >> 2);
  const reached = popcnt(i16x8.bitmask(i16x8.gt_s(i16x8.splat(i16(log)), v128.load(LEVELS))));
  return reached == 0 || difference < 0 ? 15 - reached : reached;
}

/** Everything after the code word: the adaptation of the next sample. The reconstructed signal. */
// @ts-ignore: decorator
@inline
function adapt(state: usize, code: i32, step: i32, estimate: i32, zeros: i32): i32 {
  const sign = -(code >> 3);
  const entry = CLASSES + (usize((code ^ sign) & 7) << 3);
  const log = i32(load<i16>(entry)) + (step >> 2);
  const magnitude = log < 0 ? 0 : (((log & 127) + 128) << 7) >> (14 - (log >> 7));
  const difference = (magnitude ^ sign) - sign;
  const signal = estimate + difference;
  const transition = transitionOf(state, magnitude);
  const tone = adaptPredictor(state, magnitude, sign, zeros + difference);
  adaptScale(state, step, i32(load<i16>(entry, 2)));
  adaptSpeed(state, i32(load<i16>(entry, 4)), step, tone);
  pushCodes(state, codeOf(magnitude) | (sign & 0x8000), codeOf(abs(signal) & 0x7fff) | (signal & 0x8000));
  if (transition) trigger(state);
  return signal;
}

/** Blocks FLOATA and FLOATB. */
// @ts-ignore: decorator
@inline
function codeOf(magnitude: i32): i32 {
  const length = 32 - clz(magnitude);
  return magnitude == 0 ? CODE_ZERO : ((126 + length) << 5) | (((magnitude << 6) >> length) & 31);
}

// @ts-ignore: decorator
@inline
function pushCodes(state: usize, difference: i32, signal: i32): void {
  const older = v128.load(state + CODES);
  const newest = i16x8.replace_lane(i16x8.splat(i16(difference)), 6, i16(signal));
  v128.store(state + CODES, v128.shuffle<u16>(older, newest, 8, 0, 1, 2, 3, 4, 14, 6));
}

/**
 * Blocks ADDC, UPA1, UPA2, LIMC, LIMD and TONE, and UPB for the codes before. `partial`: DQSEZ. Whether it sounds like a
 * partial-band signal.
 */
// @ts-ignore: decorator
@inline
function adaptPredictor(state: usize, magnitude: i32, sign: i32, partial: i32): bool {
  const partialSign = partial >> 31;
  const sign1 = i32(load<i16>(state + PK1));
  const differs1 = partialSign ^ sign1;
  const differs2 = partialSign ^ i32(load<i16>(state + PK2));
  const moves = partial != 0 ? -1 : 0;
  const a1 = i32(load<i16>(state + COEFFICIENTS, 12));
  const a2 = i32(load<i16>(state + COEFFICIENTS, 14));
  const bounded = clampTo(a1, -8191, 8191);
  const turned = (bounded ^ ~differs1) - ~differs1;
  const gain = ((turned >> 5) + 128 - (differs2 & 256)) & moves;
  const second = clampTo(a2 - (a2 >> 7) + gain, -12288, 12288);
  const most = 15360 - second;
  const first = clampTo(a1 - (a1 >> 8) + ((192 - (differs1 & 384)) & moves), -most, most);
  // At once, for a vector read after a narrower write has to wait for memory.
  const poles = i32x4.splat((first & 0xffff) | (second << 16));
  const row = v128.shuffle<u16>(nextZeros(state, magnitude, sign), poles, 0, 1, 2, 3, 4, 5, 8, 9);
  v128.store(state + COEFFICIENTS, row);
  store<i16>(state + PK2, i16(sign1));
  store<i16>(state + PK1, i16(partialSign));
  return second < -11776;
}

/** Block UPB, in lanes 0 to 5. */
// @ts-ignore: decorator
@inline
function nextZeros(state: usize, magnitude: i32, sign: i32): v128 {
  const before = v128.load(state + COEFFICIENTS);
  const differs = v128.xor(i16x8.shr_s(v128.load(state + CODES), 15), i16x8.splat(i16(sign)));
  const growth = i16x8.splat(magnitude == 0 ? 0 : 128);
  const change = i16x8.sub(i16x8.sub(v128.xor(growth, differs), differs), i16x8.shr_s(before, 8));
  return i16x8.add(before, change);
}

/** Blocks FILTD, LIMB and FILTE. `weight`: W of the code word. */
// @ts-ignore: decorator
@inline
function adaptScale(state: usize, step: i32, weight: i32): void {
  const unlocked = clampTo(step + weight + (-step >> 5), 544, 5120);
  const locked = load<i32>(state + YL);
  store<i16>(state + YU, i16(unlocked));
  store<i32>(state + YL, locked + unlocked + (-locked >> 6));
}

/** Blocks FILTA, FILTB, SUBTC and FILTC. `rate`: F of the code word, times 512. */
// @ts-ignore: decorator
@inline
function adaptSpeed(state: usize, rate: i32, step: i32, tone: bool): void {
  let short = i32(load<i16>(state + DMS));
  let long = i32(load<i16>(state + DML));
  short += (rate - short) >> 5;
  long += ((rate << 2) - long) >> 7;
  const steady = step >= 1536 && !tone && abs((short << 2) - long) < long >> 3;
  const speed = i32(load<i16>(state + AP));
  store<i16>(state + DMS, i16(short));
  store<i16>(state + DML, i16(long));
  store<i16>(state + AP, i16(speed + (((steady ? 0 : 512) - speed) >> 4)));
  store<i16>(state + TD, i16(tone ? -1 : 0));
}

/** Block TRANS: a jump in a partial-band signal. */
// @ts-ignore: decorator
@inline
function transitionOf(state: usize, magnitude: i32): bool {
  if (load<i16>(state + TD) == 0) return false;
  const log = load<i32>(state + YL) >> 10;
  const threshold = log >> 5 > 9 ? 31 << 10 : (32 + (log & 31)) << (log >> 5);
  return magnitude > (threshold + (threshold >> 1)) >> 1;
}

/** Block TRIGB. */
function trigger(state: usize): void {
  v128.store(state + COEFFICIENTS, i16x8.splat(0));
  store<i16>(state + TD, 0);
  store<i16>(state + AP, 256);
}
