/** The tick's ends of rings to files (assembly/tap/layout.ts): a frame is copied, or counted as lost; nothing waits. */
import { TAP_CAPACITY, TAP_DATA, TAP_DRY, TAP_ENDED, TAP_LOST, TAP_READ, TAP_WRITTEN } from "./layout.ts";

/** What is heard goes to a file. Returns `count`, or 0 when there is no room: the samples are counted as lost. */
export function tapWrite(ring: usize, samples: usize, count: i32): i32 {
  const written = load<i32>(ring, TAP_WRITTEN);
  const capacity = load<i32>(ring, TAP_CAPACITY);
  const fill = written - atomic.load<i32>(ring + TAP_READ);
  if (fill < 0 || fill + count > capacity) {
    atomic.store<i32>(ring + TAP_LOST, load<i32>(ring, TAP_LOST) + count);
    return 0;
  }
  const first = written & (capacity - 1);
  const before = min<i32>(count, capacity - first);
  memory.copy(ring + TAP_DATA + usize(2 * first), samples, usize(2 * before));
  memory.copy(ring + TAP_DATA, samples + usize(2 * before), usize(2 * (count - before)));
  atomic.store<i32>(ring + TAP_WRITTEN, written + count);
  return count;
}

/**
 * A file is heard. What is not there is silence: counted as dry, unless the file has ended. Returns how many samples were
 * there; -1 when the file has ended and all of it was heard.
 */
export function tapRead(ring: usize, samples: usize, count: i32): i32 {
  const ended = atomic.load<i32>(ring + TAP_ENDED) != 0;
  const read = load<i32>(ring, TAP_READ);
  const capacity = load<i32>(ring, TAP_CAPACITY);
  const fill = atomic.load<i32>(ring + TAP_WRITTEN) - read;
  const there = fill < 0 || fill > capacity ? 0 : min<i32>(fill, count);
  const first = read & (capacity - 1);
  const before = min<i32>(there, capacity - first);
  memory.copy(samples, ring + TAP_DATA + usize(2 * first), usize(2 * before));
  memory.copy(samples + usize(2 * before), ring + TAP_DATA, usize(2 * (there - before)));
  memory.fill(samples + usize(2 * there), 0, usize(2 * (count - there)));
  atomic.store<i32>(ring + TAP_READ, read + there);
  if (there == count) return there;
  if (ended) return there > 0 ? there : -1;
  atomic.store<i32>(ring + TAP_DRY, load<i32>(ring, TAP_DRY) + count - there);
  return there;
}
