/** The rules that hold whatever happens. */
export type Rule =
  /** Every setup, and every INVITE, gets exactly one release; nothing is said after it, or to a leg that never was. */
  | "oneRelease"
  /** No leg without a call, and no call without a leg. */
  | "legWithoutCall"
  /** At most one answered phone for each ring; the others are released in the same event. */
  | "oneAnswer"
  /** A ring ends once, and is not begun twice. */
  | "oneRing"
  /** Endpoints are opened before they are used; each has one peer; both ends of a path have an owner who lives. */
  | "voicePath"
  /** No sound before the answer, but for early media. */
  | "audioBeforeAnswer"
  /** Every timer has an owner who lives, and ends. */
  | "timer"
  /** A call that was begun is ended once; one that was answered did not end because nobody answered. */
  | "story"
  /** What the house says of a line is what the registrar said last. */
  | "registration";

/** A rule was broken: a bug. */
export interface Breach {
  readonly rule: Rule;
  /** Legs, phones, endpoints, timers: whom it is about. */
  readonly objects: readonly string[];
  readonly why: string;
}

export type Broken = (rule: Rule, objects: readonly string[], why: string) => void;
