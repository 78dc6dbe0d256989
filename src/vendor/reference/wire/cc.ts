/** Codes of EN 300 175-5 that cross the link. docs/device-protocol.md §8 */

/** Protocol discriminators (§7.2). */
export const discriminators = { lce: 0x00, cc: 0x03, mm: 0x05 } as const;

/** CC messages (§6.3.2, §7.4.3). */
export const ccMessages = {
  alerting: 0x01,
  callProc: 0x02,
  setup: 0x05,
  connect: 0x07,
  setupAck: 0x0d,
  connectAck: 0x0f,
  release: 0x4d,
  releaseCom: 0x5a,
  info: 0x7b,
} as const;

/** MM messages of which the host gets a copy; the base has answered them on the air. */
export const mmMessages = { locateRequest: 0x54, detach: 0x56 } as const;

/** Of the link only, never on the air: no page response within LCE.03. */
export const lceMessages = { pageFailed: 0xf0 } as const;

/** Information elements (§7.7). */
export const elements = {
  portableIdentity: 0x05,
  progress: 0x1e,
  multiDisplay: 0x28,
  multiKeypad: 0x2c,
  callingNumber: 0x6c,
  callingName: 0x6d,
  codecList: 0x7c,
  sendingComplete: 0xa1,
  basicService: 0xe0,
  releaseReason: 0xe2,
  signal: 0xe4,
  singleDisplay: 0xe8,
  singleKeypad: 0xe9,
} as const;

/** Basic service (§7.6.4): normal call, basic speech; internal call, basic speech. */
export const basicServices = { normal: 0x80, internal: 0x90 } as const;

/** Progress description 8: in-band information is now available. */
export const PROGRESS_IN_BAND = 0x08;

/** How long the base pages before it reports a failure (LCE.03), and how long a release may stay unanswered (CC.02). */
export const PAGE_MS = 5000;
export const RELEASE_MS = 36_000;
