/** Where a frame left out or put in is heard least. */
import { INPUT_CODED, INPUT_KIND, INPUT_LINEAR, INPUT_POWER } from "../endpoint-words.ts";
import { decodeStateless, isStateful, samplesOf } from "../format.ts";
import { SCRATCH_LINEAR } from "../layout.ts";
import { meanSquare } from "../meter/level.ts";
import { DEPTH_LOUDEST } from "./depth-words.ts";

/** -45 dBm0: the background of most rooms (mean square, of 2^30 at the overload point). */
const BACKGROUND: i32 = 8241;
/** 18 dB below the loudest frame seen of late it is a pause, whatever the background. */
const PAUSE_SHIFT: i32 = 6;

/**
 * Whether the next frame is a pause. Its octets say so themselves; of a codec that remembers, the frame before does, if it
 * was heard as samples: else nobody knows, and the answer is no.
 */
export function isPause(endpoint: usize, state: usize, format: i32, octets: usize): bool {
  const power = isStateful(format) ? powerBefore(endpoint) : powerOf(format, octets);
  if (power < 0) return false;
  const loudest = load<i32>(state, DEPTH_LOUDEST);
  if (power > loudest) store<i32>(state, power, DEPTH_LOUDEST);
  return power < BACKGROUND || power < loudest >> PAUSE_SHIFT;
}

function powerOf(format: i32, octets: usize): i32 {
  const samples = samplesOf(format);
  decodeStateless(format, octets, SCRATCH_LINEAR, samples);
  return meanSquare(SCRATCH_LINEAR, samples);
}

function powerBefore(endpoint: usize): i32 {
  const heard = INPUT_CODED | INPUT_LINEAR;
  return (load<i32>(endpoint, INPUT_KIND) & heard) == heard ? load<i32>(endpoint, INPUT_POWER) : -1;
}
