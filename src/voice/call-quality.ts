import type { CallQuality } from "../message/quality.ts";
import type { StreamStatus } from "./contract.ts";

/** An endpoint's figures as the call's record keeps them. */
export function callQuality(status: StreamStatus): CallQuality {
  const { format, received, sent, lost, late, concealed, jitterMs, quality } = status;
  const { losses, echo, bufferMs, roundTripMs, delayMs, levelDbm0, r, mos, mosListening, farEnd } = quality;
  return {
    codec: format,
    received,
    sent,
    lost,
    late,
    concealed,
    lostShare: losses === null ? null : share(losses.lostShare),
    lateShare: losses === null ? null : share(losses.discardedShare),
    jitterMs: received === 0 ? null : jitterMs,
    bufferMs,
    roundTripMs,
    delayMs,
    levelDbm0,
    echoReturnLossDb: echo?.returnLossDb ?? null,
    echoEnhancementDb: echo?.enhancementDb ?? null,
    r,
    mos,
    mosListening,
    farEnd,
  };
}

/** Finer than this no call is long enough for. */
function share(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}
