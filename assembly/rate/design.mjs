/**
 * Designs the filters of assembly/rate and prints their constants:
 *
 *   node assembly/rate/design.mjs > assembly/rate/coefficients.ts; npx biome check --write assembly/rate
 *
 * Symmetric FIR filters, minimax by Lawson's iteration (weighted least squares whose weights grow where the error is
 * greatest). A tap is 16 bits; small taps at the ends get a finer scale than the ones in the middle, and after each
 * scale has been rounded the taps that are still free are designed again, so that they make up for the rounding.
 */

const TAPS = 80;
const RATE = 16000;
const GRID = 8;
const ROUNDS = 80;
const BLOCKS = 5;
/** Q formats from the ends to the middle. Sums stay below 2^31: |taps so far| x 2^q x 2^15. */
const SCALES = [18, 16, 14];

/** Rows of [from Hz, to Hz, wanted gain, greatest error]. */
const up = [
  [0, 3300, 1, 0.006],
  [3300, 3400, 1, 0.03],
  [4000, 4100, 0, 0.0075],
  [4100, 8000, 0, 8e-5],
];
const down = [
  [0, 3200, 1, 0.008],
  [3200, 3300, 1, 0.024],
  [3300, 3400, 1, 0.113],
  [4000, 4050, 0, 1.6e-4],
  [4050, 8000, 0, 6.6e-5],
];

/** Solves the normal equations in place by elimination with pivots; `rows` are of length n + 1. */
function solve(rows) {
  const n = rows.length;
  for (let r = 0; r < n; r++) {
    let pivot = r;
    for (let i = r + 1; i < n; i++) if (Math.abs(rows[i][r]) > Math.abs(rows[pivot][r])) pivot = i;
    [rows[r], rows[pivot]] = [rows[pivot], rows[r]];
    for (let i = r + 1; i < n; i++) {
      const factor = rows[i][r] / rows[r][r];
      for (let q = r; q <= n; q++) rows[i][q] -= factor * rows[r][q];
    }
  }
  const x = new Float64Array(n);
  for (let r = n - 1; r >= 0; r--) {
    let sum = rows[r][n];
    for (let q = r + 1; q < n; q++) sum -= rows[r][q] * x[q];
    x[r] = sum / rows[r][r];
  }
  return x;
}

function gridOf(bands) {
  return bands.flatMap(([from, to, gain, error]) => {
    const points = Math.max(4, Math.ceil(((to - from) / RATE) * TAPS * GRID));
    return Array.from({ length: points + 1 }, (_, n) => {
      const w = (2 * Math.PI * (from + ((to - from) * n) / points)) / RATE;
      return { cosines: Float64Array.from({ length: TAPS / 2 }, (_, k) => 2 * Math.cos(w * (k + 0.5))), gain, error };
    });
  });
}

function normal(grid, weights, free, fixed) {
  const rows = free.map(() => new Float64Array(free.length + 1));
  grid.forEach(({ cosines, gain, error }, n) => {
    let rest = gain;
    for (const [k, value] of fixed) rest -= cosines[k] * value;
    const weight = weights[n] / (error * error);
    free.forEach((a, r) => {
      const one = weight * cosines[a];
      free.forEach((b, q) => {
        rows[r][q] += one * cosines[b];
      });
      rows[r][free.length] += one * rest;
    });
  });
  return rows;
}

/** Half of a symmetric filter from its middle outwards; `fixed` taps (index -> value) are kept as they are. */
function minimax(grid, fixed) {
  const free = Array.from({ length: TAPS / 2 }, (_, k) => k).filter((k) => !fixed.has(k));
  let weights = grid.map(() => 1 / grid.length);
  let best = null;
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const found = solve(normal(grid, weights, free, fixed));
    const half = new Float64Array(TAPS / 2);
    for (const [k, value] of fixed) half[k] = value;
    free.forEach((k, n) => {
      half[k] = found[n];
    });
    const errors = grid.map(({ cosines, gain, error }) => {
      const at = cosines.reduce((sum, cosine, k) => sum + cosine * half[k], 0);
      return Math.abs(at - gain) / error;
    });
    const worst = Math.max(...errors);
    if (worst < least) [least, best] = [worst, half];
    const total = errors.reduce((sum, error, n) => sum + error * weights[n], 0);
    weights = weights.map((weight, n) => (weight * errors[n]) / total + 1e-14);
  }
  return { half: best, worst: least };
}

