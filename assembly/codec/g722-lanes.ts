/** ITU-T G.722, eight channels at once: see lanes.ts for the jobs, g722.ts for the state of one channel. */
import { evenOf, oddOf } from "./fixed.ts";
import {
  BAND,
  ENTRIES,
  PLANE,
  PLANES,
  TICK,
  encodeHigh,
  encodeLow,
} from "./g722-band-lanes.ts";
import { decodeHigh, decodeLow } from "./g722-decode-lanes.ts";
import { MODE_OCTETS, OCTETS } from "./g722-octets.ts";
import { ENTRY } from "./g722-predict-lanes.ts";
import { QMF_TICKS, qmfJoin, qmfSplit } from "./g722-qmf.ts";
import { BAND_STATE, COEFFICIENTS, DIFFERENCES, MODE, QMF, SIGNALS } from "./g722-state.ts";
import { JOB_FROM, JOB_STATE, JOB_TO, addressOf, gather, scatter, transpose, transposeAt } from "./lanes.ts";
import { MOST_TICKS, SCRATCH } from "./scratch.ts";

/** One band of one channel while it is split or joined, octets; eight of them, and the other band. */
const ROW: usize = usize(MOST_TICKS) << 1;
const ROWS: usize = SCRATCH;
const SPARE: usize = memory.data(128, 16);
/** The entry of the first tick: six older ones before it. */
const FIRST: usize = ENTRIES + 6 * ENTRY;

/** `count` octets of each channel, a multiple of 80. */
export function g722EncodeLanes(jobs: usize, lanes: i32, count: i32): void {
  for (let done = 0; done < count; done += MOST_TICKS) {
    const ticks = usize(min(MOST_TICKS, count - done));
    for (let lane = 0; lane < lanes; lane++) split(jobs, lanes, lane, usize(done), ticks);
    toPlane(ROWS, PLANES, ticks);
    toPlane(ROWS + PLANE, PLANES + PLANE, ticks);
    bandIn(jobs, lanes, 0);
    encodeLow(PLANES, ticks);
    bandOut(jobs, lanes, 0, ticks);
    bandIn(jobs, lanes, BAND_STATE);
    encodeHigh(PLANES + PLANE, PLANES, ticks);
    bandOut(jobs, lanes, BAND_STATE, ticks);
    toRows(PLANES, ROWS, ticks);
    for (let lane = 0; lane < lanes; lane++)
      narrow(ROWS + ROW * usize(lane), addressOf(jobs, lanes, lane, JOB_TO) + usize(done), ticks);
  }
}

/** `count` octets of each channel, a multiple of 80. */
export function g722DecodeLanes(jobs: usize, lanes: i32, count: i32): void {
  for (let done = 0; done < count; done += MOST_TICKS) {
    const ticks = usize(min(MOST_TICKS, count - done));
    for (let lane = 0; lane < 8; lane++) {
      const mode = load<i32>(addressOf(jobs, lanes, lane, JOB_STATE) + MODE);
      const octets = addressOf(jobs, lanes, lane, JOB_FROM) + usize(done);
      levelsOf(octets, OCTETS + usize(mode - 1) * MODE_OCTETS, PLANES + (usize(lane) << 3), ticks);
    }
    bandIn(jobs, lanes, 0);
    decodeLow(ticks);
    bandOut(jobs, lanes, 0, ticks);
    bandIn(jobs, lanes, BAND_STATE, 1);
    decodeHigh(ticks);
    bandOut(jobs, lanes, BAND_STATE, ticks, 1);
    ticksToRows(PLANES + 16, ROWS, ticks);
    ticksToRows(PLANES + 32, ROWS + PLANE, ticks);
    for (let lane = 0; lane < lanes; lane++) join(jobs, lanes, lane, usize(done), ticks);
  }
}

function split(jobs: usize, lanes: i32, lane: i32, done: usize, ticks: usize): void {
  const samples = addressOf(jobs, lanes, lane, JOB_FROM) + (done << 2);
  const state = addressOf(jobs, lanes, lane, JOB_STATE) + QMF;
  const row = ROWS + ROW * usize(lane);
  for (let n: usize = 0; n < ticks; n += usize(QMF_TICKS))
    qmfSplit(state, samples + (n << 2), row + (n << 1), row + PLANE + (n << 1));
}

function join(jobs: usize, lanes: i32, lane: i32, done: usize, ticks: usize): void {
  const samples = addressOf(jobs, lanes, lane, JOB_TO) + (done << 2);
  const state = addressOf(jobs, lanes, lane, JOB_STATE) + QMF;
  const row = ROWS + ROW * usize(lane);
  for (let n: usize = 0; n < ticks; n += usize(QMF_TICKS))
    qmfJoin(state, row + (n << 1), row + PLANE + (n << 1), samples + (n << 2));
}

