import { isIP } from "node:net";
import type { Address } from "../message/media.ts";

/**
 * The far end of a stream: who may send to it, and where to send. The address must be the one that was signalled. Its
 * port may differ once (symmetric RTP behind a NAT, RFC 4961): the first port heard is learnt, the signalled one wins
 * for good when it is heard.
 */
export class Remote {
  readonly #signalled: Address;
  readonly #canonical: string;
  #target: Address;
  #rtcpTarget: Address;
  #learnt: "nothing" | "another" | "signalled" = "nothing";

  constructor(signalled: Address) {
    this.#signalled = signalled;
    this.#canonical = canonical(signalled.address);
    this.#target = signalled;
    this.#rtcpTarget = rtcpOf(signalled);
  }

  /** Where RTP goes. */
  get target(): Address {
    return this.#target;
  }

  /** Where RTCP goes: one above, unless it was heard from elsewhere. */
  get rtcpTarget(): Address {
    return this.#rtcpTarget;
  }

  isAt(address: Address): boolean {
    return address.port === this.#signalled.port && canonical(address.address) === this.#canonical;
  }

  /** True when an RTP packet from there is this far end's. */
  accepts(from: Address): boolean {
    // Nothing can be sent back to port 0.
    if (!this.acceptsAddress(from) || from.port === 0) return false;
    if (from.port === this.#signalled.port) {
      if (this.#learnt !== "signalled") this.#learn("signalled", this.#signalled);
      return true;
    }
    if (this.#learnt === "nothing") this.#learn("another", { address: this.#signalled.address, port: from.port });
    return from.port === this.#target.port;
  }

  /** True when this far end's RTP comes from there, as far as is known; learns nothing. */
  sendsFrom(from: Address): boolean {
    return from.port === this.#target.port && this.acceptsAddress(from);
  }

  /** RTCP comes from the same address; its port is anybody's guess behind a NAT. */
  acceptsAddress(from: Address): boolean {
    return from.address === this.#signalled.address || canonical(from.address) === this.#canonical;
  }

  #learn(what: "another" | "signalled", target: Address): void {
    this.#learnt = what;
    this.#target = target;
    this.#rtcpTarget = rtcpOf(target);
  }
}

function rtcpOf(rtp: Address): Address {
  return { address: rtp.address, port: Math.min(65535, rtp.port + 1) };
}

/** One spelling for every way to write an IPv6 address; IPv4 and anything else as it is. */
function canonical(address: string): string {
  const bare = address.replace(/%.*$/, "");
  if (isIP(bare) !== 6) return bare;
  return new URL(`http://[${bare}]/`).hostname.slice(1, -1);
}
