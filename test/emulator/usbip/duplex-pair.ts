import { Duplex } from "node:stream";

/** Two ends of a connection without a network: what is written to one is read from the other, as fast as that reads. */
export function duplexPair(): [Duplex, Duplex] {
  const [near, far] = [new End(), new End()];
  near.other = far;
  far.other = near;
  return [near, far];
}

class End extends Duplex {
  other: End | null = null;
  /** Goes on when this end has read what it has. */
  #goOn: () => void = () => {};

  override _read(): void {
    this.#goOn();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.other?.bring(chunk, done);
  }

  override _final(done: () => void): void {
    this.other?.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.other?.readable) this.other.push(null);
    done(error);
  }

  bring(chunk: Buffer, done: () => void): void {
    if (this.push(chunk)) return done();
    this.#goOn = () => {
      this.#goOn = () => {};
      done();
    };
  }
}
