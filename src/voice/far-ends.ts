import { isIP } from "node:net";
import * as words from "../../assembly/endpoint-words.ts";
import type { Address } from "../message/media.ts";
import { endpointAddress, type VoiceMap } from "./map.ts";
import { Remote } from "./remote.ts";

/** Where the far ends of streams are, as signalling says. */
export class FarEnds {
  readonly #map: VoiceMap;
  readonly #family: number;
  readonly #remotes = new Map<number, Remote>();

  /** `family`: 4 or 6, of the sockets. */
  constructor(map: VoiceMap, family: number) {
    this.#map = map;
    this.#family = family;
  }

  /** Null while it is not known. */
  at(stream: number): Remote | null {
    return this.#remotes.get(stream) ?? null;
  }

  /** Why nothing can be sent there; null when it can. 0.0.0.0 is hold in the style of RFC 2543: no address. */
  place(stream: number, remote: Address | null): string | null {
    if (remote === null || remote.address === "0.0.0.0" || remote.address === "::") {
      this.forget(stream);
      return null;
    }
    const validPort = Number.isInteger(remote.port) && remote.port > 0 && remote.port < 65536;
    if (isIP(remote.address) !== this.#family || !validPort)
      return `${remote.address} port ${remote.port} is no IPv${this.#family} address of a far end: offer one`;
    if (this.at(stream)?.isAt(remote) === true) return null;
    this.#remotes.set(stream, new Remote(remote));
    // What was learnt of the way from the old address means nothing; an endpoint that opens is cleared anyway.
    this.#map.add(endpointAddress(stream) + words.CONTROL_NETWORK, 1);
    return null;
  }

  forget(stream: number): void {
    this.#remotes.delete(stream);
  }
}
