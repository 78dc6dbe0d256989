/**
 * Between a sine and all else in these samples, dB. A sine is what its neighbours say, x(n-1) + x(n+1) = 2 cos w x(n),
 * whatever its phase and frequency: a click is not.
 */
export function purity(x: Float64Array): number {
  let [together, own] = [0, 0];
  for (let n = 1; n < x.length - 1; n++) {
    together += (x[n] ?? 0) * ((x[n - 1] ?? 0) + (x[n + 1] ?? 0));
    own += (x[n] ?? 0) ** 2;
  }
  const turn = together / own;
  let error = 0;
  for (let n = 1; n < x.length - 1; n++) error += ((x[n - 1] ?? 0) + (x[n + 1] ?? 0) - turn * (x[n] ?? 0)) ** 2;
  return 10 * Math.log10(own / Math.max(1e-9, error / (2 + turn * turn)));
}
