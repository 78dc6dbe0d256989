import type { DectCommand } from "../message/dect.ts";
import type { DeviceVoice } from "../message/device-voice.ts";
import type { Post } from "../message/event.ts";
import type { FxsCommand } from "../message/fxs.ts";
import type { DeviceName } from "../message/name.ts";
import type { Clock } from "./clock/clock.ts";

/**
 * The part of WebUSB's `USBDevice` that families use, as `usb` (npm) and the emulator both give it.
 * Rules that bind (docs/device-protocol.md): one outstanding transfer per endpoint and direction; a read that times
 * out may lose data; stall throws; nothing but transfers may be called while one is pending.
 */
export interface UsbDevice {
  readonly vendorId: number;
  readonly productId: number;
  readonly productName?: string | null;
  readonly serialNumber?: string | null;
  /** Equal for all objects that a bus gives for one plugged device, another after a re-plug. Without it, the object counts. */
  readonly handle?: unknown;
  readonly opened: boolean;
  open(): Promise<void>;
  close(): Promise<void>;
  selectConfiguration(value: number): Promise<void>;
  claimInterface(number: number): Promise<void>;
  releaseInterface(number: number): Promise<void>;
  reset(): Promise<void>;
  clearHalt(direction: "in" | "out", endpoint: number): Promise<void>;
  transferIn(endpoint: number, length: number, timeoutMs?: number): Promise<UsbInResult>;
  transferOut(endpoint: number, data: Uint8Array, timeoutMs?: number): Promise<UsbOutResult>;
  controlTransferIn(setup: UsbSetup, length: number, timeoutMs?: number): Promise<UsbInResult>;
  controlTransferOut(setup: UsbSetup, data: Uint8Array, timeoutMs?: number): Promise<UsbOutResult>;
}

export interface UsbSetup {
  readonly requestType: "standard" | "class" | "vendor";
  readonly recipient: "device" | "interface" | "endpoint" | "other";
  readonly request: number;
  readonly value: number;
  readonly index: number;
}

export interface UsbInResult {
  readonly data?: DataView | null;
  readonly status?: string | null;
}

export interface UsbOutResult {
  readonly bytesWritten: number;
  readonly status?: string | null;
}

/** Where devices come from: the machine's USB, the emulator, or several of them. */
export interface UsbBus {
  getDevices(): Promise<readonly UsbDevice[]>;
  /** Something was plugged or unplugged: a mere trigger to look again. Returns how to stop listening. */
  onChange(listener: () => void): () => void;
}

/** A row of a family's fingerprint table. */
export interface UsbClaim {
  readonly vendorId: number;
  readonly productId: number;
  /** What the device is, in words. */
  readonly says: string;
}

/** What a family gets from the house. */
export interface FamilyContext {
  readonly device: DeviceName;
  /** Handsets or ports of this device are numbered from here, e.g. 1 -> `port:1`. */
  readonly firstNumber: number;
  readonly clock: Clock;
  readonly post: Post;
  /**
   * Asks for the device's voice rings once the number of channels is known. `frameMs`: what the device hands over at a
   * time, 20 when it is not said; a device of 10 needs `voice.frame_ms = 10`, else this throws a sentence that says so.
   */
  openVoice(channels: number, frameMs?: 10 | 20): DeviceVoice;
  /** Something a person should know: malformed frame, stall. The house counts it and logs it once a minute. */
  report(problem: string): void;
}

/** A device at work. */
export interface AttachedDevice {
  /** Translates; never throws, never decides. Failures come back as events. */
  perform(command: DectCommand | FxsCommand): void;
  /** Resolves when the device is gone, with the reason: unplugged, or failed beyond repair. Never rejects. */
  readonly gone: Promise<string>;
  /** Stops all transfers, releases and closes. */
  detach(): Promise<void>;
}

/** A device family: the USB devices it claims, and how to drive one. */
export interface Family {
  readonly name: string;
  readonly claims: readonly UsbClaim[];
  /** Which device names it gives: a base or a dongle. */
  readonly kind: "base" | "dongle";
  /** Opens and starts the device; posts its `attached` event. Rejects with a sentence when it cannot. */
  attach(device: UsbDevice, context: FamilyContext): Promise<AttachedDevice>;
}
