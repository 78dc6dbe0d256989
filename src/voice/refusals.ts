import type { Address } from "../message/media.ts";

/** Peers told apart between two tellings; what comes from more of them is told together. */
const MOST_PEERS = 32;

const none: readonly never[] = [];

/** Packets refused since the last telling, by who sent them. */
export interface Refused {
  /** `address:port`; empty when many, or when only the module saw what was wrong. */
  readonly peer: string;
  readonly problem: "malformed packet" | "packet from a stranger";
  readonly times: number;
}

/** Counts what is refused, so that a flood costs one message a second and not one a packet. */
export class Refusals {
  readonly #times = new Map<string, Refused>();
  #strangers = 0;
  #malformed = 0;

  get strangers(): number {
    return this.#strangers;
  }

  get malformed(): number {
    return this.#malformed;
  }

  stranger(from: Address, times: number): void {
    this.#strangers += times;
    this.#count("packet from a stranger", from, times);
  }

  bad(from: Address | null, times: number): void {
    this.#malformed += times;
    this.#count("malformed packet", from, times);
  }

  /** Hands over what was counted since the last time. */
  take(): readonly Refused[] {
    if (this.#times.size === 0) return none;
    const taken = [...this.#times.values()];
    this.#times.clear();
    return taken;
  }

  #count(problem: Refused["problem"], from: Address | null, times: number): void {
    const peer = from === null || this.#times.size >= MOST_PEERS ? "" : `${from.address}:${from.port}`;
    const key = `${problem} ${peer}`;
    this.#times.set(key, { peer, problem, times: (this.#times.get(key)?.times ?? 0) + times });
  }
}
