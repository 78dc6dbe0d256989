/**
 * Designs the filters of assembly/rate and prints their constants:
 *
 *   node assembly/rate/design.mjs > assembly/rate/coefficients.ts; npx biome check --write assembly/rate
 *
 * Symmetric FIR filters, minimax by Lawson's iteration (weighted least squares whose weights grow where the error is
 * greatest). A tap is 16 bits; small taps at the ends get a finer scale than the ones in the middle, and after each
 * scale has been rounded the taps that are still free are designed again, so that they make up for the rounding.
 */

const RATE = 16000;
const GRID = 8;
const ROUNDS = 80;
/** Q formats from the ends to the middle. Sums stay below 2^31: |taps so far| x 2^q x 2^15. */
const SCALES = [18, 16, 14];

/** Bands: rows of [from Hz, to Hz, wanted gain, greatest error]. Blocks: pairs of taps of one scale, from end to end. */
const up = {
  taps: 76,
  phases: 2,
  blocks: [4, 4, 3, 4, 4],
  bands: [
    [0, 3300, 1, 0.008],
    [3300, 3400, 1, 0.031],
    [4000, 4100, 0, 0.0078],
    [4100, 8000, 0, 8.2e-5],
  ],
};
const down = {
  taps: 80,
  phases: 1,
  blocks: [8, 8, 8, 8, 8],
  bands: [
    [0, 3200, 1, 0.008],
    [3200, 3300, 1, 0.024],
    [3300, 3400, 1, 0.113],
    [4000, 4050, 0, 1.6e-4],
    [4050, 8000, 0, 6.6e-5],
  ],
};

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

function gridOf({ bands, taps }) {
  return bands.flatMap(([from, to, gain, error]) => {
    const points = Math.max(4, Math.ceil(((to - from) / RATE) * taps * GRID));
    return Array.from({ length: points + 1 }, (_, n) => {
      const w = (2 * Math.PI * (from + ((to - from) * n) / points)) / RATE;
      return { cosines: Float64Array.from({ length: taps / 2 }, (_, k) => 2 * Math.cos(w * (k + 0.5))), gain, error };
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
  const length = grid[0].cosines.length;
  const free = Array.from({ length }, (_, k) => k).filter((k) => !fixed.has(k));
  let weights = grid.map(() => 1 / grid.length);
  let best = null;
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const found = solve(normal(grid, weights, free, fixed));
    const half = new Float64Array(length);
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

/** Scale of each pair of taps, from end to end. */
function scalesOf({ blocks }) {
  return blocks.flatMap((pairs, n) => new Array(pairs).fill(SCALES[2 - Math.abs(n - 2)]));
}

/** The oldest sample's taps first; with two phases those of the even output before those of the odd. */
function pairsOf(taps, phases) {
  return Array.from({ length: taps.length / 2 / phases }, (_, n) =>
    Array.from({ length: phases }, (_, phase) => [
      phases * taps[2 * n * phases + (phases - 1 - phase)],
      phases * taps[(2 * n + 1) * phases + (phases - 1 - phase)],
    ]),
  );
}

/** Scale of each tap of the half, counted from the middle. */
function scalesOfHalf(filter) {
  const half = filter.taps / 2;
  const scales = new Array(half).fill(SCALES[0]);
  scalesOf(filter).forEach((scale, pair) => {
    for (let n = 2 * pair * filter.phases; n < 2 * (pair + 1) * filter.phases; n++) {
      const k = n < half ? half - 1 - n : n - half;
      scales[k] = Math.min(scales[k], scale);
    }
  });
  return scales;
}

function rounded(filter) {
  const grid = gridOf(filter);
  const fixed = new Map();
  let design = minimax(grid, fixed);
  // Coarse taps first, one by one: those that are still free make up for what each rounding did.
  const order = scalesOfHalf(filter).map((scale, k) => ({ scale, k }));
  for (const { scale, k } of order.sort((a, b) => a.scale - b.scale || a.k - b.k)) {
    const unit = 2 ** -scale / filter.phases;
    fixed.set(k, Math.round(design.half[k] / unit) * unit);
    if (fixed.size < filter.taps / 2) design = minimax(grid, fixed);
  }
  const half = Float64Array.from({ length: filter.taps / 2 }, (_, k) => fixed.get(k));
  const worst = Math.max(
    ...grid.map(({ cosines, gain, error }) => Math.abs(cosines.reduce((s, c, k) => s + c * half[k], 0) - gain) / error),
  );
  process.stderr.write(`worst error ${worst.toFixed(3)} of what is allowed\n`);
  return symmetric(half);
}

/** Blocks in the order in which they are worked on: from the ends to the middle. */
const ORDER = [0, 4, 1, 3, 2];

function print(name, says, filter) {
  const pairs = pairsOf(rounded(filter), filter.phases);
  const scales = scalesOf(filter);
  const words = pairs.map((pair, n) => pair.flat().map((tap) => Math.round(tap * 2 ** scales[n])));
  const starts = filter.blocks.map((_, n) => filter.blocks.slice(0, n).reduce((sum, length) => sum + length, 0));
  const blocks = ORDER.map((n) => words.slice(starts[n], starts[n] + filter.blocks[n]).flat());
  const lengths = ORDER.map((n) => filter.blocks[n]).join(", ");
  process.stdout.write(`
/** ${says} Blocks of ${lengths} pairs, in Q18, Q18, Q16, Q16, Q14. */
// biome-ignore format: a table
export const ${name}_TAPS: usize = memory.data<i16>([
${rowsOf(blocks.flat())}
]);
/** Where the samples of each block begin, in octets from the oldest one. */
export const ${name}_STARTS: usize = memory.data<u8>([${ORDER.map((n) => 4 * starts[n]).join(", ")}]);
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
print("UP", "8 to 16 kHz: of each pair of samples the two taps of the even output and of the odd.", up);
print("DOWN", "16 to 8 kHz: the two taps of each pair of samples.", down);
