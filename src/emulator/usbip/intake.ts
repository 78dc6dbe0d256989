/** What is wanted next of a stream: so many octets, and what is done with them. Null: nothing more is wanted. */
export type Want = { readonly octets: number; readonly take: (octets: Buffer) => Want } | null;

/** Cuts a stream of octets into the pieces that are wanted; holds no more than one of them. */
export class Intake {
  #want: Want;
  #piece: Buffer;
  #filled = 0;

  constructor(first: Want) {
    this.#want = first;
    this.#piece = Buffer.alloc(first?.octets ?? 0);
  }

  /** Octets of a piece are there, but not all of it. */
  get midway(): boolean {
    return this.#filled > 0;
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length && this.#want !== null; ) {
      const taken = chunk.copy(this.#piece, this.#filled, at);
      at += taken;
      this.#filled += taken;
      if (this.#filled < this.#piece.length) return;
      this.#next(this.#want.take(this.#piece));
    }
  }

  #next(want: Want): void {
    this.#want = want;
    this.#piece = Buffer.alloc(want?.octets ?? 0);
    this.#filled = 0;
  }
}
