/**
 * How a call is heard, reckoned from what was measured: the E-model of ITU-T G.107 with its default values. What was
 * not measured is null, and then so is what depends on it: no figure is made up.
 */

/** What the E-model needs to know of one direction of a call. */
export interface Reception {
  /** By its name in SDP (RFC 3551); the E-model knows narrow-band codecs. */
  readonly codec: string;
  /** Lost frames go on with their pitch (G.711 Appendix I class), and are not silence. */
  readonly isConcealed: boolean;
  /** Packets that were lost or came too late, of all: 0 to 1. */
  readonly lossShare: number | null;
  /** ITU-T G.107 §3.5: 1 = random loss. Not needed without loss. */
  readonly burstRatio: number | null;
  /** From mouth to ear, ms. */
  readonly oneWayDelayMs: number | null;
}

export interface Opinion {
  /** Transmission rating, 0 to 93.2. */
  readonly r: number;
  /** Mean opinion score, estimated: 1 to 4.41. */
  readonly mos: number;
}

/** Of G.107's defaults for everything that is not delay, codec or loss. */
const R_WITHOUT_IMPAIRMENT = 93.2;
/** ms, G.107 §3.4 in its short form. */
const DELAY_NOTICED = 177.3;

/** Equipment impairment without loss, and robustness against it; G.113 Appendix I. */
interface Codec {
  readonly ie: number;
  /** Null: not known, so with loss there is no figure. */
  readonly bplConcealed: number | null;
  readonly bpl: number | null;
}

const g711: Codec = { ie: 0, bplConcealed: 25.1, bpl: 4.3 };
const codecs: Readonly<Record<string, Codec>> = {
  PCMU: g711,
  PCMA: g711,
  L16: g711,
  "G726-32": { ie: 7, bplConcealed: null, bpl: null },
  "AAL2-G726-32": { ie: 7, bplConcealed: null, bpl: null },
  G729: { ie: 11, bplConcealed: 19, bpl: null },
};

/** R of conversation, with delay; null when one of its figures was not measured, or the model knows no such codec. */
export function conversation(reception: Reception): Opinion | null {
  const listened = listening(reception);
  if (listened === null || reception.oneWayDelayMs === null) return null;
  return opinion(listened.r - delayImpairment(reception.oneWayDelayMs));
}

/** R of listening: the same without delay. */
export function listening(reception: Reception): Opinion | null {
  const impairment = equipmentImpairment(reception);
  return impairment === null ? null : opinion(R_WITHOUT_IMPAIRMENT - impairment);
}

/** Id. `oneWayMs` below 0 counts as 0. */
export function delayImpairment(oneWayMs: number): number {
  const delay = Math.max(0, oneWayMs);
  return 0.024 * delay + 0.11 * Math.max(0, delay - DELAY_NOTICED);
}

/** Ie,eff, G.107 §3.5. */
function equipmentImpairment(reception: Reception): number | null {
  const codec = Object.hasOwn(codecs, reception.codec) ? codecs[reception.codec] : undefined;
  if (codec === undefined || reception.lossShare === null) return null;
  if (reception.lossShare <= 0) return codec.ie;
  const bpl = reception.isConcealed ? codec.bplConcealed : codec.bpl;
  if (bpl === null || reception.burstRatio === null) return null;
  const percent = 100 * Math.min(1, reception.lossShare);
  // Below 1 loss is spread more evenly than by chance: the model has no better figure for that than chance.
  return codec.ie + ((95 - codec.ie) * percent) / (percent + bpl / Math.max(1, reception.burstRatio));
}

/** G.107 Annex B. */
function opinion(rating: number): Opinion {
  const r = Math.max(0, Math.min(100, rating));
  const mos = 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;
  // Between 0 and 6.5 the polynomial dips below 1.
  return { r, mos: Math.max(1, mos) };
}
