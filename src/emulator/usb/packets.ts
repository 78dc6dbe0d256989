/** Transfers on their way to the host, cut into packets. */
export class Packets {
  readonly #packet: number;
  readonly #transfers: Uint8Array[] = [];
  #sent = 0;

  /** `packet`: wMaxPacketSize. */
  constructor(packet: number) {
    this.#packet = packet;
  }

  /** Transfers that wait, the one under way included. */
  get length(): number {
    return this.#transfers.length;
  }

  push(transfer: Uint8Array): void {
    this.#transfers.push(transfer);
  }

  /** Drops the oldest transfer of which nothing was sent yet; false when there is none. */
  dropOldest(): boolean {
    return this.#transfers.splice(this.#sent > 0 ? 1 : 0, 1).length > 0;
  }

  clear(): void {
    this.#transfers.length = 0;
    this.#sent = 0;
  }

  next(): Uint8Array | "nak" {
    const transfer = this.#transfers[0];
    if (transfer === undefined) return "nak";
    const packet = transfer.subarray(this.#sent, this.#sent + this.#packet);
    this.#sent += packet.length;
    if (this.#sent >= transfer.length) {
      this.#transfers.shift();
      this.#sent = 0;
    }
    return packet;
  }
}
