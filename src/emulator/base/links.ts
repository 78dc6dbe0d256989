import { ms } from "../../message/units.ts";
import type { Cancel, Clock } from "../../vendor/clock/clock.ts";
import { RELEASE_MS } from "../../vendor/reference/wire/cc.ts";
import type { LinkFrame, Transaction } from "../../vendor/reference/wire/link-frame.ts";
import { sameTransaction } from "./air.ts";
import type { Handset } from "./handset.ts";

/** One CC transaction as the base sees it. */
export interface Link {
  /** The handset's number in the protocol. */
  readonly number: number;
  readonly handset: Handset;
  readonly transaction: Transaction;
  channel: number | null;
  /** Sound flows between the channel and the handset. */
  attached: boolean;
  /** `releasing`: the handset has released, the host's answer is awaited. */
  state: "paging" | "open" | "unreachable" | "releasing";
  /** The host's release is on its way to the handset. */
  hostReleased: boolean;
  timer: Cancel | null;
  /** Messages for a handset that is still being paged. */
  readonly waiting: LinkFrame[];
}

/** The transactions of a base. */
export class Links {
  readonly #clock: Clock;
  readonly #links = new Set<Link>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get all(): readonly Link[] {
    return [...this.#links];
  }

  lives(link: Link): boolean {
    return this.#links.has(link);
  }

  of(handset: Handset): readonly Link[] {
    return this.all.filter((link) => link.handset === handset);
  }

  find(number: number, transaction: Transaction): Link | null {
    for (const link of this.#links)
      if (link.number === number && sameTransaction(link.transaction, transaction)) return link;
    return null;
  }

  /** Whose sound is on this channel. */
  onChannel(channel: number): Link | null {
    for (const link of this.#links) if (link.attached && link.channel === channel) return link;
    return null;
  }

  attachedTo(handset: Handset): Link | null {
    for (const link of this.#links) if (link.attached && link.handset === handset) return link;
    return null;
  }

  begin(
    number: number,
    handset: Handset,
    transaction: Transaction,
    channel: number | null,
    state: "paging" | "open",
  ): Link {
    const link: Link = {
      ...{ number, handset, transaction, channel, state },
      ...{ attached: false, hostReleased: false, timer: null, waiting: [] },
    };
    this.#links.add(link);
    return link;
  }

  /** The handset has released: the host answers within CC.02, or is not waited for any longer. */
  release(link: Link): void {
    link.timer?.();
    link.state = "releasing";
    link.attached = false;
    link.timer = this.#clock.after(ms(RELEASE_MS), () => this.end(link));
  }

  end(link: Link): void {
    link.timer?.();
    link.timer = null;
    link.attached = false;
    this.#links.delete(link);
  }
}
