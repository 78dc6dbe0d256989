/** Reads WebAssembly's binary format (core specification 1.0 §5): every read is within bounds, or throws a `CodecFault`. */

/** Why a file is no codec, or a codec can not go on: a sentence. */
export class CodecFault extends Error {}

export class Binary {
  readonly octets: Uint8Array;
  at: number;
  readonly end: number;

  constructor(octets: Uint8Array, at = 0, end = octets.length) {
    this.octets = octets;
    this.at = at;
    this.end = end;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  octet(): number {
    const octet = this.peek();
    this.at++;
    return octet;
  }

  /** The next octet, not passed over. */
  peek(): number {
    const octet = this.at < this.end ? this.octets[this.at] : undefined;
    if (octet === undefined) throw new CodecFault("the file ends too early: it was cut off");
    return octet;
  }

  skip(octets: number): void {
    if (octets > this.end - this.at) throw new CodecFault("the file ends too early: it was cut off");
    this.at += octets;
  }

  /** LEB128 of at most 32 bits, unsigned. */
  number(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const octet = this.octet();
      value += (octet & 0x7f) * 2 ** shift;
      if (octet < 0x80) return value;
    }
    throw new CodecFault("a number in the file is longer than WebAssembly allows");
  }

  /** Passes over a LEB128 of any kind. */
  skipNumber(): void {
    for (let octets = 0; octets < 10; octets++) if (this.octet() < 0x80) return;
    throw new CodecFault("a number in the file is longer than WebAssembly allows");
  }

  text(): string {
    const length = this.number();
    const from = this.at;
    this.skip(length);
    return new TextDecoder().decode(this.octets.subarray(from, this.at));
  }

  /** A part with its own bounds; passes over it. */
  part(length: number): Binary {
    const from = this.at;
    this.skip(length);
    return new Binary(this.octets, from, this.at);
  }
}

/** Writes the same format. */
export class BinaryWriter {
  #octets = new Uint8Array(4096);
  length = 0;

  octet(...octets: readonly number[]): void {
    this.#reserve(octets.length);
    for (const octet of octets) this.#octets[this.length++] = octet;
  }

  copy(octets: Uint8Array): void {
    this.#reserve(octets.length);
    this.#octets.set(octets, this.length);
    this.length += octets.length;
  }

  number(value: number): void {
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.octet((rest % 128) | 0x80);
    this.octet(rest);
  }

  text(text: string): void {
    const octets = new TextEncoder().encode(text);
    this.number(octets.length);
    this.copy(octets);
  }

  /** Five octets, so that the value can be changed afterwards with `patch`; below 2^31, good for signed and unsigned. */
  wide(value: number): number {
    const place = this.length;
    this.octet(0, 0, 0, 0, 0);
    this.patch(place, value);
    return place;
  }

  patch(place: number, value: number): void {
    for (let n = 0; n < 5; n++) this.#octets[place + n] = ((value >>> (7 * n)) & 0x7f) | (n < 4 ? 0x80 : 0);
  }

  section(id: number, content: BinaryWriter): void {
    this.octet(id);
    this.number(content.length);
    this.copy(content.taken());
  }

  taken(): Uint8Array<ArrayBuffer> {
    return this.#octets.slice(0, this.length);
  }

  #reserve(more: number): void {
    if (this.length + more <= this.#octets.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#octets.length, this.length + more));
    larger.set(this.#octets.subarray(0, this.length));
    this.#octets = larger;
  }
}
