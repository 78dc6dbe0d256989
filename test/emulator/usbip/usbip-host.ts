import type { Duplex } from "node:stream";
import type { UsbSetup } from "../../../src/vendor/family.ts";

/** A USB/IP client as the protocol's document describes it (Linux, Documentation/usb/usbip_protocol.rst). */

/** Status of an answer, as errno of Linux. */
export const errno = { stall: -32, babble: -75, unlinked: -104 } as const;

export interface Answer {
  readonly status: number;
  readonly length: number;
  readonly data: Buffer;
}

/** What is known of a device from OP_REP_DEVLIST or OP_REP_IMPORT. */
export interface Listed {
  readonly busid: string;
  readonly deviceId: number;
  readonly speed: number;
  readonly ids: readonly [vendor: number, product: number, release: number];
  readonly interfaces: readonly (readonly number[])[];
}

interface Waiting {
  readonly into: boolean;
  readonly answered: (answer: Answer) => void;
  readonly lost: () => void;
}

/** Octets that arrive, taken piece by piece. */
class Inbox {
  #rest = Buffer.alloc(0);
  #ended = false;
  #wake: () => void = () => {};

  constructor(stream: Duplex) {
    stream.on("data", (chunk: Buffer) => {
      this.#rest = Buffer.concat([this.#rest, chunk]);
      this.#wake();
    });
    const end = () => {
      this.#ended = true;
      this.#wake();
    };
    stream.on("end", end).on("close", end).on("error", end);
  }

