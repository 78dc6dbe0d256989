import type { Socket } from "node:net";
import type { Served, Stream } from "./command.ts";
import { commandFor } from "./commands.ts";
import { LineReader, longestLine, type Reply, type Request, readRequest } from "./control-line.ts";
import { Refusal } from "./refusal.ts";

/** What may wait for a reader that is slow, octets; a stream drops what comes beyond. */
const mostWaiting = 256 * 1024;
/** What may wait at all before a reader that takes nothing is cut off, octets. */
const mostOwed = 8 * 1024 * 1024;
/** Requests under way at a time on one connection. */
const mostAtOnce = 32;

/** One client of the control socket. */
export class ControlConnection {
  readonly #socket: Socket;
  readonly #served: () => Served | null;
  readonly #reader = new LineReader(longestLine);
  readonly #whenClosed = new Set<() => void>();
  #underWay = 0;

  constructor(socket: Socket, served: () => Served | null) {
    this.#socket = socket;
    this.#served = served;
    socket.on("data", (chunk) => this.#read(chunk));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#closed());
  }

  /** Says a last sentence and closes. */
  refuse(message: string): void {
    this.#write({ id: null, error: { code: "refused", message } });
    this.#socket.removeAllListeners("data");
    this.#socket.resume();
    this.#socket.destroySoon();
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    const lines = this.#reader.push(chunk);
    if (lines === null) return this.refuse(`line longer than ${longestLine} octets — send shorter requests`);
    for (const line of lines) {
      const request = readRequest(line);
      if (typeof request === "string") this.#write({ id: null, error: { code: "usage", message: request } });
      else this.#accept(request);
    }
  }

  #accept(request: Request): void {
    const { id } = request;
    if (this.#underWay >= mostAtOnce) {
      const message = `${mostAtOnce} requests are under way on this connection — wait for their answers`;
      return this.#write({ id, error: { code: "refused", message } });
    }
    this.#underWay += 1;
    this.#answer(request)
      .catch((error: unknown): Reply => ({ id, error: errorOf(error) }))
      .then((reply) => {
        this.#underWay -= 1;
        this.#write(reply);
      });
  }

  async #answer({ id, command, args }: Request): Promise<Reply> {
    const served = this.#served();
    if (served === null) throw new Refusal("refused", "the gateway is starting — ask again in a moment");
    const result = await commandFor(command, args).run(served, args, this.#stream(id));
    return { id, result: result ?? null };
  }

  #stream(id: number): Stream {
    let dropped = 0;
    return {
      send: (item) => {
        if (this.#socket.writableLength > mostWaiting) {
          dropped += 1;
          return;
        }
        if (dropped > 0) this.#write({ id, dropped });
        dropped = 0;
        this.#write({ id, item });
      },
      onClose: (run) => {
        if (this.#socket.destroyed) run();
        else this.#whenClosed.add(run);
      },
    };
  }

  #write(reply: Reply): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    this.#socket.write(`${JSON.stringify(reply)}\n`);
    if (this.#socket.writableLength > mostOwed) this.#socket.destroy();
  }

  #closed(): void {
    for (const run of this.#whenClosed) run();
    this.#whenClosed.clear();
  }
}

function errorOf(error: unknown): { readonly code: "usage" | "refused"; readonly message: string } {
  if (error instanceof Refusal) return { code: error.code, message: error.message };
  return { code: "refused", message: `it failed: ${error instanceof Error ? error.message : String(error)}` };
}
