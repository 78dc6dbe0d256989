import type { Endpoint } from "../message/name.ts";
import type { RecordEnd } from "./contract.ts";
import type { TapRate } from "./taps.ts";

/** A promise that is kept, or broken, from outside. Nobody has to wait for it. */
class Answer<T> {
  readonly promise: Promise<T>;
  readonly #resolve: (value: T) => void;
  readonly #reject: (fault: Error) => void;

  constructor() {
    let [resolve, reject]: [(value: T) => void, (fault: Error) => void] = [() => {}, () => {}];
    this.promise = new Promise<T>((yes, no) => {
      resolve = yes;
      reject = no;
    });
    this.promise.catch(() => undefined);
    this.#resolve = resolve;
    this.#reject = reject;
  }

  resolve(value: T): void {
    this.#resolve(value);
  }

  reject(reason: string): void {
    this.#reject(new Error(reason));
  }
}

/** A ring to or from a file while it is in use: from the question to the voice worker until the file is closed. */
export class Lease {
  readonly ring: number;
  readonly endpoint: Endpoint;
  readonly file: string;
  readonly what: "record" | "play";
  /** The worker has begun with it; rejects with its sentence when it refused. */
  readonly began = new Answer<TapRate>();
  /** The worker does not touch the ring any more. */
  readonly released = new Answer<void>();
  /** The file is closed and the ring free; null when it never came so far. */
  readonly over = new Answer<RecordEnd | null>();
  asked = false;
  isReleased = false;
  /** Stopped before the worker was asked. */
  isUnwanted = false;
  /** What ended it, when nobody wanted that. */
  why: string | null = null;

  constructor(ring: number, endpoint: Endpoint, file: string, what: Lease["what"]) {
    this.ring = ring;
    this.endpoint = endpoint;
    this.file = file;
    this.what = what;
  }

  /** `refused`: the worker's sentence, when it never began. */
  release(refused: string | null): void {
    this.isReleased = true;
    this.began.reject(refused ?? `${this.endpoint} was closed`);
    this.released.resolve();
  }
}
