/**
 * What mixing three parties costs at least: their frames are read and three frames are written, nothing else. For the
 * benchmark, which states how far `mixFrame` is from it; in no voice path.
 */

/** As `mixFrame` for three parties who all speak and listen. */
export function mixTraffic(parts: usize, outs: usize, count: i32): void {
  let a = usize(load<u32>(parts));
  const toB = usize(load<u32>(parts, 4)) - a;
  const toC = usize(load<u32>(parts, 8)) - a;
  const toX = usize(load<u32>(outs)) - a;
  const toY = usize(load<u32>(outs, 4)) - a;
  const toZ = usize(load<u32>(outs, 8)) - a;
  for (const end = a + usize(2 * count); a < end; a += 32) {
    const x = v128.load(a);
    const y = v128.load(a + toB);
    const z = v128.load(a + toC);
    v128.store(a + toX, y);
    v128.store(a + toY, z);
    v128.store(a + toZ, x);
    const u = v128.load(a, 16);
    const v = v128.load(a + toB, 16);
    const w = v128.load(a + toC, 16);
    v128.store(a + toX, v, 16);
    v128.store(a + toY, w, 16);
    v128.store(a + toZ, u, 16);
  }
}
