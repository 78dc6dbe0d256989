/**
 * Three parties, each in the registers once. Gives the sums of magnitudes, at most 65535, the greatest in each lane. In
 * place of a call, which would be a sixth of the time. One address and the distances from it, and the loop's condition at
 * its end: of a condition at the beginning the engine makes a loop that finds the distances anew at every turn.
 */
// @ts-ignore: decorator
@inline
export function three(parts: usize, outs: usize, count: i32): v128 {
  let most: v128 = i16x8.splat(0);
  let u: v128 = most;
  let v: v128 = most;
  let w: v128 = most;
  let a = usize(load<u32>(parts));
  const end = a + usize(2 * count);
  const toB = usize(load<u32>(parts, 4)) - a;
  const toC = usize(load<u32>(parts, 8)) - a;
  const toX = usize(load<u32>(outs)) - a;
  const toY = usize(load<u32>(outs, 4)) - a;
  const toZ = usize(load<u32>(outs, 8)) - a;
  do {
    const b = a + toB;
    const c = a + toC;
    const x = a + toX;
    const y = a + toY;
    const z = a + toZ;
    u = v128.load(a);
    v = v128.load(b);
    w = v128.load(c);
    v128.store(x, i16x8.add(v, w));
    v128.store(y, i16x8.add(u, w));
    v128.store(z, i16x8.add(u, v));
    most = loudest(most, u, v, w);
    u = v128.load(a, 16);
    v = v128.load(b, 16);
    w = v128.load(c, 16);
    v128.store(x, i16x8.add(v, w), 16);
    v128.store(y, i16x8.add(u, w), 16);
    v128.store(z, i16x8.add(u, v), 16);
    most = loudest(most, u, v, w);
    u = v128.load(a, 32);
    v = v128.load(b, 32);
    w = v128.load(c, 32);
    v128.store(x, i16x8.add(v, w), 32);
    v128.store(y, i16x8.add(u, w), 32);
    v128.store(z, i16x8.add(u, v), 32);
    most = loudest(most, u, v, w);
    u = v128.load(a, 48);
    v = v128.load(b, 48);
    w = v128.load(c, 48);
    v128.store(x, i16x8.add(v, w), 48);
    v128.store(y, i16x8.add(u, w), 48);
    v128.store(z, i16x8.add(u, v), 48);
    most = loudest(most, u, v, w);
    u = v128.load(a, 64);
    v = v128.load(b, 64);
    w = v128.load(c, 64);
    v128.store(x, i16x8.add(v, w), 64);
    v128.store(y, i16x8.add(u, w), 64);
    v128.store(z, i16x8.add(u, v), 64);
    most = loudest(most, u, v, w);
    a += 80;
  } while (a < end);
  return most;
}

/** The sums of three parties' magnitudes, or the greatest so far. */
// @ts-ignore: decorator
@inline
function loudest(most: v128, x: v128, y: v128, z: v128): v128 {
  return i16x8.max_u(most, i16x8.add_sat_u(i16x8.add_sat_u(i16x8.abs(x), i16x8.abs(y)), i16x8.abs(z)));
}
