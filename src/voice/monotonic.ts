/** `performance.now()` begins with each thread, the system's monotonic clock with the machine. */
const offset = Number(process.hrtime.bigint() / 1000n) - performance.now() * 1000;

/** µs of the monotonic clock modulo 2^32 as an int32: one time for all threads, without allocating. */
export function monotonicMicros(): number {
  return (performance.now() * 1000 + offset) | 0;
}
