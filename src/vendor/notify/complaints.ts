import type { Clock } from "../clock/clock.ts";

/** Complaints about one peer are told once in this time, ms. */
const QUIET_MS = 60_000;
/** Peers remembered; beyond that the oldest may be told of again early. */
const MOST_PEERS = 1000;

/** Refused input: counted always, told once per peer and minute. */
export class Complaints {
  readonly #clock: Clock;
  readonly #tell: (sentence: string) => void;
  readonly #counts: Record<string, number> = {};
  readonly #toldAt = new Map<string, number>();

  constructor(clock: Clock, tell: (sentence: string) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** `kind` is what is counted (`times` of it), e.g. `sip`; `peer` whose complaints are told once a minute. */
  about(kind: string, peer: string, problem: string, times = 1): void {
    this.#count(kind, times);
    this.#tellOnce(`${kind} ${peer}`, `${peer === "" ? kind : `${kind} ${peer}`}: ${problem}`);
  }

  /**
   * The same for a device: each kind of problem (what stands before its first colon) is told once a minute, so that a
   * passing one does not hide why the device can not be opened. The words are ours, so there are few of them.
   */
  aboutDevice(kind: string, device: string, problem: string): void {
    this.#count(kind, 1);
    const [topic = ""] = problem.split(":", 1);
    this.#tellOnce(`${kind} ${device} ${topic}`, `${device === "" ? kind : `${kind} ${device}`}: ${problem}`);
  }

  counts(): Readonly<Record<string, number>> {
    return { ...this.#counts };
  }

  #count(kind: string, times: number): void {
    this.#counts[kind] = (this.#counts[kind] ?? 0) + times;
  }

  #tellOnce(key: string, sentence: string): void {
    const now = this.#clock.now();
    const told = this.#toldAt.get(key);
    if (told !== undefined && now - told < QUIET_MS) return;
    this.#toldAt.delete(key);
    this.#toldAt.set(key, now);
    this.#forgetOldest();
    this.#tell(sentence);
  }

  #forgetOldest(): void {
    if (this.#toldAt.size <= MOST_PEERS) return;
    const oldest = this.#toldAt.keys().next().value;
    if (oldest !== undefined) this.#toldAt.delete(oldest);
  }
}
