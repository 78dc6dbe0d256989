/**
 * What mixing three parties costs at least: their frames are read and three frames are written, nothing else, in the
 * order in which that is fastest (five vectors of one frame, then of the next). For the benchmark, which states how far
 * `mixFrame` is from it; in no voice path.
 */

/** As `mixFrame` for three parties who all speak and listen. */
export function mixTraffic(parts: usize, outs: usize, count: i32): void {
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
    v128.store(x, v128.load(b));
    v128.store(x, v128.load(b, 16), 16);
    v128.store(x, v128.load(b, 32), 32);
    v128.store(x, v128.load(b, 48), 48);
    v128.store(x, v128.load(b, 64), 64);
    v128.store(y, v128.load(c));
    v128.store(y, v128.load(c, 16), 16);
    v128.store(y, v128.load(c, 32), 32);
    v128.store(y, v128.load(c, 48), 48);
    v128.store(y, v128.load(c, 64), 64);
    v128.store(z, v128.load(a));
    v128.store(z, v128.load(a, 16), 16);
    v128.store(z, v128.load(a, 32), 32);
    v128.store(z, v128.load(a, 48), 48);
    v128.store(z, v128.load(a, 64), 64);
    a += 80;
  } while (a < end);
}
