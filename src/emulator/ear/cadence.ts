import type { Segment, Sound } from "./segments.ts";

/** A tone as the ear compares it: which set of sines, on and off for how long. */
export interface Cadence {
  readonly set: number;
  /** on, off, on, off … in ms; empty = continuous. */
  readonly ms: readonly number[];
  /** Interrupts speech: what sounds between its bursts may be anything. */
  readonly overSpeech: boolean;
}

/** How well a cadence fits what was heard. */
export interface Fit {
  /** Complete segments that agree, newest first, without a gap. At least one of them is a burst. */
  readonly agreeing: number;
  /** Sum of their relative errors. */
  readonly error: number;
}

/** How far a burst or pause may be off: 5 % and a lost or doubled block. */
export function tolerance(ms: number): number {
  return 0.05 * ms + 15;
}

/** The best phase of `cadence` against the segments heard, or null when it contradicts the newest ones. */
export function fit(cadence: Cadence, past: readonly Segment[], current: Segment): Fit | null {
  let best: Fit | null = null;
  for (let phase = 0; phase < cadence.ms.length; phase++) {
    const found = fitAt(cadence, phase, past, current);
    if (found === null) continue;
    if (
      best === null ||
      found.agreeing > best.agreeing ||
      (found.agreeing === best.agreeing && found.error < best.error)
    )
      best = found;
  }
  return best;
}

function fitAt(cadence: Cadence, phase: number, past: readonly Segment[], current: Segment): Fit | null {
  const expected = cadence.ms[phase] ?? 0;
  if (!sounds(cadence, phase, current.sound) || current.ms > expected + tolerance(expected)) return null;
  let agreeing = 0;
  let bursts = 0;
  let error = 0;
  const most = Math.min(past.length, 2 * cadence.ms.length);
  for (let back = 1; back <= most; back++) {
    const segment = past[past.length - back];
    const index = (phase - back + 2 * back * cadence.ms.length) % cadence.ms.length;
    const should = cadence.ms[index] ?? 0;
    if (segment === undefined || segment.cut || !sounds(cadence, index, segment.sound)) break;
    if (Math.abs(segment.ms - should) > tolerance(should)) break;
    agreeing++;
    if (index % 2 === 0) bursts++;
    error += Math.abs(segment.ms - should) / should;
  }
  return bursts > 0 ? { agreeing, error } : null;
}

function sounds(cadence: Cadence, index: number, sound: Sound): boolean {
  if (index % 2 === 0) return sound === cadence.set || sound === "unknown";
  return sound === "off" || (cadence.overSpeech && (sound === "other" || sound === "unknown"));
}
