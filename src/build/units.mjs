/**
 * What the service units set for the gateway's process. glibc keeps an arena of freed memory for every thread and
 * does not give it back; with few arenas and a fixed threshold the process is 2 MB smaller. Other libcs ignore it.
 */
export const unitEnvironment = { MALLOC_ARENA_MAX: "2", MALLOC_TRIM_THRESHOLD_: "131072" };
