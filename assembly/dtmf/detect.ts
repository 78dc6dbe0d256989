/**
 * DTMF detector, ITU-T Q.24: blocks of 10 ms at 8 kHz; a block that looks like two tones is looked at closely
 * (detect-window.ts), keys are told from how long their tones last (detect-key.ts).
 */

import { takeBlock } from "./detect-block.ts";
import { stepKey } from "./detect-key.ts";
import {
  BEGAN_BEFORE,
  BLANKED,
  BLOCK,
  BLOCK_OCTETS,
  CANDIDATE,
  DTMF_DETECT_STATE,
  DTMF_DURATION,
  KEPT_BLOCKS,
  KEY,
  MODE,
  PLACE,
  SAMPLES,
  SEEN,
  TOLD,
  TOLD_LIST,
} from "./detect-state.ts";

/** Forgets everything; the mode is 0. */
export function dtmfDetectOpen(state: usize): void {
  memory.fill(state, 0, DTMF_DETECT_STATE);
  store<i32>(state, -1, KEY);
  store<i32>(state, -1, CANDIDATE);
}

/**
 * 0: only listens. 1: blanks what looks like a key in place; up to 7 ms of its beginning are heard when they fall into
 * the end of a call's samples. 2: gives back every block 10 ms late and nothing of the key is heard.
 */
export function dtmfDetectMode(state: usize, mode: i32): void {
  store<i32>(state, mode, MODE);
}

/**
 * Listens to `count` samples of 8 kHz, a multiple of 80. Returns -1, or RFC 4733's event 0-15 with 256 (the key has
 * begun) or 512 (it has ended; its ms are at DTMF_DURATION). One is told a call: two cannot fall into 20 ms but when a
 * key follows another without pause; then the second is told by the next call, be it with no samples at all.
 */
export function dtmfDetect(state: usize, samples: usize, count: i32): i32 {
  const mode = load<i32>(state, MODE);
  for (let at = 0; at + BLOCK <= count; at += BLOCK) {
    const block = samples + (usize(at) << 1);
    takeBlock(state, block);
    const blank = stepKey(state);
    if (mode == 1) blankInPlace(state, block, blank, at > 0);
    else if (mode == 2) blankLate(state, block, blank);
    store<i32>(state, blank ? 1 : 0, BLANKED);
  }
  return load<i32>(state, TOLD) > 0 ? nextTold(state) : -1;
}

function blankInPlace(state: usize, block: usize, blank: bool, hasBefore: bool): void {
  if (!blank) return;
  memory.fill(block, 0, BLOCK_OCTETS);
  if (hasBefore && load<i32>(state, BEGAN_BEFORE) != 0) memory.fill(block - BLOCK_OCTETS, 0, BLOCK_OCTETS);
}

/** In place of the block, the one before it. */
function blankLate(state: usize, block: usize, blank: bool): void {
  const heard = load<i32>(state, BLANKED) == 0 && !(blank && load<i32>(state, BEGAN_BEFORE) != 0);
  if (!heard || load<i32>(state, SEEN) < 2) {
    memory.fill(block, 0, BLOCK_OCTETS);
    return;
  }
  const place = load<i32>(state, PLACE);
  const before = place == 0 ? KEPT_BLOCKS - 1 : place - 1;
  memory.copy(block, state + SAMPLES + usize(before * BLOCK_OCTETS), BLOCK_OCTETS);
}

function nextTold(state: usize): i32 {
  const word = load<i32>(state, TOLD_LIST);
  const left = load<i32>(state, TOLD) - 1;
  store<i32>(state, load<i32>(state, TOLD_LIST + 4), DTMF_DURATION);
  store<i32>(state, left, TOLD);
  memory.copy(state + TOLD_LIST, state + TOLD_LIST + 8, usize(left) << 3);
  return word;
}
