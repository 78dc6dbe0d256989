/**
 * From blocks to keys: a key begins when its tones were seen whole and have lasted 31 ms (ITU-T Q.24: 40 ms are a key, 23
 * are none), and ends when 22 ms of it are missing in a row (an interruption of 10 ms is none, a pause of 40 ms is one).
 *
 * A block's share of a key is the amplitude of its weaker tone, of that tone's amplitude when it is wholly there: a block
 * that is half sound and half silence counts as 5 ms.
 */
import {
  BEGAN_BEFORE,
  CANDIDATE,
  CANDIDATE_HIGH,
  CANDIDATE_LOW,
  CANDIDATE_ON,
  ENERGIES,
  KEPT_BLOCKS,
  KEPT_ROWS,
  KEY,
  KEY_AWAY,
  KEY_GAP,
  KEY_HIGH,
  KEY_LOW,
  KEY_ON,
  POWERS,
  POWERS_STRIDE,
  ROW,
  SEEN,
  TOLD,
  TOLD_LIST,
  TOLD_MAX,
} from "./detect-state.ts";
import { EVENTS } from "./detect-tables.ts";
import { isWholly } from "./detect-window.ts";

/** Samples of a block. */
const WIDTH: f32 = 80;
/** 31 and 22 ms in samples. */
const BEGINS: f32 = 248;
const ENDS: f32 = 176;
/** A block of this share has the key whole, one of less has but a part of it. */
const WHOLE: f32 = 0.8;
const PART: f32 = 0.5;
/** What a trace of a key has that is worth blanking. */
const TRACE: f32 = 0.05;
/** Share of the two tones in a block's energy: to be looked at closely, and to be blanked before that. */
const LOOK: f32 = 0.5;
const BLANK: f32 = 0.74;
/** -38 dBm0 */
const LEAST_POWER: f32 = 41200;

/** Steps on by the newest block; true when the block is to be blanked. */
export function stepKey(state: usize): bool {
  store<i32>(state, 0, BEGAN_BEFORE);
  const row = rowAt(state, 0);
  const seen = strongest(state, row);
  let blank: bool = false;
  if (load<i32>(state, KEY) >= 0) blank = follow(state, row, seen & 0xff);
  return stepCandidate(state, row, seen) || blank;
}

/** The strongest pair of tones as row * 4 + column, with bit 8 set when it may be blanked; -1 when there is none. */
function strongest(state: usize, row: usize): i32 {
  const low = greatest(row);
  const high = greatest(row + 16);
  const lowPower = load<f32>(row + (usize(low) << 2));
  const highPower = load<f32>(row + (usize(high) << 2), 16);
  const explained = (lowPower + highPower) * WIDTH;
  const energy = load<f32>(state + (usize(load<i32>(state, ROW)) << 2), ENERGIES);
  if (explained < energy * LOOK || lowPower < LEAST_POWER || highPower < LEAST_POWER) return -1;
  if (highPower < lowPower * 0.06 || highPower > lowPower * 6) return -1;
  const blank = explained > energy * BLANK ? 0x100 : 0;
  return (low << 2) | high | blank;
}

function greatest(powers: usize): i32 {
  const a = load<f32>(powers);
  const b = load<f32>(powers, 4);
  const c = load<f32>(powers, 8);
  const d = load<f32>(powers, 12);
  const front = b > a ? 1 : 0;
  const back = d > c ? 3 : 2;
  return max<f32>(c, d) > max<f32>(a, b) ? back : front;
}

/** Powers of the block `ago` blocks before the newest. */
function rowAt(state: usize, ago: i32): usize {
  return state + POWERS + usize(((load<i32>(state, ROW) - ago) & (KEPT_ROWS - 1)) * POWERS_STRIDE);
}

/** The block's share of a key, 0 … 1. */
function share(row: usize, key: i32, low: f32, high: f32): f32 {
  const a = load<f32>(row + (usize(key >> 2) << 2)) / low;
  const b = load<f32>(row + (usize(key & 3) << 2), 16) / high;
  return sqrt<f32>(min<f32>(1, min<f32>(a, b)));
}

