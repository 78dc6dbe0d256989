import { TokenBucket } from "./token-bucket.ts";

/** Datagrams a second, by source address and in all: far above any house, far below what stops the event loop. */
const perSource = { perSecond: 1000, burst: 2000 };
const inAll = { perSecond: 3000, burst: 6000 };
const mostSources = 1024;

/** Keeps a flood from the parser (faults.md C7): one bucket for each source address and one for all. */
export class FloodGuard {
  readonly #sources = new Map<string, TokenBucket>();
  readonly #all: TokenBucket;

  constructor(now: number) {
    this.#all = new TokenBucket(inAll, now);
  }

  admit(source: string, now: number): boolean {
    let bucket = this.#sources.get(source);
    if (bucket === undefined) {
      // The eldest goes: a thousand sources at once are a flood already, and the bucket for all still holds.
      if (this.#sources.size >= mostSources) this.#sources.delete(this.#sources.keys().next().value ?? "");
      bucket = new TokenBucket(perSource, now);
      this.#sources.set(source, bucket);
    }
    return bucket.take(now) && this.#all.take(now);
  }
}
