import { connect, type Socket } from "node:net";
import { ms } from "../../../message/units.ts";
import { type Clock, systemClock } from "../../../vendor/clock/clock.ts";
import { Intake, type Want } from "../intake.ts";
import {
  DEVICE_LENGTH,
  decodeDevice,
  decodeOperation,
  type ExportedDevice,
  encodeImport,
  encodeOperation,
  OPERATION_LENGTH,
  operations,
  replies,
} from "../wire/operation.ts";

/** A server that has not answered by then never will, however slowly it goes on, ms. */
const PATIENCE_MS = ms(5000);
/** Devices believed of a server's list. */
const MOST_DEVICES = 256;
const COUNT_LENGTH = 4;
const INTERFACE_LENGTH = 4;
/** A server that is gone without a word is noticed by the kernel after this and a few tries. */
const KEEP_ALIVE_MS = 10_000;

/** Where a USB/IP server is. */
export interface ServerAddress {
  readonly address: string;
  readonly port: number;
}

/** The devices that a server offers. Rejects with a sentence. */
export async function listExported(server: ServerAddress, clock = systemClock): Promise<readonly ExportedDevice[]> {
  const devices: ExportedDevice[] = [];
  const socket = await request(server, clock, encodeOperation(operations.requestList), (done) => {
    const next = (left: number): Want =>
      left === 0 ? done() : { octets: DEVICE_LENGTH, take: (it) => device(it, left) };
    const device = (octets: Buffer, left: number): Want => {
      const { device, interfaces } = decodeDevice(octets);
      devices.push(device);
      const after = (): Want => next(left - 1);
      return interfaces === 0 ? after() : { octets: interfaces * INTERFACE_LENGTH, take: after };
    };
    return (header) => {
      expectReply(header, operations.replyList, "the list");
      const take = (count: Buffer): Want => next(Math.min(count.readUInt32BE(0), MOST_DEVICES));
      return { octets: COUNT_LENGTH, take };
    };
  });
  socket.destroy();
  return devices;
}

/** A device that was imported, and the connection its commands go over: nothing but the reply was read from it. */
export interface Imported {
  readonly device: ExportedDevice;
  readonly socket: Socket;
}

/** Takes a device from a server. Rejects with a sentence, e.g. that somebody else has it. */
export async function importDevice(server: ServerAddress, busid: string, clock = systemClock): Promise<Imported> {
  const found: ExportedDevice[] = [];
  const socket = await request(server, clock, encodeImport(busid), (done) => (header) => {
    expectReply(header, operations.replyImport, busid);
    const take = (octets: Buffer): Want => {
      found.push(decodeDevice(octets).device);
      return done();
    };
    return { octets: DEVICE_LENGTH, take };
  });
  const [device] = found;
  if (device?.busid === busid) return { device, socket };
  socket.destroy();
  throw new Error(`${busid}: the server gave ${device?.busid.slice(0, 31) ?? "nothing"} instead`);
}

/**
 * Connects, asks, and reads the answer as far as `read` wants it: it is given what to return at the end, and returns
 * what takes the header.
 */
function request(
  server: ServerAddress,
  clock: Clock,
  question: Buffer,
  read: (done: () => null) => (header: Buffer) => Want,
): Promise<Socket> {
  const { address: host, port } = server;
  const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
  return new Promise<Socket>((resolve, reject) => {
    const late = clock.after(PATIENCE_MS, () => fail(`does not answer within ${PATIENCE_MS / 1000} s`));
    const fail = (words: string): void => {
      late();
      socket.destroy();
      reject(new Error(`${host}:${port}: ${words}`));
    };
    const done = (): null => {
      late();
      socket.pause();
      socket.removeAllListeners();
      socket.on("error", () => socket.destroy());
      resolve(socket);
      return null;
    };
    const intake = new Intake({ octets: OPERATION_LENGTH, take: read(done) });
    socket.on("connect", () => socket.write(question));
    socket.on("error", (error: NodeJS.ErrnoException) => fail(whyNot(error)));
    socket.on("end", () => fail("closed the connection before it had answered"));
    socket.on("data", (chunk) => {
      try {
        intake.push(chunk);
      } catch (error) {
        fail(error instanceof Error ? error.message : String(error));
      }
    });
  });
}

function expectReply(header: Buffer, code: number, what: string): void {
  const reply = decodeOperation(header);
  if (reply.code !== code) throw new Error(`does not answer as a USB/IP server does`);
  if (reply.status === replies.ok) return;
  if (reply.status === replies.busy) throw new Error(`${what}: somebody else has this device — detach it there`);
  if (reply.status === replies.noDevice) throw new Error(`${what}: there is no such device, or it is unplugged`);
  throw new Error(`${what}: refused with status ${reply.status}`);
}

function whyNot({ code, message }: NodeJS.ErrnoException): string {
  if (code === "ECONNREFUSED") return "nobody serves devices there — start `offhook device --serve`";
  if (code === "EHOSTUNREACH" || code === "ENETUNREACH") return "can not be reached from here";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "this name is not known — give an address";
  return message;
}
