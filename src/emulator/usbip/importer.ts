import type { EndpointDescriptor } from "../usb/device-model.ts";
import type { Plug } from "../usb/plug.ts";
import { InTransfer, OutTransfer, type Transfer, type TransferFault } from "../usb/transfer.ts";
import { encodeSubmitted, encodeUnlinked, type Setup, type Submit, statuses, type Unlink } from "./wire/command.ts";

/** Transfers that may wait at a time, and the octets they may hold: a kernel has a handful. */
const MOST_WAITING = 256;
const MOST_OCTETS = 1024 * 1024;

/** A transfer that has not come back yet. */
interface Waiting {
  readonly endpoint: EndpointDescriptor;
  readonly transfer: Transfer;
  readonly octets: number;
}

/** Whoever has imported a device: its transfers, from their submission until they come back or are taken back. */
export class Importer {
  readonly #plug: Plug;
  readonly #send: (octets: Buffer) => void;
  readonly #waiting = new Map<number, Waiting>();
  #octets = 0;

  /** Plugs the device in. */
  constructor(plug: Plug, address: number, send: (octets: Buffer) => void) {
    this.#plug = plug;
    this.#send = send;
    plug.plugIn(address);
  }

  /** Carries a transfer out, now or when the device is ready for it. What is wrong with it as words, else null. */
  submit(command: Submit, data: Buffer): string | null {
    if (this.#waiting.has(command.sequence)) return `sequence number ${command.sequence} is under way already`;
    if (this.#waiting.size >= MOST_WAITING) return `more than ${MOST_WAITING} transfers are under way`;
    if (this.#octets + data.length > MOST_OCTETS) return `more than ${MOST_OCTETS} octets are under way`;
    if (command.endpoint === 0) this.#control(command.sequence, command.setup, command.length, data);
    else this.#transfer(command, data);
    return null;
  }

  /** A transfer that is over by now was answered, and its taking back is answered by status 0. */
  unlink({ sequence, unlink }: Unlink): void {
    const waiting = this.#waiting.get(unlink);
    this.#forget(unlink);
    if (waiting !== undefined) this.#plug.cancel(waiting.endpoint, waiting.transfer);
    this.#send(encodeUnlinked(sequence, waiting === undefined ? statuses.ok : statuses.unlinked));
  }

  /** Pulls the device out: it forgets everything. */
  close(): void {
    this.#waiting.clear();
    this.#plug.pullOut();
  }

  #control(sequence: number, { direction, request, length }: Setup, room: number, data: Buffer): void {
    if (direction === "in") {
      const answer = request === null ? null : this.#plug.controlIn(request, Math.min(length, room));
      this.#answer(sequence, answer === null ? "Stall" : null, answer ?? new Uint8Array(0));
      return;
    }
    const taken = request !== null && data.length === length && this.#plug.controlOut(request, data);
    this.#answer(sequence, taken ? null : "Stall", data.length);
  }

  #transfer({ sequence, direction, endpoint: number, length }: Submit, data: Buffer): void {
    const endpoint = this.#plug.endpoint(direction, number);
    if (endpoint === null) return this.#answer(sequence, "Stall", 0);
    const into = new InTransfer(length, (fault) => this.#over(sequence, fault, into.data));
    const out = new OutTransfer(data, (fault) => this.#over(sequence, fault, data.length));
    const transfer = direction === "in" ? into : out;
    this.#waiting.set(sequence, { endpoint, transfer, octets: data.length });
    this.#octets += data.length;
    this.#plug.submit(endpoint, transfer);
  }

  #over(sequence: number, fault: TransferFault | null, result: Uint8Array | number): void {
    if (this.#forget(sequence)) this.#answer(sequence, fault, result);
  }

  #forget(sequence: number): boolean {
    this.#octets -= this.#waiting.get(sequence)?.octets ?? 0;
    return this.#waiting.delete(sequence);
  }

  /** `result`: what was read, or how many octets were written. */
  #answer(sequence: number, fault: TransferFault | null, result: Uint8Array | number): void {
    const data = typeof result === "number" ? null : result;
    const length = typeof result === "number" ? result : result.length;
    if (fault === null) this.#send(encodeSubmitted(sequence, statuses.ok, length, data));
    else this.#send(encodeSubmitted(sequence, statusOf(fault), 0, null));
  }
}

function statusOf(fault: TransferFault): number {
  if (fault === "Stall") return statuses.stall;
  return fault === "Fault" ? statuses.babble : statuses.unlinked;
}