/** The key that is down; true when the block holds some of it. */
function follow(state: usize, row: usize, seen: i32): bool {
  const key = load<i32>(state, KEY);
  const low = load<f32>(state, KEY_LOW);
  const high = load<f32>(state, KEY_HIGH);
  const part = share(row, key, low, high);
  if (seen == key) {
    // The level may change under way: an echo canceller, a compressor.
    store<f32>(state, (low + load<f32>(row + (usize(key >> 2) << 2))) * 0.5, KEY_LOW);
    store<f32>(state, (high + load<f32>(row + (usize(key & 3) << 2), 16)) * 0.5, KEY_HIGH);
  }
  if (part >= WHOLE) {
    store<f32>(state, load<f32>(state, KEY_ON) + load<f32>(state, KEY_GAP) + WIDTH, KEY_ON);
    forgetGap(state);
    return true;
  }
  const away = load<f32>(state, KEY_AWAY) + (1 - part) * WIDTH;
  const gap = load<f32>(state, KEY_GAP) + WIDTH;
  store<f32>(state, away, KEY_AWAY);
  store<f32>(state, gap, KEY_GAP);
  if (away >= ENDS) {
    tell(state, key, 512, load<f32>(state, KEY_ON) + (gap - away));
    store<i32>(state, -1, KEY);
  }
  return part > TRACE;
}

function forgetGap(state: usize): void {
  store<f32>(state, 0, KEY_AWAY);
  store<f32>(state, 0, KEY_GAP);
}

/** A key that may begin; true when the block looks like one. */
function stepCandidate(state: usize, row: usize, seen: i32): bool {
  const key = seen < 0 ? -1 : seen & 0xff;
  if (key >= 0 && key == load<i32>(state, KEY)) {
    store<i32>(state, -1, CANDIDATE);
    return true;
  }
  let candidate = load<i32>(state, CANDIDATE);
  if (candidate >= 0) {
    const part = share(row, candidate, load<f32>(state, CANDIDATE_LOW), load<f32>(state, CANDIDATE_HIGH));
    store<f32>(state, load<f32>(state, CANDIDATE_ON) + part * WIDTH, CANDIDATE_ON);
    begin(state);
    if (part >= PART) return true;
    store<i32>(state, -1, CANDIDATE);
    if (part > TRACE && key < 0) return true;
  }
  candidate = key;
  if (candidate < 0) return false;
  if (load<i32>(state, SEEN) == KEPT_BLOCKS && isWholly(state, candidate >> 2, 4 + (candidate & 3))) {
    propose(state, row, candidate);
    begin(state);
    return true;
  }
  if (seen < 0x100) return false;
  const before = share(
    rowAt(state, 1),
    key,
    load<f32>(row + (usize(key >> 2) << 2)),
    load<f32>(row + (usize(key & 3) << 2), 16),
  );
  store<i32>(state, before > TRACE ? 1 : 0, BEGAN_BEFORE);
  return true;
}

/** Seen whole: its powers, and how long it has been there. */
function propose(state: usize, row: usize, key: i32): void {
  const before = rowAt(state, 1);
  const lowAt = usize(key >> 2) << 2;
  const highAt = (usize(key & 3) << 2) + 16;
  const low = max<f32>(load<f32>(row + lowAt), load<f32>(before + lowAt));
  const high = max<f32>(load<f32>(row + highAt), load<f32>(before + highAt));
  let on: f32 = 0;
  for (let ago = 0; ago < KEPT_ROWS; ago++) {
    const part = share(rowAt(state, ago), key, low, high);
    on += part * WIDTH;
    if (part < PART) break;
  }
  store<i32>(state, key, CANDIDATE);
  store<f32>(state, low, CANDIDATE_LOW);
  store<f32>(state, high, CANDIDATE_HIGH);
  store<f32>(state, on, CANDIDATE_ON);
}

/** The candidate is a key once it lasted long enough and the key before has ended. */
function begin(state: usize): void {
  const on = load<f32>(state, CANDIDATE_ON);
  if (on < BEGINS || load<i32>(state, KEY) >= 0) return;
  const key = load<i32>(state, CANDIDATE);
  tell(state, key, 256, on);
  store<i32>(state, key, KEY);
  store<f32>(state, load<f32>(state, CANDIDATE_LOW), KEY_LOW);
  store<f32>(state, load<f32>(state, CANDIDATE_HIGH), KEY_HIGH);
  store<f32>(state, on, KEY_ON);
  forgetGap(state);
  store<i32>(state, -1, CANDIDATE);
}

function tell(state: usize, key: i32, what: i32, samples: f32): void {
  const told = load<i32>(state, TOLD);
  if (told >= TOLD_MAX) return;
  const at = state + TOLD_LIST + (usize(told) << 3);
  store<i32>(at, i32(load<u8>(EVENTS + usize(key))) | what);
  store<i32>(at, i32(samples * 0.125 + 0.5), 4);
  store<i32>(state, told + 1, TOLD);
}
