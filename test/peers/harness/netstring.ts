/** Netstrings (`5:hello,`) as baresip's control socket speaks them. */

export function netstring(text: string): Buffer {
  const body = Buffer.from(text, "utf8");
  return Buffer.concat([Buffer.from(`${body.length}:`), body, Buffer.from(",")]);
}

/** Cuts a stream into netstrings. */
export class NetstringReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The complete strings so far; throws when the stream is not made of netstrings. */
  take(data: Buffer): string[] {
    this.#rest = Buffer.concat([this.#rest, data]);
    const complete: string[] = [];
    for (;;) {
      const colon = this.#rest.indexOf(":");
      if (colon < 0) return complete;
      const length = Number(this.#rest.toString("latin1", 0, colon));
      if (!Number.isInteger(length)) throw new Error(`not a netstring: ${this.#rest.toString("latin1", 0, 40)}`);
      const end = colon + 1 + length;
      if (this.#rest.length <= end) return complete;
      complete.push(this.#rest.toString("utf8", colon + 1, end));
      this.#rest = this.#rest.subarray(end + 1);
    }
  }
}
