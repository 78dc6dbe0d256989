import type { WorkerStatus } from "./messages.ts";

const none = { p50: 0, p99: 0, max: 0 };
/** What is told of a worker that does not run. */
export const noWorker: WorkerStatus = {
  ticks: 0,
  lateTicks: 0,
  latenessUs: none,
  latenessStepsUs: [],
  latenessOfAllUs: { p50: 0, p99: 0, p999: 0 },
  tickUs: none,
  stages: [],
  lateBecauseOf: [],
  edge: { name: "dgram", why: "the voice worker does not run" },
  memory: { streamBytes: 0, channelBytes: 0, mostBytes: 0, heapBytes: 0 },
  priority: { policy: null, realtime: 0, nice: null, why: "the voice worker does not run" },
  drive: "timer",
  streams: [],
  clocks: [],
  malformedPackets: 0,
  strangerPackets: 0,
};
