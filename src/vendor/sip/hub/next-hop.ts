import { lookup } from "node:dns";
import { isIP } from "node:net";
import type { Address } from "../../../message/media.ts";

/** False for addresses nobody may be made to send to: unspecified, multicast, broadcast (faults.md C28). */
export function isReachable(address: string): boolean {
  if (isIP(address) === 6) return !/^(?:ff|::$|::ffff:0\.|::ffff:2(?:2[4-9]|[3-5]\d)\.)/i.test(address);
  const first = Number(address.split(".")[0]);
  return isIP(address) === 4 && first !== 0 && first < 224;
}

/** Turns host names into addresses, with a small memory. Literals are answered at once, in the same call. */
export class Resolver {
  readonly #known = new Map<string, { readonly address: string; readonly until: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Null when there is no such host or nothing may be sent there. */
  resolve(host: string, port: number, then: (address: Address | null) => void): void {
    const bare = host.replace(/^\[|\]$/g, "");
    const known = this.addressOf(bare);
    const fresh = isIP(bare) !== 0 || (this.#known.get(bare)?.until ?? 0) > this.#now();
    if (known !== null && fresh) {
      then(isReachable(known) ? { address: known, port } : null);
      return;
    }
    lookup(bare, (error, address) => {
      if (error !== null || !isReachable(address)) {
        then(null);
        return;
      }
      if (this.#known.size >= 256) this.#known.clear();
      this.#known.set(bare, { address, until: this.#now() + 60_000 });
      then({ address, port });
    });
  }

  /** What is known without asking: a literal, or what the name meant when it was last asked for. */
  addressOf(host: string): string | null {
    const bare = host.replace(/^\[|\]$/g, "");
    return isIP(bare) !== 0 ? bare : (this.#known.get(bare)?.address ?? null);
  }
}
