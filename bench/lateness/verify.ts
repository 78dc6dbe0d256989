import type { VoiceStatus } from "../../src/voice/contract.ts";
import { type Arrival, FRAME_OCTETS, FRAMES } from "../path/traffic.ts";

/** Ticks more or less at the edges of what was measured: callers, we and the looks at our figures have their own time. */
const EDGE = 3;

interface Run {
  readonly arrivals: readonly Arrival[];
  /** What each socket's pair says, FRAMES x FRAME_OCTETS: of even sockets, of odd ones. */
  readonly frames: readonly [Uint8Array, Uint8Array];
  readonly sockets: number;
  readonly seconds: number;
  /** At the beginning and at the end. */
  readonly looks: readonly [VoiceStatus, VoiceStatus];
  /** Deadlines that passed while another turn was late: nobody sends a frame for those. */
  readonly skipped: number;
}

/**
 * Null when each socket heard all that its pair's other one said in the measured seconds: octet by octet, in order, and
 * nothing concealed but for frames whose deadline was skipped. Else what was wrong first.
 */
export function verify(run: Run): string | null {
  const [before, after] = run.looks;
  for (const [n, { endpoint, concealed, lost }] of after.streams.entries()) {
    const more = concealed + lost - (before.streams[n]?.concealed ?? 0) - (before.streams[n]?.lost ?? 0);
    if (more > run.skipped) return `${endpoint}: ${more} frames lost or concealed, ${run.skipped} deadlines skipped`;
  }
  for (let socket = 0; socket < run.sockets; socket++) {
    const own = run.arrivals.filter((one) => one.socket === socket && one.us < run.seconds * 1e6);
    const fault = verifySocket(own, run.frames[1 - (socket % 2)] ?? new Uint8Array(0), run);
    if (fault !== null) return `socket ${socket}: ${fault}`;
  }
  return null;
}

function verifySocket(own: readonly Arrival[], spoken: Uint8Array, { seconds, skipped }: Run): string | null {
  const frameOf = indexOfFrames(spoken);
  if (own.length < seconds * 50 - skipped - EDGE) return `${own.length} packets came, ${seconds * 50} were sent`;
  let missing = 0;
  for (const [n, { payload, sequence }] of own.entries()) {
    const frame = frameOf.get(payload.toString("latin1"));
    if (frame === undefined) return `packet ${n} is none that was sent`;
    const before = own[n - 1];
    if (before === undefined) continue;
    if (sequence !== ((before.sequence + 1) & 0xffff)) return `packet ${n} is missing or out of order`;
    const step = (frame - (frameOf.get(before.payload.toString("latin1")) ?? 0) + FRAMES) % FRAMES;
    if (step === 0 || step > FRAMES / 2) return `packet ${n} was heard before`;
    missing += step - 1;
  }
  return missing <= skipped ? null : `${missing} frames are missing, ${skipped} deadlines were skipped`;
}

function indexOfFrames(spoken: Uint8Array): ReadonlyMap<string, number> {
  const frame = (n: number) =>
    Buffer.from(spoken.subarray(n * FRAME_OCTETS, (n + 1) * FRAME_OCTETS)).toString("latin1");
  return new Map(Array.from({ length: FRAMES }, (_, n) => [frame(n), n]));
}
