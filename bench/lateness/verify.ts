import type { StreamStatus, VoiceStatus } from "../../src/voice/contract.ts";
import { type Arrival, FRAME_OCTETS, FRAMES } from "../path/traffic.ts";

/** Ticks more or less at the edges of what was measured: callers, we and the looks at our figures have their own time. */
const EDGE = 3;
/** A frame that was made up, and the one after it, which is joined on to it. */
const CHANGED_BY_ONE = 2;

export interface Run {
  readonly arrivals: readonly Arrival[];
  /** What each socket's pair says, FRAMES x FRAME_OCTETS: of even sockets, of odd ones. */
  readonly frames: readonly [Uint8Array, Uint8Array];
  readonly sockets: number;
  readonly seconds: number;
  /** Of all streams at the beginning and at the end. */
  readonly looks: readonly [Pick<VoiceStatus, "streams">, Pick<VoiceStatus, "streams">];
  /** Deadlines that passed while another turn was late: nobody sends a frame for those. */
  readonly skipped: number;
}

/** What the jitter buffer of a stream did in the measured seconds, frames. */
interface Adjusted {
  readonly inserted: number;
  readonly dropped: number;
  readonly concealed: number;
  readonly lost: number;
}

/** Of all streams together: frames that a jitter buffer inserted or dropped to follow the callers' clock. */
export function adjustments({ looks, sockets }: Pick<Run, "looks" | "sockets">): number {
  const all = Array.from({ length: sockets }, (_, stream) => adjusted(looks, stream));
  return all.reduce((sum, { inserted, dropped }) => sum + inserted + dropped, 0);
}

/**
 * Null when each socket heard all that its pair's other one said in the measured seconds: octet by octet, in order, and
 * nothing concealed, but for frames whose deadline was skipped, and frames that a jitter buffer inserted or dropped and
 * tells of. Else what was wrong first.
 */
export function verify(run: Run): string | null {
  for (let socket = 0; socket < run.sockets; socket++) {
    const own = run.arrivals.filter((one) => one.socket === socket && one.us < run.seconds * 1e6);
    const spoken = run.frames[1 - (socket % 2)] ?? new Uint8Array(0);
    const fault = verifySocket(own, spoken, run, adjusted(run.looks, socket ^ 1));
    if (fault !== null) return `socket ${socket}: ${fault}`;
  }
  return null;
}

function adjusted([before, after]: Run["looks"], stream: number): Adjusted {
  const grown = (of: (status: StreamStatus) => number) => {
    const streamIn = ({ streams }: Pick<VoiceStatus, "streams">) =>
      streams.find((one) => one.endpoint === `rtp:${stream}`);
    const [was, is] = [streamIn(before), streamIn(after)];
    return was === undefined || is === undefined ? Number.NaN : of(is) - of(was);
  };
  return {
    inserted: grown(({ quality }) => quality.jitterBuffer?.inserted ?? 0),
    dropped: grown(({ quality }) => quality.jitterBuffer?.dropped ?? 0),
    concealed: grown(({ concealed }) => concealed),
    lost: grown(({ lost }) => lost),
  };
}

function verifySocket(own: readonly Arrival[], spoken: Uint8Array, run: Run, adjusted: Adjusted): string | null {
  const { seconds } = run;
  // A turn that is late just when we look counts before it or after it.
  const skipped = run.skipped === 0 ? 0 : run.skipped + EDGE;
  const { inserted, dropped, concealed, lost } = adjusted;
  const found = comparison(own, spoken);
  if (typeof found === "string") return found;
  const within = (count: number, most: number) => count <= most; // Not with NaN.
  if (!within(seconds * 50 - skipped - EDGE, own.length))
    return `${own.length} packets came, ${seconds * 50} were sent`;
  if (!within(lost, 0)) return `${lost} packets were lost on the way to us`;
  if (!within(concealed, skipped + inserted)) return `${concealed} frames were concealed, ${inserted} were to be`;
  if (!within(found.strange, CHANGED_BY_ONE * concealed)) return `${found.strange} packets are none that was sent`;
  if (!within(found.missing, skipped + dropped + concealed))
    return `${found.missing} frames are missing, ${skipped} deadlines were skipped, ${dropped} frames dropped`;
  return within(found.more, inserted + skipped) ? null : `${found.more} frames too many, ${inserted} were inserted`;
}

interface Comparison {
  /** Packets that are no frame that was sent. */
  readonly strange: number;
  /** Frames that were sent and did not come, and packets that came between two frames and were none. */
  readonly missing: number;
  readonly more: number;
}

/** A sentence when something came twice, in another order, or not at all. */
function comparison(own: readonly Arrival[], spoken: Uint8Array): Comparison | string {
  const frameOf = indexOfFrames(spoken);
  let [strange, missing, more] = [0, 0, 0];
  let last: { readonly n: number; readonly frame: number } | null = null;
  for (const [n, { payload, sequence }] of own.entries()) {
    if (sequence !== (((own[0]?.sequence ?? 0) + n) & 0xffff)) return `packet ${n} is missing or out of order`;
    const frame = frameOf.get(payload.toString("latin1"));
    if (frame === undefined) {
      strange++;
      continue;
    }
    if (last !== null) {
      const step = (frame - last.frame + FRAMES) % FRAMES;
      if (step === 0 || step > FRAMES / 2) return `packet ${n} was heard before`;
      missing += Math.max(0, step - (n - last.n));
      more += Math.max(0, n - last.n - step);
    }
    last = { n, frame };
  }
  return { strange, missing, more };
}

function indexOfFrames(spoken: Uint8Array): ReadonlyMap<string, number> {
  const frame = (n: number) =>
    Buffer.from(spoken.subarray(n * FRAME_OCTETS, (n + 1) * FRAME_OCTETS)).toString("latin1");
  return new Map(Array.from({ length: FRAMES }, (_, n) => [frame(n), n]));
}
