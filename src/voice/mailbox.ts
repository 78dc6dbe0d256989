import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { ToWorker } from "./messages.ts";

/** How many messages the host has posted, modulo 2^32: to look at it costs less than to look into the port every tick. */
export type MailFlag = Int32Array;

export function newMailFlag(): MailFlag {
  return new Int32Array(new SharedArrayBuffer(4));
}

/** The host has posted a message. */
export function announce(flag: MailFlag): void {
  Atomics.add(flag, 0, 1);
}

/** The worker's side. */
export class Mailbox {
  readonly #port: MessagePort;
  readonly #posted: MailFlag;
  #seen = 0;

  constructor(port: MessagePort, flag: MailFlag) {
    this.#port = port;
    this.#posted = flag;
  }

  /** Hands over everything that has come. */
  empty(hear: (message: ToWorker) => void): void {
    const posted = Atomics.load(this.#posted, 0);
    if (posted === this.#seen) return;
    this.#seen = posted;
    for (let next = receiveMessageOnPort(this.#port); next !== undefined; next = receiveMessageOnPort(this.#port))
      hear(next.message as ToWorker); // Only the host has the other end.
  }
}
