import type { DeviceModel, EndpointDescriptor } from "./device-model.ts";

/** Why a transfer ended without being complete. `Fault`: the device sent more than was asked for (babble). */
export type TransferFault = "Stall" | "Cancelled" | "Disconnected" | "Fault";

/** A bulk or interrupt transfer that the host submitted. */
export interface Transfer {
  /** Moves what can be moved now. */
  move(model: DeviceModel, endpoint: EndpointDescriptor): "waits" | "done" | "Stall" | "Fault";
  /** It is over; null = it is complete. */
  end(fault: TransferFault | null): void;
}

/** Collects packets until a short one, or until `length` octets are there. */
export class InTransfer implements Transfer {
  readonly #length: number;
  readonly #packets: Uint8Array[] = [];
  #received = 0;
  readonly #over: (fault: TransferFault | null) => void;

  /** `length`: what the host has room for, as it is on the bus. */
  constructor(length: number, over: (fault: TransferFault | null) => void) {
    this.#length = length;
    this.#over = over;
  }

  get data(): Uint8Array {
    const all = new Uint8Array(this.#received);
    let at = 0;
    for (const packet of this.#packets) {
      all.set(packet, at);
      at += packet.length;
    }
    return all;
  }

  move(model: DeviceModel, endpoint: EndpointDescriptor): "waits" | "done" | "Stall" | "Fault" {
    while (this.#received < this.#length) {
      const packet = model.packet(endpoint.number);
      if (packet === "nak") return "waits";
      if (packet === "stall") return "Stall";
      if (packet.length > endpoint.packet || this.#received + packet.length > this.#length) return "Fault";
      this.#packets.push(packet);
      this.#received += packet.length;
      if (packet.length < endpoint.packet) break;
    }
    return "done";
  }

  end(fault: TransferFault | null): void {
    this.#over(fault);
  }
}

/** Offers its data until the device takes it. */
export class OutTransfer implements Transfer {
  readonly #data: Uint8Array;
  readonly #over: (fault: TransferFault | null) => void;

  constructor(data: Uint8Array, over: (fault: TransferFault | null) => void) {
    this.#data = data;
    this.#over = over;
  }

  move(model: DeviceModel, endpoint: EndpointDescriptor): "waits" | "done" | "Stall" {
    const answer = model.receive(endpoint.number, this.#data);
    if (answer === "nak") return "waits";
    return answer === "ack" ? "done" : "Stall";
  }

  end(fault: TransferFault | null): void {
    this.#over(fault);
  }
}
