import type { Desk } from "../logic/desk.ts";
import type { ToneName } from "../message/country.ts";
import type { RtpFormat, VoiceFormat } from "../message/media.ts";
import type { Digit, UsbEndpoint } from "../message/name.ts";

/** The voice of a phone on a device channel: what a handset's leg and a port's leg do alike. */
export class PhoneVoice {
  readonly endpoint: UsbEndpoint;
  readonly #desk: Desk;
  /** What the device can speak, best first. */
  readonly #formats: readonly VoiceFormat[];

  constructor(desk: Desk, endpoint: UsbEndpoint, formats: readonly VoiceFormat[]) {
    this.#desk = desk;
    this.endpoint = endpoint;
    this.#formats = formats;
  }

  /** Opens the channel in the format the other side speaks when the device can do it, so that frames pass untouched. */
  open(wanted: RtpFormat | null): UsbEndpoint {
    const format = wanted !== null && this.#formats.includes(wanted) ? wanted : (this.#formats[0] ?? "L16");
    this.#desk.voice.openUsb(this.endpoint, format);
    return this.endpoint;
  }

  tone(tone: ToneName | null): void {
    this.#desk.voice.tone(this.endpoint, tone);
  }

  sendDigit(digit: Digit): void {
    this.#desk.voice.sendDigit(this.endpoint, digit);
  }

  close(): void {
    this.#desk.voice.close(this.endpoint);
  }
}
