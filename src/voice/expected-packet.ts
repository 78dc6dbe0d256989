/** One packet that is waited for, while Node's loop turns. */
export class ExpectedPacket {
  #stream = -1;
  #resolve: ((came: boolean) => void) | null = null;
  #timer: NodeJS.Timeout | null = null;

  /** True as soon as a packet of the stream has come, false when none has within so many milliseconds. */
  within(stream: number, ms: number): Promise<boolean> {
    this.#end(false);
    this.#stream = stream;
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.#timer = setTimeout(() => this.#end(false), ms);
    });
  }

  came(stream: number): void {
    if (stream === this.#stream) this.#end(true);
  }

  #end(came: boolean): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#stream = -1;
    this.#resolve?.(came);
    this.#resolve = null;
  }
}
