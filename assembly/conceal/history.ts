/** What a channel played last: a ring, and the same in a row when a loss begins. */
import { LINE_END, LINE_SAMPLES, RING, RING_AT, RING_OCTETS, TEN_MS } from "./state.ts";

/** Takes note of `count` samples, a multiple of 8. */
export function remember(state: usize, samples: usize, count: i32): void {
  const ring = ringOctets(state);
  let octets = count << 1;
  let from = samples;
  if (octets > ring) {
    from += usize(octets - ring);
    octets = ring;
  }
  const at = load<i32>(state, RING_AT);
  const room = ring - at;
  if (octets < room) {
    copy(state + RING + usize(at), from, octets);
    store<i32>(state, at + octets, RING_AT);
    return;
  }
  copy(state + RING + usize(at), from, room);
  copy(state + RING, from + usize(room), octets - room);
  store<i32>(state, octets - room, RING_AT);
}

/** The newest samples in a row that ends at LINE_END. */
export function lineUp(state: usize): void {
  const ring = ringOctets(state);
  const line = (LINE_SAMPLES * load<i32>(state, TEN_MS)) / 40;
  const at = load<i32>(state, RING_AT);
  const end = state + LINE_END;
  const newer = min<i32>(at, line);
  copy(end - usize(newer), state + RING + usize(at - newer), newer);
  const older = line - newer;
  copy(end - usize(line), state + RING + usize(ring - older), older);
}

/** All that is kept, 60 ms, in a row at `to`: the newest last. Returns the address after it. */
export function lineUpAll(state: usize, to: usize): usize {
  const ring = ringOctets(state);
  const at = load<i32>(state, RING_AT);
  copy(to, state + RING + usize(at), ring - at);
  copy(to + usize(ring - at), state + RING, at);
  return to + usize(ring);
}

/** Octets, a multiple of 16. */
export function copy(to: usize, from: usize, octets: i32): void {
  const end = octets & ~63;
  let at = 0;
  for (; at < end; at += 64) {
    const a = v128.load(from + usize(at));
    const b = v128.load(from + usize(at), 16);
    const c = v128.load(from + usize(at), 32);
    const d = v128.load(from + usize(at), 48);
    v128.store(to + usize(at), a);
    v128.store(to + usize(at), b, 16);
    v128.store(to + usize(at), c, 32);
    v128.store(to + usize(at), d, 48);
  }
  for (; at < octets; at += 16) v128.store(to + usize(at), v128.load(from + usize(at)));
}

function ringOctets(state: usize): i32 {
  return (RING_OCTETS * load<i32>(state, TEN_MS)) / 80;
}