  /** Null: the connection ended before. */
  async take(length: number): Promise<Buffer | null> {
    while (this.#rest.length < length) {
      if (this.#ended) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }
}

export function operation(code: number, status = 0, version = 0x0111): Buffer {
  const octets = Buffer.alloc(8);
  octets.writeUInt16BE(version, 0);
  octets.writeUInt16BE(code, 2);
  octets.writeUInt32BE(status, 4);
  return octets;
}

export function importRequest(busid: string): Buffer {
  return Buffer.concat([operation(0x8003), Buffer.from(busid.padEnd(32, "\0"), "latin1")]);
}

/** CMD_SUBMIT and CMD_UNLINK with their numbers as given, right or wrong. */
export function command(fields: {
  readonly command: number;
  readonly sequence: number;
  readonly device: number;
  readonly direction?: number;
  readonly endpoint?: number;
  readonly unlink?: number;
  readonly length?: number;
  readonly packets?: number;
  readonly setup?: Uint8Array;
}): Buffer {
  const octets = Buffer.alloc(48);
  const { direction = 0, endpoint = 0, unlink = 0, length = 0, packets = 0 } = fields;
  [fields.command, fields.sequence, fields.device, direction, endpoint, unlink, length, 0, packets].forEach((it, n) => {
    octets.writeUInt32BE(it >>> 0, 4 * n);
  });
  if (fields.setup !== undefined) octets.set(fields.setup, 40);
  return octets;
}

export function setupOf(setup: UsbSetup, into: boolean, length: number): Buffer {
  const octets = Buffer.alloc(8);
  const type = { standard: 0, class: 1, vendor: 2 }[setup.requestType];
  const recipient = { device: 0, interface: 1, endpoint: 2, other: 3 }[setup.recipient];
  octets[0] = (into ? 0x80 : 0) | (type << 5) | recipient;
  octets[1] = setup.request;
  octets.writeUInt16LE(setup.value, 2);
  octets.writeUInt16LE(setup.index, 4);
  octets.writeUInt16LE(length, 6);
  return octets;
}

/** Asks for the list on a connection of its own. */
export async function list(stream: Duplex): Promise<readonly Listed[]> {
  const inbox = new Inbox(stream);
  stream.write(operation(0x8005));
  const head = await inbox.take(12);
  if (head === null || !head.subarray(0, 8).equals(operation(0x0005)))
    throw new Error(`no list: ${head?.toString("hex")}`);
  const devices: Listed[] = [];
  for (let n = 0; n < head.readUInt32BE(8); n++) {
    const device = await inbox.take(312);
    const interfaces = await inbox.take(4 * (device?.readUInt8(311) ?? 0));
    if (device === null || interfaces === null) throw new Error("the list is cut off");
    const rows = Array.from({ length: interfaces.length / 4 }, (_, at) => [...interfaces.subarray(4 * at, 4 * at + 3)]);
    devices.push(listed(device, rows));
  }
  if ((await inbox.take(1)) !== null) throw new Error("more than a list");
  stream.destroy();
  return devices;
}

function listed(octets: Buffer, interfaces: readonly (readonly number[])[]): Listed {
  return {
    busid: octets.toString("latin1", 256, 288).replace(/\0+$/, ""),
    deviceId: (octets.readUInt32BE(288) << 16) | octets.readUInt32BE(292),
    speed: octets.readUInt32BE(296),
    ids: [octets.readUInt16BE(300), octets.readUInt16BE(302), octets.readUInt16BE(304)],
    interfaces,
  };
}

/** A device that was imported: the host controller's side of its cable. */
export class UsbipHost {
  readonly device: Listed;
  readonly stream: Duplex;
  /** Resolves when the connection has ended. */
  readonly ended: Promise<void>;
  gone = false;
  /** Sequence numbers of answers that nobody awaited. */
  readonly unasked: number[] = [];
  readonly #inbox: Inbox;
  readonly #waiting = new Map<number, Waiting>();
  readonly #unlinks = new Map<number, (status: number) => void>();
  #sequence = 0;

  private constructor(stream: Duplex, inbox: Inbox, device: Listed) {
    this.stream = stream;
    this.#inbox = inbox;
    this.device = device;
    this.ended = this.#read();
  }

  /** The status of the reply when the device is refused. */
  static async import(stream: Duplex, busid: string): Promise<UsbipHost | number> {
    const inbox = new Inbox(stream);
    stream.write(importRequest(busid));
    const head = await inbox.take(8);
    if (head === null) throw new Error("closed instead of answering");
    const status = head.readUInt32BE(4);
    if (!head.equals(operation(0x0003, status))) throw new Error(`no reply to an import: ${head.toString("hex")}`);
    const device = status === 0 ? await inbox.take(312) : null;
    return device === null ? status : new UsbipHost(stream, inbox, listed(device, []));
  }

  /** A control transfer; `what` is the length to read, or the data to write. */
  control(setup: UsbSetup, what: number | Uint8Array): Promise<Answer> {
    const length = typeof what === "number" ? what : what.length;
    return this.submit(0, what, setupOf(setup, typeof what === "number", length)).answer;
  }

  /** Submits a transfer and tells its sequence number. */
  submit(endpoint: number, what: number | Uint8Array, setup: Uint8Array = new Uint8Array(8)): Submitted {
    const into = typeof what === "number";
    const sequence = ++this.#sequence;
    const answer = new Promise<Answer>((answered, reject) => {
      const lost = () => reject(new Error("Disconnected"));
      if (this.gone) lost();
      else this.#waiting.set(sequence, { into, answered, lost });
    });
    const length = into ? what : what.length;
    const fields = {
      command: 1,
      sequence,
      device: this.device.deviceId,
      direction: into ? 1 : 0,
      endpoint,
      length,
      setup,
    };
    this.send(Buffer.concat([command(fields), into ? Buffer.alloc(0) : what]));
    return { sequence, answer };
  }

  /** Takes a transfer back; resolves with the status of RET_UNLINK. A transfer that is back by now was answered. */
  unlink(sequence: number): Promise<number> {
    const own = ++this.#sequence;
    const answer = new Promise<number>((resolve) => this.#unlinks.set(own, resolve));
    this.send(command({ command: 2, sequence: own, device: this.device.deviceId, unlink: sequence }));
    return answer.then((status) => {
      if (status === errno.unlinked)
        this.#waiting.get(sequence)?.answered({ status, length: 0, data: Buffer.alloc(0) });
      if (status === errno.unlinked) this.#waiting.delete(sequence);
      return status;
    });
  }

  /** The status of the answer to a command that was sent by hand. */
  statusOf(sequence: number): Promise<number> {
    return new Promise((resolve) => {
      this.#unlinks.set(sequence, resolve);
      this.#waiting.set(sequence, { into: false, answered: ({ status }) => resolve(status), lost: () => {} });
    });
  }

  send(octets: Uint8Array): void {
    if (!this.stream.destroyed) this.stream.write(octets);
  }

  /** Transfers that have not come back. */
  get waiting(): number {
    return this.#waiting.size;
  }

  detach(): void {
    this.stream.destroy();
  }

  async #read(): Promise<void> {
    for (let head = await this.#inbox.take(48); head !== null; head = await this.#inbox.take(48)) {
      const [kind, sequence, status] = [head.readUInt32BE(0), head.readUInt32BE(4), head.readInt32BE(20)];
      if (kind === 4) {
        this.#unlinks.get(sequence)?.(status);
        continue;
      }
      const waiting = this.#waiting.get(sequence);
      if (kind !== 3) throw new Error(`${kind} is no answer`);
      if (waiting === undefined) this.unasked.push(sequence);
      const length = head.readUInt32BE(24);
      const data = waiting?.into !== false && length > 0 ? await this.#inbox.take(length) : Buffer.alloc(0);
      if (data === null) break;
      this.#waiting.delete(sequence);
      waiting?.answered({ status, length, data: Buffer.from(data) });
    }
    this.gone = true;
    for (const { lost } of this.#waiting.values()) lost();
    this.#waiting.clear();
  }
}

export interface Submitted {
  readonly sequence: number;
  readonly answer: Promise<Answer>;
}
