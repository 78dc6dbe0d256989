/**
 * What the service units set for the gateway's process. glibc keeps an arena of freed memory for every thread and
 * does not give it back; with one arena and a fixed threshold it has 2 MB less of them. Other libcs ignore it. V8
 * lets its young generation grow to 16 MB in a busy moment, and has four threads for its compilers and collectors, each
 * with memory of its own: a router has no processors for them.
 */
export const unitEnvironment = {
  MALLOC_ARENA_MAX: "1",
  MALLOC_TRIM_THRESHOLD_: "131072",
  NODE_OPTIONS: "--max-semi-space-size=1 --v8-pool-size=1",
};
