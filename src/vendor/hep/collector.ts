import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns";
import { seconds } from "../../message/units.ts";
import type { Clock } from "../clock/clock.ts";
import { type HepAgent, type HepPacket, writeHep } from "./packet.ts";

export interface CollectorOptions extends HepAgent {
  /** Name or address. */
  readonly host: string;
  readonly port: number;
}

/** Counted since the start. */
export interface CollectorFigures {
  /** `host:port`. */
  readonly collector: string;
  readonly sent: number;
  /** Packets that were not sent: too many at once, no address, or the network said no. */
  readonly dropped: number;
  /** Why the last one that was dropped was; null: none was. */
  readonly trouble: string | null;
}

/** Packets on their way to the socket; one more is dropped. */
const mostWaiting = 256;
/** A collector whose name can not be found is looked for again after this time. */
const again = seconds(30);

/**
 * Sends to a HEP collector by UDP, and waits for nothing: what can not go out soon is dropped and counted. Whether anybody
 * listens is known only when its machine says that nobody does.
 */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #clock: Clock;
  readonly #report: (problem: string) => void;
  #socket: Socket | null = null;
  /** Before the socket is there. */
  #early: Buffer[] = [];
  #waiting = 0;
  #again: (() => void) | null = null;
  #closed = false;
  readonly #count = { sent: 0, dropped: 0 };
  #trouble: string | null = null;

  constructor(options: CollectorOptions, clock: Clock, report: (problem: string) => void) {
    this.#options = options;
    this.#clock = clock;
    this.#report = report;
    this.#find();
  }

  /** Never throws. */
  send(packet: HepPacket): void {
    const octets = writeHep(packet, this.#options);
    if (octets === null) return this.#dropped("longer than a datagram");
    if (this.#waiting + this.#early.length >= mostWaiting) return this.#dropped("too many packets at once");
    if (this.#socket !== null) this.#write(this.#socket, octets);
    else if (this.#again === null) this.#early.push(octets);
    else this.#dropped(this.#trouble ?? "");
  }

  figures(): CollectorFigures {
    const { host, port } = this.#options;
    const collector = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
    return { collector, ...this.#count, trouble: this.#trouble };
  }

  /** What waits is given to the system; nothing is waited for. */
  close(): Promise<void> {
    this.#closed = true;
    this.#again?.();
    this.#early = [];
    const socket = this.#socket;
    this.#socket = null;
    return new Promise((resolve) => (socket === null ? resolve() : socket.close(() => resolve())));
  }

  #find(): void {
    this.#again = null;
    lookup(this.#options.host, (error, address, family) => {
      if (this.#closed) return;
      if (error !== null) return this.#lost(`${this.#options.host} can not be found (${error.code})`);
      this.#open(address, family);
    });
  }

  /** Connected: so the system tells when nobody listens there. */
  #open(address: string, family: number): void {
    const socket = createSocket(family === 6 ? "udp6" : "udp4");
    socket.on("error", (error) => this.#failed(socket, error));
    socket.on("connect", () => {
      if (this.#closed) return void socket.close();
      this.#socket = socket;
      for (const octets of this.#early.splice(0)) this.#write(socket, octets);
    });
    socket.connect(this.#options.port, address);
  }

  /** Before the connection it has failed for good, after it the answer is only that nobody listens. */
  #failed(socket: Socket, error: Error): void {
    if (this.#socket === socket) return this.#complain(error.message);
    socket.close();
    this.#lost(error.message);
  }

  #write(socket: Socket, octets: Buffer): void {
    this.#waiting++;
    socket.send(octets, (error) => {
      this.#waiting--;
      if (error === null) this.#count.sent++;
      else this.#dropped(error.message);
    });
  }

  #lost(problem: string): void {
    for (const _ of this.#early.splice(0)) this.#dropped(problem);
    this.#complain(problem);
    if (!this.#closed) this.#again = this.#clock.after(again, () => this.#find());
  }

  #dropped(problem: string): void {
    this.#count.dropped++;
    this.#complain(problem);
  }

  #complain(problem: string): void {
    this.#trouble = problem;
    if (!this.#closed) this.#report(problem);
  }
}
