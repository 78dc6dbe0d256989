import type { CallQuality } from "../src/message/quality.ts";

/** How a party of a call was heard. */
export const aQuality: CallQuality = {
  codec: "PCMA",
  received: 1490,
  sent: 1500,
  lost: 10,
  late: 5,
  concealed: 15,
  lostShare: 0.01,
  lateShare: 0.005,
  jitterMs: 2.5,
  bufferMs: 60,
  roundTripMs: null,
  delayMs: null,
  levelDbm0: -18.2,
  echoReturnLossDb: null,
  echoEnhancementDb: null,
  r: null,
  mos: null,
  mosListening: 4.28,
  farEnd: {
    lost: 3,
    jitterMs: 1.2,
    lostShare: null,
    discardedShare: null,
    burstDensity: null,
    levelDbm0: null,
    r: null,
    mos: null,
    mosListening: null,
  },
};
