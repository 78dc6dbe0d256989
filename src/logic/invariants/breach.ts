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
  /** A call that ended is in the log once, as what it was. */
  | "log"
  /** Who is held, or taken back, is told so; who holds is not heard. */
  | "hold"
  /** A caller is told each step once and in order; a dialog is changed after its answer; who asks is answered. */
  | "order"
  /** A tone is not heard over a voice; nobody is left in silence when his call has ended. */
  | "tone"
  /** No more calls than a line may carry, than channels, than RTP streams. */
  | "limit"
  /** An emergency number leaves with its last digit, as long as there is a way out. */
  | "emergency"
  /** Sound flows as it was agreed with the far end, and untouched if it can. */
  | "media"
  /** Keys reach the other side, R holds, and a far end that falls silent ends its call. */
  | "key"
  /** Who watches is told what changed. */
  | "fact"
  /** What the house says of a phone is what it was told to do. */
  | "phone"
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
