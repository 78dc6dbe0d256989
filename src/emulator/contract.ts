import type { CountryCode, ToneName } from "../message/country.ts";
import type { DeviceName, PhoneName } from "../message/name.ts";
import type { UsbBus } from "../vendor/family.ts";

/** What a person can do at an emulated phone: the door of `offhook phone NAME ACTION` and of the tests. */
export type PhoneAction =
  | { readonly kind: "offhook" }
  | { readonly kind: "onhook" }
  /** Keys 0-9 * # A-D; R = register recall on a handset. Digits go out as the phone does it: DTMF sound, or keypad messages. */
  | { readonly kind: "press"; readonly keys: string }
  /** offhook, wait for the dial tone as a person does, then press. */
  | { readonly kind: "dial"; readonly number: string }
  | { readonly kind: "flash" }
  /** Speaks a WAV file (8 or 16 kHz, 16-bit mono) into the phone; resolves when it has been said. */
  | { readonly kind: "say"; readonly file: string }
  /** Speaks a sine; `ms` null = until `hush`. */
  | { readonly kind: "hum"; readonly frequencyHz: number; readonly levelDbm0: number; readonly ms: number | null }
  | { readonly kind: "hush" }
  /** Writes what is heard from now on to a WAV file until on-hook or `stopRecording`. */
  | { readonly kind: "record"; readonly file: string }
  | { readonly kind: "stopRecording" }
  /** Out of radio range, or (analog) unplugged from the socket; and back again. */
  | { readonly kind: "away" }
  | { readonly kind: "back" }
  /** Handset only: alerts this long after the setup arrived. */
  | { readonly kind: "alertAfter"; readonly ms: number }
  /** Answers the calls to it by "busy" (handset). */
  | { readonly kind: "busy"; readonly on: boolean }
  /** What the phone shows and hears now; changes nothing. */
  | { readonly kind: "display" };

/** What a person at the phone perceives. */
export interface PhoneReport {
  readonly phone: PhoneName;
  readonly hook: "on" | "off";
  readonly present: boolean;
  readonly ringing: boolean;
  /** Lines on the display: caller ID on an analog phone, text and caller on a handset. */
  readonly display: readonly string[];
  readonly caller: { readonly number: string | null; readonly name: string | null } | null;
  /** What is heard right now, recognised from the audio alone. */
  readonly hearing: Hearing;
  readonly saying: boolean;
}

export interface Hearing {
  readonly what: "nothing" | "silence" | ToneName | "sound";
  /** RMS level over the last 200 ms, dBm0; -120 for digital silence. */
  readonly levelDbm0: number;
  /** Strongest frequency over the last 200 ms, Hz, null when silent. */
  readonly frequencyHz: number | null;
}

export interface PhoneEvent {
  readonly phone: PhoneName;
  readonly report: PhoneReport;
  /** What changed: `ringing`, `hook`, `display`, `hearing`, `said`, `present`. */
  readonly change: string;
  readonly atMs: number;
}

/** A person at one phone. */
export interface Person {
  /** Resolves when the action is done (the last key pressed, the file said). Rejects with a sentence when it makes no sense. */
  act(action: PhoneAction): Promise<PhoneReport>;
  look(): PhoneReport;
  /** Told at every change; for tests that wait for something to happen. Returns how to stop. */
  onChange(listener: (event: PhoneEvent) => void): () => void;
}

export interface EmulatorOptions {
  readonly handsets: number;
  readonly ports: number;
  /** Whose tones the phones know. */
  readonly country: CountryCode;
}

/** What goes wrong on the bus of an emulated device; then it works again. Endpoints: `in1`, `in2`, `out1`. */
export type UsbTrouble =
  /** The next transfer stalls · has more octets than the endpoint's packets may · ends half way · does not end where it should · has a wrong octet. */
  | { readonly kind: "stall" | "babble" | "short" | "merge" | "corrupt"; readonly endpoint: string }
  /** Neither sends nor takes anything for a while, but for control requests. */
  | { readonly kind: "nak"; readonly ms: number };

/** Emulated devices and the people who use them. */
export interface EmulatedDevices {
  readonly phones: readonly PhoneName[];
  person(phone: PhoneName): Person | null;
  /** Hot-plug of an emulated device. Rejects with a sentence when there is no such device, or it is already so. */
  unplug(device: DeviceName): Promise<void>;
  plug(device: DeviceName): Promise<void>;
  /** Rejects with a sentence when there is no such device, or it has no such endpoint. */
  trouble(device: DeviceName, trouble: UsbTrouble): Promise<void>;
  close(): Promise<void>;
}

/** Emulated devices on a bus of this process. */
export interface EmulatedHouse extends EmulatedDevices {
  readonly bus: UsbBus;
}

/** A device that is offered to other machines by USB/IP. */
export interface ServedDevice {
  readonly busid: string;
  readonly device: DeviceName;
  /** vendor:product, e.g. `1209:0002`. */
  readonly usbId: string;
  readonly product: string;
  /** Address and port of the machine that has it; null while none has. */
  readonly attachedBy: string | null;
}

/** Emulated devices that other machines attach, and the people at the phones. */
export interface DeviceServer {
  readonly address: string;
  readonly port: number;
  readonly house: EmulatedDevices;
  devices(): readonly ServedDevice[];
  /** Connections that were closed for what the peer did. */
  refused(): number;
  close(): Promise<void>;
}

export interface ServeOptions extends EmulatorOptions {
  readonly address: string;
  /** 0 = any. */
  readonly port: number;
}

/** What a device server tells people. */
export interface ServeWatch {
  /** Refused input and the like, once per peer and minute. */
  report(problem: string): void;
  /** A machine has attached this device, or lost it. */
  changed(device: ServedDevice, peer: string, attached: boolean): void;
}

/** Resolves when it listens; rejects with a sentence. */
export type ServeDevices = (options: ServeOptions, watch: ServeWatch) => Promise<DeviceServer>;

/** A served device that is plugged into this machine. */
export interface AttachedPort {
  /** At the server. */
  readonly busid: string;
  /** Of this machine's virtual USB host. */
  readonly port: number;
  readonly usbId: string;
}

export interface KeepWatch {
  attached(port: AttachedPort): void;
  /** The link broke, or the device was unplugged at the server. */
  lost(port: AttachedPort): void;
  /** Told once for each kind of failure; it is tried again. */
  failed(problem: string): void;
  readonly stopped: Promise<unknown>;
}

/** Plugs served devices into this Linux machine. Everything rejects with a sentence. */
export interface DeviceAttacher {
  /** No bus ids: everything that is offered. */
  attach(server: { address: string; port: number }, busids: readonly string[]): Promise<readonly AttachedPort[]>;
  /** Attaches again whenever a link broke, until stopped. */
  keep(server: { address: string; port: number }, busids: readonly string[], watch: KeepWatch): Promise<void>;
  /** No ports: all that have a reference device. Resolves with those that were detached. */
  detach(ports: readonly number[]): Promise<readonly number[]>;
}