/** The entries of one channel's octets, one a tick; eight a turn. */
function levelsOf(octets: usize, table: usize, to: usize, ticks: usize): void {
  for (const end = octets + ticks; octets < end; octets += 8) {
    store<u64>(to, load<u64>(table + (usize(load<u8>(octets)) << 3)));
    store<u64>(to, load<u64>(table + (usize(load<u8>(octets, 1)) << 3)), TICK);
    store<u64>(to, load<u64>(table + (usize(load<u8>(octets, 2)) << 3)), 2 * TICK);
    store<u64>(to, load<u64>(table + (usize(load<u8>(octets, 3)) << 3)), 3 * TICK);
    store<u64>(to, load<u64>(table + (usize(load<u8>(octets, 4)) << 3)), 4 * TICK);
    store<u64>(to, load<u64>(table + (usize(load<u8>(octets, 5)) << 3)), 5 * TICK);
    store<u64>(to, load<u64>(table + (usize(load<u8>(octets, 6)) << 3)), 6 * TICK);
    store<u64>(to, load<u64>(table + (usize(load<u8>(octets, 7)) << 3)), 7 * TICK);
    to += 8 * TICK;
  }
}

/** A band's state of every channel to vectors; the difference signals become entries, times 2 to `scale`. */
function bandIn(jobs: usize, lanes: i32, band: usize, scale: i32 = 0): void {
  gather(jobs, lanes, JOB_STATE, band + COEFFICIENTS, BAND);
  gather(jobs, lanes, JOB_STATE, band + SIGNALS, BAND + 128);
  gather(jobs, lanes, JOB_STATE, band + DIFFERENCES, SPARE);
  for (let n: usize = 0; n < 6; n++) {
    const doubled = i16x8.shl(v128.load(SPARE + (n << 4)), scale);
    const entry = FIRST - (n + 1) * ENTRY;
    v128.store(entry, evenOf(doubled));
    v128.store(entry, oddOf(doubled), 16);
    v128.store(entry, i16x8.shr_s(doubled, 15), 32);
  }
}

function bandOut(jobs: usize, lanes: i32, band: usize, ticks: usize, scale: i32 = 0): void {
  scatter(BAND, jobs, lanes, JOB_STATE, band + COEFFICIENTS, SPARE);
  scatter(BAND + 128, jobs, lanes, JOB_STATE, band + SIGNALS, SPARE);
  for (let n: usize = 0; n < 6; n++) {
    const entry = FIRST + (ticks - n - 1) * ENTRY;
    v128.store(BAND + (n << 4), i16x8.shr_s(v128.or(v128.load(entry), v128.load(entry, 16)), scale));
  }
  v128.store(BAND + 96, i16x8.splat(0));
  v128.store(BAND + 112, i16x8.splat(0));
  scatter(BAND, jobs, lanes, JOB_STATE, band + DIFFERENCES, SPARE);
}

/** Eight rows, one for each channel, to vectors, one for each tick. */
function toPlane(rows: usize, plane: usize, ticks: usize): void {
  for (let n: usize = 0; n < ticks << 1; n += 16) transposeAt(rows + n, ROW, plane + (n << 3), 16);
}

function toRows(plane: usize, rows: usize, ticks: usize): void {
  for (let n: usize = 0; n < ticks << 1; n += 16) transposeAt(plane + (n << 3), 16, rows + n, ROW);
}

/** One vector of each tick of a decoder. */
function ticksToRows(plane: usize, rows: usize, ticks: usize): void {
  for (const end = rows + (ticks << 1); rows < end; rows += 16) {
    const r0 = v128.load(plane);
    const r1 = v128.load(plane, TICK);
    const r2 = v128.load(plane, 2 * TICK);
    const r3 = v128.load(plane, 3 * TICK);
    const r4 = v128.load(plane, 4 * TICK);
    const r5 = v128.load(plane, 5 * TICK);
    const r6 = v128.load(plane, 6 * TICK);
    const r7 = v128.load(plane, 7 * TICK);
    transpose(r0, r1, r2, r3, r4, r5, r6, r7, rows, ROW);
    plane += 8 * TICK;
  }
}

/** A row of words to octets. */
function narrow(row: usize, octets: usize, ticks: usize): void {
  for (let n: usize = 0; n < ticks; n += 16) {
    const at = row + (n << 1);
    v128.store(octets + n, i8x16.narrow_i16x8_u(v128.load(at), v128.load(at, 16)));
  }
}
