import type { Address } from "../message/media.ts";
import type { Remote } from "./remote.ts";

/** A far end that hung up, or has yet to hear that we did, still sends for this time, ms. */
const LINGER_MS = 2000;

/** Far ends of streams that were just closed: what they still send is late, not a stranger's. */
export class Departed {
  readonly #remotes = new Map<number, { readonly remote: Remote; readonly until: number }>();

  left(stream: number, remote: Remote | null, now: number): void {
    if (remote !== null) this.#remotes.set(stream, { remote, until: now + LINGER_MS });
  }

  /** True when this packet is the rest of the call that the stream carried before. */
  stillSends(stream: number, channel: "rtp" | "rtcp", from: Address, now: number): boolean {
    const gone = this.#remotes.get(stream);
    if (gone === undefined) return false;
    if (now > gone.until) {
      this.#remotes.delete(stream);
      return false;
    }
    return channel === "rtp" ? gone.remote.accepts(from) : gone.remote.acceptsAddress(from);
  }
}
