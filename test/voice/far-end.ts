import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, isIPv6 } from "node:net";
import { type RtpPacket, readRtp, writeRtp } from "../assembly/rtp.ts";

/**
 * A far end on loopback. It has no clock of its own: it answers each packet of the voice path, which sends one every
 * 20 ms, with its next one.
 */
export class FarEnd {
  readonly address: string;
  readonly port: number;
  readonly received: RtpPacket[] = [];
  readonly #socket: Socket;
  #sequence = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const { address, port } = socket.address() as AddressInfo; // bound to UDP: an object
    this.address = address;
    this.port = port;
  }

  static async open(address = "127.0.0.1"): Promise<FarEnd> {
    const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
    socket.bind(0, address);
    await once(socket, "listening");
    return new FarEnd(socket);
  }

  get where() {
    return { address: this.address, port: this.port };
  }

  sendRaw(octets: Uint8Array, port: number): void {
    this.#socket.send(octets, port, isIPv6(this.address) ? "::1" : "127.0.0.1");
  }

  /** The next packet of this far end's stream; returns its place in the stream. */
  send(port: number, payloadType: number, payload: (n: number) => Uint8Array): number {
    const n = this.#sequence++;
    const packet = { payloadType, sequence: n & 0xffff, timestamp: n * 160, ssrc: this.port, payload: payload(n) };
    this.sendRaw(writeRtp(packet), port);
    return n;
  }

  /** Sends a packet for each one that comes; ends when `enough` says so. */
  async talk(
    port: number,
    payloadType: number,
    payload: (n: number) => Uint8Array,
    enough: (packet: RtpPacket) => boolean,
  ): Promise<void> {
    for await (const packet of this.#packets()) {
      this.send(port, payloadType, payload);
      if (enough(packet)) return;
    }
  }

  /** Waits for a packet. */
  async hear(wanted: (packet: RtpPacket) => boolean): Promise<RtpPacket> {
    for await (const packet of this.#packets()) if (wanted(packet)) return packet;
    throw new Error("closed while waiting for a packet");
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }

  async *#packets(): AsyncGenerator<RtpPacket> {
    while (true) {
      const [octets] = (await once(this.#socket, "message")) as [Buffer]; // what dgram gives first
      const packet = readRtp(octets);
      this.received.push(packet);
      yield packet;
    }
  }
}