const symmetric = (half) => [...[...half].reverse(), ...half];

/** Scale of each pair of taps: the pairs are worked on in five blocks, the outer ones first. */
function scalesOf(pairs) {
  const block = pairs.length / BLOCKS;
  return pairs.map((_, pair) => SCALES[2 - Math.abs(Math.floor(pair / block) - 2)]);
}

/** `phases`: 2 for the filter that makes two samples of one; then a pair of taps is two apart. */
function pairsOf(taps, phases) {
  return Array.from({ length: TAPS / 2 / phases }, (_, n) =>
    Array.from({ length: phases }, (_, phase) => [
      phases * taps[2 * n * phases + (phases - 1 - phase)],
      phases * taps[(2 * n + 1) * phases + (phases - 1 - phase)],
    ]),
  );
}

/** Which taps of the half have which scale, counted from the middle. */
function scalesOfHalf(taps, phases) {
  const scales = new Array(TAPS / 2).fill(SCALES[0]);
  scalesOf(pairsOf(taps, phases)).forEach((scale, pair) => {
    for (let n = 2 * pair * phases; n < 2 * (pair + 1) * phases; n++) {
      const k = n < TAPS / 2 ? TAPS / 2 - 1 - n : n - TAPS / 2;
      scales[k] = Math.min(scales[k], scale);
    }
  });
  return scales;
}

function rounded(bands, phases) {
  const grid = gridOf(bands);
  const fixed = new Map();
  let design = minimax(grid, fixed);
  const scales = scalesOfHalf(symmetric(design.half), phases);
  // Coarse taps first, one by one: those that are still free make up for what each rounding did.
  const order = scales.map((scale, k) => ({ scale, k })).sort((a, b) => a.scale - b.scale || a.k - b.k);
  for (const { scale, k } of order) {
    const unit = 2 ** -scale / phases;
    fixed.set(k, Math.round(design.half[k] / unit) * unit);
    if (fixed.size < TAPS / 2) design = minimax(grid, fixed);
  }
  const half = Float64Array.from({ length: TAPS / 2 }, (_, k) => fixed.get(k));
  const worst = Math.max(
    ...grid.map(({ cosines, gain, error }) => Math.abs(cosines.reduce((s, c, k) => s + c * half[k], 0) - gain) / error),
  );
  process.stderr.write(`worst error ${worst.toFixed(3)} of what is allowed\n`);
  return symmetric(half);
}

function print(name, says, taps, phases) {
  const pairs = pairsOf(taps, phases);
  const scales = scalesOf(pairs);
  const words = pairs.flatMap((pair, n) => pair.flat().map((tap) => Math.round(tap * 2 ** scales[n])));
  process.stdout.write(`
/** ${says} Blocks of ${pairs.length / BLOCKS} pairs, in Q18, Q16, Q14, Q16, Q18. */
// biome-ignore format: a table
export const ${name}: usize = memory.data<i16>([
${rowsOf(words)}
]);
`);
}

function rowsOf(words) {
  const rows = [];
  for (let n = 0; n < words.length; n += 16) rows.push(`  ${words.slice(n, n + 16).join(", ")},`);
  return rows.join("\n");
}

process.stdout.write(
  "/** Filters of assembly/rate, made by assembly/rate/design.mjs: pass and stop bands stand there. */\n",
);
print(
  "UP",
  "8 to 16 kHz: of each pair of samples the two taps of the even output, and the two of the odd.",
  rounded(up, 2),
  2,
);
print("DOWN_TAPS", "16 to 8 kHz: the two taps of each pair of samples.", rounded(down, 1), 1);
