import { connect, createServer, type Server, type Socket } from "node:net";

/** A Unix socket here that is the other end of a TCP port elsewhere: a control socket, for those who know it by its path. */
export class Relay {
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor(address: string, port: number) {
    this.#server = createServer((here) => {
      const there = connect(port, address);
      this.#join(here, there);
      this.#join(there, here);
    });
  }

  static async open(path: string, address: string, port: number): Promise<Relay> {
    const relay = new Relay(address, port);
    await new Promise<void>((resolve, reject) => {
      relay.#server.once("error", reject);
      relay.#server.listen(path, resolve);
    });
    return relay;
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(from: Socket, to: Socket): void {
    this.#open.add(from);
    from.on("error", () => to.destroy());
    from.on("close", () => {
      this.#open.delete(from);
      to.destroy();
    });
    from.pipe(to);
  }
}
