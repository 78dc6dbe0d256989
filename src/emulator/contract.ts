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

/** Emulated devices and the people who use them. */
export interface EmulatedDevices {
  readonly phones: readonly PhoneName[];
  person(phone: PhoneName): Person | null;
  /** Hot-plug of an emulated device. Rejects with a sentence when there is no such device, or it is already so. */
  unplug(device: DeviceName): Promise<void>;
  plug(device: DeviceName): Promise<void>;
  close(): Promise<void>;
}

/** Emulated devices on a bus of this process. */
export interface EmulatedHouse extends EmulatedDevices {
  readonly bus: UsbBus;
}
