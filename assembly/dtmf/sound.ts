/** Keys as sound: two sines (ITU-T Q.23), the high one 2 dB louder to make up for the line. */
import { DIGIT_DURATION, DIGIT_ELAPSED, DIGIT_EVENT, DIGIT_PHASES, DIGIT_STATE } from "../endpoint-words.ts";
import { frameSamples } from "../frame-time.ts";
import { SCRATCH_LINEAR } from "../layout.ts";
import { writePair } from "../tone/pair.ts";
import { digitState, IDLE } from "./queue.ts";

/** Peaks of -10 and -8 dBm0 when full scale is +3.14 dBm0. */
const LOW_AMPLITUDE: i32 = 7218;
const HIGH_AMPLITUDE: i32 = 9087;
/** 0 ... 15 dB softer, of 32768. */
const SOFTER: usize = memory.data<u16>([
  32768, 29205, 26029, 23198, 20675, 18427, 16423, 14637, 13045, 11627, 10362, 9235, 8231, 7336, 6538, 5827,
]);
/** 60 ms between two keys. */
const PAUSE_SAMPLES: i32 = 480;

/** The next frame of the key being sounded, or of the pause after it, into the scratch; false when there is none. */
export function digitFrame(endpoint: usize): bool {
  if (digitState(endpoint) == IDLE) return false;
  memory.fill(SCRATCH_LINEAR, 0, frameSamples * 2);
  const elapsed = load<i32>(endpoint, DIGIT_ELAPSED);
  const duration = load<i32>(endpoint, DIGIT_DURATION);
  if (elapsed == 0) store<u64>(endpoint, 0, DIGIT_PHASES);
  const run = min<i32>(frameSamples, duration - elapsed);
  if (run > 0) addKey(endpoint, run);
  store<i32>(endpoint, elapsed + frameSamples, DIGIT_ELAPSED);
  if (elapsed + frameSamples >= duration + PAUSE_SAMPLES) store<i32>(endpoint, IDLE, DIGIT_STATE);
  return true;
}

/** The key of DIGIT_EVENT: its event in the low octet, above it how many dB softer than usual it sounds. */
function addKey(endpoint: usize, count: i32): void {
  const word = load<i32>(endpoint, DIGIT_EVENT);
  const event = word & 0xff;
  const softer = i32(load<u16>(SOFTER + (usize((word >> 8) & 15) << 1)));
  const lowPeak = (LOW_AMPLITUDE * softer + 0x4000) >> 15;
  const highPeak = (HIGH_AMPLITUDE * softer + 0x4000) >> 15;
  const phases = endpoint + DIGIT_PHASES;
  writePair(SCRATCH_LINEAR, count, phases, turn(lowHz(event)), lowPeak, turn(highHz(event)), highPeak);
}

/** Phase per sample. */
function turn(hertz: i32): u32 {
  return u32((f64(hertz) * 4294967296) / 8000);
}

// RFC 4733: 0-9 are the digits, 10 = *, 11 = #, 12-15 = A-D.
//   1 2 3 A   697
//   4 5 6 B   770
//   7 8 9 C   852
//   * 0 # D   941
function lowHz(event: i32): i32 {
  if (event == 0 || event == 10 || event == 11 || event == 15) return 941;
  const row = event >= 12 ? event - 12 : (event - 1) / 3;
  return row == 0 ? 697 : row == 1 ? 770 : 852;
}

function highHz(event: i32): i32 {
  if (event >= 12) return 1633;
  if (event == 10) return 1209;
  if (event == 0) return 1336;
  if (event == 11) return 1477;
  const column = (event - 1) % 3;
  return column == 0 ? 1209 : column == 1 ? 1336 : 1477;
}
