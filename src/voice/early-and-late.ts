import type { Address } from "../message/media.ts";
import type { Remote } from "./remote.ts";

type Channel = "rtp" | "rtcp";

/** A far end may send so long after its call, and so long before the answer that tells its address, ms. */
const GRACE_MS = 2000;
/** Senders waited for at a time; what comes from more is a stranger's at once. */
const MOST_WAITING = 64;

const none: readonly never[] = [];

interface Waiting {
  readonly stream: number;
  readonly channel: Channel;
  readonly from: Address;
  readonly until: number;
  times: number;
}

/** Packets on a stream that is not open: the end of the call before, the beginning of the next one, or a stranger's. */
export class EarlyAndLate {
  readonly #gone = new Map<number, { readonly remote: Remote; readonly until: number }>();
  readonly #waiting = new Map<string, Waiting>();

  closed(stream: number, remote: Remote | null, now: number): void {
    if (remote !== null) this.#gone.set(stream, { remote, until: now + GRACE_MS });
  }

  /** What came too early was this far end's: nobody is to complain of it. */
  opened(stream: number, remote: Remote | null): void {
    for (const [key, waiting] of this.#waiting)
      if (waiting.stream === stream && remote?.acceptsAddress(waiting.from) === true) this.#waiting.delete(key);
  }

  /** True when this is the rest of the call that the stream carried before. */
  isLate(stream: number, channel: Channel, from: Address, now: number): boolean {
    const gone = this.#gone.get(stream);
    if (gone === undefined) return false;
    if (now > gone.until) {
      this.#gone.delete(stream);
      return false;
    }
    return channel === "rtp" ? gone.remote.accepts(from) : gone.remote.acceptsAddress(from);
  }

  /** True when the call before had its voice from there: a new call on its stream must not take that for its own. */
  isOfCallBefore(stream: number, from: Address, now: number): boolean {
    const gone = this.#gone.get(stream);
    return gone !== undefined && now <= gone.until && gone.remote.sendsFrom(from);
  }

  /** False when too many wait: it is a stranger's. */
  mayBeEarly(stream: number, channel: Channel, from: Address, now: number): boolean {
    const key = `${stream} ${channel} ${from.address} ${from.port}`;
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) waiting.times += 1;
    else if (this.#waiting.size >= MOST_WAITING) return false;
    else this.#waiting.set(key, { stream, channel, from, until: now + GRACE_MS, times: 1 });
    return true;
  }

  /** Hands over those whose stream did not open for them. */
  takeStrangers(now: number): readonly { readonly from: Address; readonly times: number }[] {
    if (this.#waiting.size === 0) return none;
    const due = [...this.#waiting].filter(([, { until }]) => now > until);
    for (const [key] of due) this.#waiting.delete(key);
    return due.map(([, { from, times }]) => ({ from, times }));
  }
}
