import { ms } from "../../../message/units.ts";
import type { Clock } from "../../clock/clock.ts";
import type { FamilyContext, UsbDevice } from "../../family.ts";
import { type RequestName, vendorSetup } from "../wire/control.ts";
import { CONFIGURATION, EVENT_ENDPOINT, INTERFACE, PROTOCOL_MAJOR, VOICE_ENDPOINT } from "../wire/descriptor.ts";
import { decodeIdentification, IDENTIFICATION_LENGTH, type Identification } from "../wire/identify.ts";
import { busFaultOf, wordsOf } from "./bus-fault.ts";

/** Every transfer waits this long: shorter reads lose data on the real bus. */
export const TRANSFER_MS = 1000;
const STALLS_MAX = 3;
/** A transfer that has not ended by then never will. */
const DRAIN_MS = 2 * TRANSFER_MS;
/** A device node comes before udev has given it to us: the waits between the tries to open it. */
const SETTLE_MS: readonly number[] = [60, 120, 240];

/** How a read or write on an endpoint ended. */
export type Transfer =
  | { readonly kind: "done"; readonly octets: Uint8Array }
  | { readonly kind: "timeout" }
  /** A stall that was cleared, and may be tried again. */
  | { readonly kind: "again" }
  /** The connection has ended. */
  | { readonly kind: "over" };

/** How a connection comes to its end: the device is asked to let the reads go, or reset, or it is not there any more. */
type Ending = "letGo" | "reset" | "gone";

const OVER: Transfer = { kind: "over" };
const NOTHING = new Uint8Array(0);

/**
 * An open reference device: its control requests in order, its transfers with the error policy of
 * docs/device-protocol.md §9, and an orderly end. One read or write at a time per endpoint is the caller's duty.
 */
export class Connection {
  readonly identification: Identification;
  /** Resolves once everything is released and closed, with the reason. Never rejects. */
  readonly gone: Promise<string>;
  /** Told at once when the connection fails, before it is drained and closed. */
  onFail: (reason: string) => void = () => {};

  readonly #device: UsbDevice;
  readonly #context: FamilyContext;
  readonly #pending = new Set<Promise<unknown>>();
  readonly #stalls = new Map<string, number>();
  #queue: Promise<unknown> = Promise.resolve();
  #over = false;
  #resolveGone: (reason: string) => void = () => {};

  private constructor(device: UsbDevice, context: FamilyContext, identification: Identification) {
    this.#device = device;
    this.#context = context;
    this.identification = identification;
    this.gone = new Promise((resolve) => {
      this.#resolveGone = resolve;
    });
  }

  /** Opens, claims, identifies and begins a session. Rejects with a sentence; the device is then closed again. */
  static async open(device: UsbDevice, kind: Identification["kind"], context: FamilyContext): Promise<Connection> {
    try {
      await openSettled(device, context.clock);
      await device.selectConfiguration(CONFIGURATION);
      await device.claimInterface(INTERFACE);
      const identification = await identify(device, kind);
      await device.controlTransferOut(vendorSetup("session", 1, 0), NOTHING, TRANSFER_MS);
      return new Connection(device, context, identification);
    } catch (error) {
      await release(device);
      throw new Error(openingFailed(error), { cause: error });
    }
  }

  get over(): boolean {
    return this.#over;
  }

