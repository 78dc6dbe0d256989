import type { UsbSetup } from "../../vendor/family.ts";

/** An endpoint other than 0. */
export interface EndpointDescriptor {
  readonly direction: "in" | "out";
  readonly number: number;
  readonly interface: number;
  readonly type: "bulk" | "interrupt";
  /** wMaxPacketSize. */
  readonly packet: number;
  /** bInterval: ms between looks at an interrupt endpoint, 0 for bulk. */
  readonly interval: number;
}

/** An interface with its one alternate setting. */
export interface InterfaceDescriptor {
  readonly number: number;
  readonly class: number;
  readonly subclass: number;
  readonly protocol: number;
}

/** What a device says of itself when it is enumerated. One configuration, bus-powered, full speed. */
export interface DeviceDescriptor {
  readonly vendorId: number;
  readonly productId: number;
  /** bcdDevice: high octet . low octet. */
  readonly release: number;
  readonly class: number;
  readonly manufacturer: string;
  readonly productName: string;
  readonly serialNumber: string;
  /** bConfigurationValue. */
  readonly configuration: number;
  /** The most it draws from the bus. */
  readonly milliamps: number;
  readonly interfaces: readonly InterfaceDescriptor[];
  readonly endpoints: readonly EndpointDescriptor[];
}

/**
 * A USB device seen from its plug: what comes in and goes out, and nothing of how the host waits for it.
 * It is held in a `Plug`, which the in-process facade and the USB/IP server both drive.
 */
export interface DeviceModel {
  readonly descriptor: DeviceDescriptor;
  /** Told when an IN endpoint has a packet, or an OUT endpoint that refused one takes it now. */
  onReady: ((direction: "in" | "out", endpoint: number) => void) | null;
  /** Plugged in: everything begins anew. */
  powerOn(): void;
  /** Pulled out. */
  powerOff(): void;
  /** Bus reset or SET_CONFIGURATION. */
  reset(): void;
  /** A request that is not of USB itself. At most `length` octets; null = stall. */
  controlIn(setup: UsbSetup, length: number): Uint8Array | null;
  /** False = stall. */
  controlOut(setup: UsbSetup, data: Uint8Array): boolean;
  /** One transfer from the host. `nak` = not now. */
  receive(endpoint: number, data: Uint8Array): "ack" | "nak" | "stall";
  /** The next packet for the host, at most `packet` octets. A shorter one ends the transfer. */
  packet(endpoint: number): Uint8Array | "nak" | "stall";
}
