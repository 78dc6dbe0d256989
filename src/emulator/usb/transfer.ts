import type { DeviceModel, EndpointDescriptor } from "./device-model.ts";

/** A bulk or interrupt transfer that the host submitted. */
export interface Transfer {
  /** Moves what can be moved now. */
  move(model: DeviceModel, endpoint: EndpointDescriptor): "waits" | "done" | "stall";
  /** It is over; `failure` names why it failed, null = it is complete. */
  end(failure: string | null): void;
}

/** Collects packets until a short one, or until the rounded-up length is there. */
export class InTransfer implements Transfer {
  readonly #length: number;
  readonly #packets: Uint8Array[] = [];
  #received = 0;
  readonly #over: (failure: string | null) => void;

  constructor(length: number, over: (failure: string | null) => void) {
    this.#length = length;
    this.#over = over;
  }

  /** What arrived, cut to the length asked for: the rest of its last packet is lost. */
  get data(): Uint8Array {
    const all = new Uint8Array(this.#received);
    let at = 0;
    for (const packet of this.#packets) {
      all.set(packet, at);
      at += packet.length;
    }
    return all.slice(0, this.#length);
  }

  move(model: DeviceModel, endpoint: EndpointDescriptor): "waits" | "done" | "stall" {
    const rounded = Math.ceil(this.#length / endpoint.packet) * endpoint.packet;
    while (this.#received < rounded) {
      const packet = model.packet(endpoint.number);
      if (packet === "nak") return "waits";
      if (packet === "stall") return "stall";
      this.#packets.push(packet);
      this.#received += packet.length;
      if (packet.length < endpoint.packet) break;
    }
    return "done";
  }

  end(failure: string | null): void {
    this.#over(failure);
  }
}

/** Offers its data until the device takes it. */
export class OutTransfer implements Transfer {
  readonly #data: Uint8Array;
  readonly #over: (failure: string | null) => void;

  constructor(data: Uint8Array, over: (failure: string | null) => void) {
    this.#data = data;
    this.#over = over;
  }

  move(model: DeviceModel, endpoint: EndpointDescriptor): "waits" | "done" | "stall" {
    const answer = model.receive(endpoint.number, this.#data);
    if (answer === "nak") return "waits";
    return answer === "ack" ? "done" : "stall";
  }

  end(failure: string | null): void {
    this.#over(failure);
  }
}