  /** Control request to the device, after those before it. Rejects with a sentence. */
  tell(name: RequestName, value: number, index: number, data: Uint8Array = NOTHING): Promise<void> {
    return this.#inOrder(name, async () => {
      await this.#device.controlTransferOut(vendorSetup(name, value, index), data, TRANSFER_MS);
    });
  }

  /** Control request that is answered. */
  ask(name: RequestName, value: number, index: number, length: number): Promise<Uint8Array> {
    return this.#inOrder(name, async () => {
      const result = await this.#device.controlTransferIn(vendorSetup(name, value, index), length, TRANSFER_MS);
      return octetsOf(result.data);
    });
  }

  readEvent(length: number): Promise<Transfer> {
    return this.#transfer("in", EVENT_ENDPOINT, length);
  }

  readVoice(length: number): Promise<Transfer> {
    return this.#transfer("in", VOICE_ENDPOINT, length);
  }

  writeVoice(octets: Uint8Array): Promise<Transfer> {
    return this.#transfer("out", VOICE_ENDPOINT, octets);
  }

  /** Gives the device up: stops, drains, releases, closes, in that order. */
  fail(reason: string, ending: Ending = reason === UNPLUGGED ? "gone" : "letGo"): void {
    if (this.#over) return;
    this.#over = true;
    this.onFail(reason);
    void this.#end(reason, ending);
  }

  /** Ends the session in good order. */
  async close(): Promise<void> {
    if (!this.#over) {
      this.#over = true;
      void this.#end("detached", "letGo");
    }
    await this.gone;
  }

  /** Both `letGo` and `reset` end the reads that wait, so that nobody waits for their timeout. */
  async #end(reason: string, ending: Ending): Promise<void> {
    if (ending === "letGo")
      await this.#drained([this.#device.controlTransferOut(vendorSetup("session", 0, 0), NOTHING, TRANSFER_MS)]);
    if (ending === "reset") await this.#drained([this.#device.reset()]);
    await this.#drained([...this.#pending, this.#queue]);
    await release(this.#device);
    this.#resolveGone(reason);
  }

  #drained(pending: readonly Promise<unknown>[]): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#context.clock.after(ms(DRAIN_MS), resolve);
      void Promise.allSettled(pending).then(() => {
        cancel();
        resolve();
      });
    });
  }

  #inOrder<Result>(name: RequestName, run: () => Promise<Result>): Promise<Result> {
    const turn = this.#queue.then(async () => {
      if (this.#over) throw new Error(`${name}: the device is being closed`);
      try {
        return await this.#asked(name, run);
      } catch (error) {
        const fault = busFaultOf(error);
        const words = `${name}: ${wordsOf(error)}`;
        if (fault !== "stall") this.fail(fault === "gone" ? UNPLUGGED : words);
        throw new Error(words, { cause: error });
      }
    });
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** A request that fails is made once more: stalled it was not carried out, and most do no harm when they were. */
  async #asked<Result>(name: RequestName, run: () => Promise<Result>): Promise<Result> {
    try {
      return await run();
    } catch (error) {
      const fault = busFaultOf(error);
      if (fault === "gone" || this.#over || (fault !== "stall" && name === "linkSend")) throw error;
      this.#context.report(`${name} failed: ${wordsOf(error)}`);
      return await run();
    }
  }

  async #transfer(direction: "in" | "out", endpoint: number, what: number | Uint8Array): Promise<Transfer> {
    if (this.#over) return OVER;
    const running = this.#start(endpoint, what);
    this.#pending.add(running);
    try {
      const octets = await running;
      this.#stalls.delete(`${direction}${endpoint}`);
      return this.#over ? OVER : { kind: "done", octets };
    } catch (error) {
      return this.#over ? OVER : await this.#failed(direction, endpoint, error);
    } finally {
      this.#pending.delete(running);
    }
  }

  async #start(endpoint: number, what: number | Uint8Array): Promise<Uint8Array> {
    if (typeof what === "number") return octetsOf((await this.#device.transferIn(endpoint, what, TRANSFER_MS)).data);
    await this.#device.transferOut(endpoint, what, TRANSFER_MS);
    return NOTHING;
  }

  async #failed(direction: "in" | "out", endpoint: number, error: unknown): Promise<Transfer> {
    const fault = busFaultOf(error);
    if (fault === "timeout") return { kind: "timeout" };
    if (fault === "stall") return this.#stalled(direction, endpoint);
    this.fail(fault === "gone" ? UNPLUGGED : `endpoint ${endpoint} ${direction}: ${wordsOf(error)}`);
    return OVER;
  }

  async #stalled(direction: "in" | "out", endpoint: number): Promise<Transfer> {
    const key = `${direction}${endpoint}`;
    const stalls = (this.#stalls.get(key) ?? 0) + 1;
    this.#stalls.set(key, stalls);
    this.#context.report(`endpoint ${endpoint} ${direction} stalled`);
    if (stalls > STALLS_MAX) {
      this.fail(`endpoint ${endpoint} ${direction} stalls again and again`, "reset");
      return OVER;
    }
    try {
      await this.#device.clearHalt(direction, endpoint);
      return this.#over ? OVER : { kind: "again" };
    } catch (error) {
      const fault = busFaultOf(error);
      this.fail(fault === "gone" ? UNPLUGGED : `endpoint ${endpoint} ${direction}: ${wordsOf(error)}`);
      return OVER;
    }
  }
}

export const UNPLUGGED = "unplugged";

async function identify(device: UsbDevice, kind: Identification["kind"]): Promise<Identification> {
  const answer = await device.controlTransferIn(vendorSetup("identify", 0, 0), IDENTIFICATION_LENGTH, TRANSFER_MS);
  const it = decodeIdentification(octetsOf(answer.data));
  if (!it.ok) throw new Error(`its identification is malformed (${it.fault})`);
  const { major, minor, kind: found, channels } = it.value;
  if (major !== PROTOCOL_MAJOR) {
    throw new Error(`it speaks protocol ${major}.${minor}, this gateway ${PROTOCOL_MAJOR}: update one of them`);
  }
  if (found !== kind) throw new Error(`it says that it is a ${found}, its USB ids say a ${kind}`);
  if (channels < 1 || channels > 8)
    throw new Error(`it says that it has ${channels} voice channels (1-8 are possible)`);
  return it.value;
}

async function openSettled(device: UsbDevice, clock: Clock): Promise<void> {
  for (const wait of SETTLE_MS) {
    try {
      return await device.open();
    } catch (error) {
      if (!DENIED.test(wordsOf(error))) throw error;
    }
    await new Promise<void>((resolve) => {
      clock.after(ms(wait), resolve);
    });
  }
  await device.open();
}

const DENIED = /permission|errno 13\b|access/i;

function openingFailed(error: unknown): string {
  const words = wordsOf(error);
  if (DENIED.test(words)) return `cannot be opened: ${words} - allow it by a udev rule (docs/usb.md)`;
  if (/busy|errno 16\b/i.test(words))
    return `cannot be opened: ${words} - another program uses it, or a driver of the kernel (docs/usb.md)`;
  return `cannot be started: ${words}`;
}

/**
 * Release before close: the library keeps the interface claimed otherwise, and nobody could claim it again. A device that
 * is gone objects to both.
 */
async function release(device: UsbDevice): Promise<void> {
  const released = () => device.releaseInterface(INTERFACE);
  await released().catch(() => released().catch(() => undefined));
  await device.close().catch(() => undefined);
}

function octetsOf(data: DataView | null | undefined): Uint8Array {
  return data ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : NOTHING;
}
