import { createSocket, type Socket } from "node:dgram";
import { header } from "../../src/vendor/sip/wire/message.ts";
import { readMessage } from "../../src/vendor/sip/wire/read-message.ts";
import { isFarEnds } from "./boundary/sockets.ts";
import { FarDialog, type Wire } from "./far-dialog.ts";

const address = "127.0.0.1";
const frameMs = 20;
const samples = 160;
/** PCMA, the loudest there is. */
const loud = 0x2a;

/** A softphone on real sockets, as small as can be: it calls and is called, hears whether somebody speaks, and speaks. */
export class FarEnd implements Wire {
  readonly address = address;
  readonly port: number;
  readonly rtpPort: number;
  readonly #sip: Socket;
  readonly #rtp: Socket;
  readonly #dialogs = new Map<string, FarDialog>();
  readonly #housePort: number;
  #speaking: NodeJS.Timeout | null = null;
  #calls = 0;
  /** RTP packets with sound in them. */
  heard = 0;
  /** Told of everything that comes. */
  onChange: () => void = () => {};

  /** On two ports from `port` on. */
  static async open(port: number, housePort: number): Promise<FarEnd> {
    const [sip, rtp] = await Promise.all([bound(port), bound(port + 1)]);
    return new FarEnd(sip, rtp, housePort);
  }

  private constructor(sip: Socket, rtp: Socket, housePort: number) {
    this.#sip = sip;
    this.#rtp = rtp;
    this.#housePort = housePort;
    this.port = sip.address().port;
    this.rtpPort = rtp.address().port;
    sip.on("message", (datagram) => this.#message(datagram));
    rtp.on("message", (packet) => {
      if (packet.length < 12 + samples || !packet.subarray(12).some((octet) => isSound(octet))) return;
      this.heard += 1;
      this.onChange();
    });
    for (const socket of [sip, rtp]) socket.on("error", () => {});
  }

  send(text: string): void {
    this.#sip.send(text, this.#housePort, address);
  }

  call(number: string): FarDialog {
    this.#calls += 1;
    const dialog = FarDialog.call(this, this.#housePort, number, `far-${process.pid}-${this.#calls}`);
    this.#dialogs.set(dialog.callId, dialog);
    return dialog;
  }

  /** The last one that is not over; null without one. */
  get dialog(): FarDialog | null {
    return [...this.#dialogs.values()].findLast(({ state }) => state !== "over") ?? null;
  }

  /** Speaks without a pause to where the house wants it. */
  speak({ rtpPort }: FarDialog): void {
    this.hush();
    let sequence = 0;
    const packet = Buffer.alloc(12 + samples);
    packet[0] = 0x80;
    packet[1] = 8;
    packet.writeUInt32BE(0x1234 + this.#calls, 8);
    // 500 Hz, a square wave.
    for (let n = 0; n < samples; n++) packet[12 + n] = n % 16 < 8 ? loud : loud | 0x80;
    this.#speaking = setInterval(() => {
      sequence += 1;
      packet.writeUInt16BE(sequence & 0xffff, 2);
      packet.writeUInt32BE(sequence * samples, 4);
      this.#rtp.send(packet, rtpPort ?? 9, address);
    }, frameMs);
  }

  hush(): void {
    if (this.#speaking !== null) clearInterval(this.#speaking);
    this.#speaking = null;
  }

  /** Everybody hangs up. */
  endAll(): void {
    this.hush();
    for (const dialog of this.#dialogs.values()) dialog.end();
  }

  /** Forgets calls that are over. */
  forget(): void {
    for (const dialog of this.#dialogs.values()) dialog.close();
    this.#dialogs.clear();
    this.heard = 0;
  }

  close(): void {
    this.hush();
    this.forget();
    this.#sip.close();
    this.#rtp.close();
  }

  #message(datagram: Buffer): void {
    const reading = readMessage(datagram);
    if (reading.kind !== "message") throw new Error(`the house wrote ${datagram}`);
    const { message } = reading;
    const callId = header(message, "call-id") ?? "";
    const known = this.#dialogs.get(callId);
    if (known !== undefined) known.take(message);
    else if (message.kind === "request" && message.method === "INVITE") {
      const dialog = FarDialog.ring(this, message);
      this.#dialogs.set(callId, dialog);
    } else if (message.kind === "request" && message.method !== "ACK") this.#unknown(message);
    this.onChange();
  }

  /** Of a call that was forgotten. */
  #unknown(message: Parameters<typeof header>[0]): void {
    const kept = (["via", "from", "to", "call-id", "cseq"] as const).map((key) => `${key}: ${header(message, key)}`);
    this.send(["SIP/2.0 481 Gone", ...kept, "content-length: 0", "", ""].join("\r\n"));
  }
}

function isSound(octet: number): boolean {
  // Segments of G.711: the upper half of them.
  return ((octet ^ 0x55) & 0x70) >= 0x40;
}

function bound(port: number): Promise<Socket> {
  const socket = createSocket("udp4");
  isFarEnds(socket);
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, address, () => resolve(socket));
  });
}
