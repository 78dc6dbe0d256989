import type { UsbSetup } from "../../vendor/family.ts";

/** An endpoint other than 0. */
export interface EndpointDescriptor {
  readonly direction: "in" | "out";
  readonly number: number;
  readonly interface: number;
  /** wMaxPacketSize. */
  readonly packet: number;
}

/**
 * A USB device seen from its plug: what comes in and goes out, and nothing of how the host waits for it.
 * The in-process facade drives it, and a USB/IP server can.
 */
export interface DeviceModel {
  readonly vendorId: number;
  readonly productId: number;
  readonly productName: string;
  readonly serialNumber: string;
  readonly configuration: number;
  readonly endpoints: readonly EndpointDescriptor[];
  /** Told when an IN endpoint has a packet, or an OUT endpoint that refused one takes it now. */
  onReady: ((direction: "in" | "out", endpoint: number) => void) | null;
  /** Plugged in: everything begins anew. */
  powerOn(): void;
  /** Pulled out. */
  powerOff(): void;
  /** Bus reset or SET_CONFIGURATION. */
  reset(): void;
  /** At most `length` octets; null = stall. */
  controlIn(setup: UsbSetup, length: number): Uint8Array | null;
  /** False = stall. */
  controlOut(setup: UsbSetup, data: Uint8Array): boolean;
  /** One transfer from the host. `nak` = not now. */
  receive(endpoint: number, data: Uint8Array): "ack" | "nak" | "stall";
  /** The next packet for the host, at most `packet` octets. A shorter one ends the transfer. */
  packet(endpoint: number): Uint8Array | "nak" | "stall";
}
