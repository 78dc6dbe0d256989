/**
 * Eight channels side by side: lane n of a vector belongs to channel n. A list of jobs is `lanes` (1 to 8) times three
 * words: state, from, to. Lanes beyond the last job repeat it and are not written back.
 */
export const JOB_STATE: usize = 0;
export const JOB_FROM: usize = 4;
export const JOB_TO: usize = 8;
const JOB_SIZE: usize = 12;

/** The address in one word of a lane's job. */
// @ts-ignore: decorator
@inline
export function addressOf(jobs: usize, lanes: i32, lane: i32, word: usize): usize {
  return usize(load<u32>(jobs + usize(min(lane, lanes - 1)) * JOB_SIZE + word));
}

// @ts-ignore: decorator
@inline
function row(jobs: usize, lanes: i32, lane: i32, word: usize, offset: usize): v128 {
  return v128.load(addressOf(jobs, lanes, lane, word) + offset);
}

/** Eight words of 16 bits of every channel become eight vectors at `to`, one for each word. */
export function gather(jobs: usize, lanes: i32, word: usize, offset: usize, to: usize): void {
  transpose(
    row(jobs, lanes, 0, word, offset),
    row(jobs, lanes, 1, word, offset),
    row(jobs, lanes, 2, word, offset),
    row(jobs, lanes, 3, word, offset),
    row(jobs, lanes, 4, word, offset),
    row(jobs, lanes, 5, word, offset),
    row(jobs, lanes, 6, word, offset),
    row(jobs, lanes, 7, word, offset),
    to,
    16,
  );
}

/** Eight vectors at `from` become eight words of 16 bits of every channel; `spare` holds 128 octets meanwhile. */
export function scatter(from: usize, jobs: usize, lanes: i32, word: usize, offset: usize, spare: usize): void {
  transposeAt(from, 16, spare, 16);
  for (let lane = 0; lane < lanes; lane++)
    v128.store(addressOf(jobs, lanes, lane, word) + offset, v128.load(spare + (usize(lane) << 4)));
}

/** Eight rows of eight words of 16 bits, turned; `stride`: octets from one row to the next. */
export function transposeAt(from: usize, stride: usize, to: usize, toStride: usize): void {
  const fourth = from + (stride << 2);
  transpose(
    v128.load(from),
    v128.load(from + stride),
    v128.load(from + stride * 2),
    v128.load(from + stride * 3),
    v128.load(fourth),
    v128.load(fourth + stride),
    v128.load(fourth + stride * 2),
    v128.load(fourth + stride * 3),
    to,
    toStride,
  );
}

/** Eight rows, turned; `stride`: octets from one result to the next. */
// @ts-ignore: decorator
@inline
export function transpose(
  r0: v128, r1: v128, r2: v128, r3: v128, r4: v128, r5: v128, r6: v128, r7: v128, to: usize, stride: usize,
): void {
  const a0 = low16(r0, r1);
  const a1 = high16(r0, r1);
  const a2 = low16(r2, r3);
  const a3 = high16(r2, r3);
  const a4 = low16(r4, r5);
  const a5 = high16(r4, r5);
  const a6 = low16(r6, r7);
  const a7 = high16(r6, r7);
  twoColumns(low32(a0, a2), low32(a4, a6), to, stride);
  twoColumns(high32(a0, a2), high32(a4, a6), to + stride * 2, stride);
  twoColumns(low32(a1, a3), low32(a5, a7), to + stride * 4, stride);
  twoColumns(high32(a1, a3), high32(a5, a7), to + stride * 6, stride);
}

// @ts-ignore: decorator
@inline
function twoColumns(upper: v128, lower: v128, to: usize, stride: usize): void {
  v128.store(to, v128.shuffle<u64>(upper, lower, 0, 2));
  v128.store(to + stride, v128.shuffle<u64>(upper, lower, 1, 3));
}

/** The lower four words of both, in turn. */
// @ts-ignore: decorator
@inline
export function low16(a: v128, b: v128): v128 {
  return v128.shuffle<u16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

/** The upper four words of both, in turn. */
// @ts-ignore: decorator
@inline
export function high16(a: v128, b: v128): v128 {
  return v128.shuffle<u16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

// @ts-ignore: decorator
@inline
function low32(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(a, b, 0, 4, 1, 5);
}

// @ts-ignore: decorator
@inline
function high32(a: v128, b: v128): v128 {
  return v128.shuffle<u32>(a, b, 2, 6, 3, 7);
}
