/**
 * Designs the fractional delays of assembly/rate/drift-filter.ts and prints their constants:
 *
 *   node assembly/rate/design-delay.mjs > assembly/rate/delays.ts; npx biome check --write assembly/rate
 *
 * For each 64th of a sample the 32 taps with the least mean square error from 0 to 0.86 of half the rate (3.45 kHz, or
 * 6.9 kHz in wideband), in closed form; above that the gain is kept small by a little weight.
 */

const TAPS = 32;
const STEPS = 64;
/** The tap of the sample that a delay of nothing gives out. */
const NOW = 15;
const BAND = 0.8625;
const OUTSIDE = 1e-5;
const SCALE = 2 ** 14;

/** Integral of cos(w x) from 0 to the edge, over pi. */
const inBand = (x, edge) => (x === 0 ? edge : Math.sin(Math.PI * edge * x) / (Math.PI * x));

function solve(rows) {
  const n = rows.length;
  for (let r = 0; r < n; r++) {
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

function delay(fraction) {
  const at = NOW + fraction;
  const rows = Array.from({ length: TAPS }, (_, i) =>
    Float64Array.from({ length: TAPS + 1 }, (_, j) => {
      if (j === TAPS) return inBand(i - at, BAND) + OUTSIDE * (inBand(i - at, 1) - inBand(i - at, BAND));
      return inBand(i - j, BAND) + OUTSIDE * (inBand(i - j, 1) - inBand(i - j, BAND));
    }),
  );
  return [...solve(rows)].map((tap) => Math.round(tap * SCALE));
}

const rows = Array.from({ length: STEPS + 1 }, (_, n) => `  ${delay(n / STEPS).join(", ")},`);
process.stdout.write(`/** Made by assembly/rate/design-delay.mjs: ${TAPS} taps in Q14 for each 64th of a sample from 0 to 1. */
// biome-ignore format: a table
export const DELAYS: usize = memory.data<i16>([
${rows.join("\n")}
]);
`);
