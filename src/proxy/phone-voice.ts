import type { Desk } from "../logic/desk.ts";
import type { ToneName } from "../message/country.ts";
import type { RtpFormat, VoiceFormat } from "../message/media.ts";
import type { Digit, UsbEndpoint } from "../message/name.ts";
import type { EchoTailMs, VoiceCommand } from "../message/voice.ts";
import type { Side } from "./party.ts";

/** What a device and RTP have in common. */
type PhoneFormat = VoiceFormat & RtpFormat;

/** What is done to the sound of a line before anybody hears it. */
type Treatment = Pick<
  Extract<VoiceCommand, { kind: "openUsb" }>,
  "echoTailMs" | "muteKeys" | "faxSearch" | "voiceBandData"
>;

/** A channel that ends in two wires: keys are sounds there, and the hybrid may echo. */
export interface AnalogLine {
  /** Undefined = the device cancels its echo, or has none. */
  readonly echoTailMs: EchoTailMs | undefined;
  /** Fax machines are listened for. */
  readonly fax: boolean;
}

/** The voice of a phone on a device channel: what a handset's leg and a port's leg do alike. */
export class PhoneVoice {
  readonly endpoint: UsbEndpoint;
  /** Of what the device can speak, what RTP can carry untouched, best first. */
  readonly formats: readonly PhoneFormat[];
  readonly #desk: Desk;
  /** What the device can speak, best first. */
  readonly #own: readonly VoiceFormat[];
  readonly #line: AnalogLine | null;
  #carriesFax = false;
  #tone: ToneName | null = null;

  /** `line`: of an analog phone, whose keys are sounds, and which may echo. */
  constructor(desk: Desk, endpoint: UsbEndpoint, formats: readonly VoiceFormat[], line: AnalogLine | null) {
    this.#desk = desk;
    this.#line = line;
    this.endpoint = endpoint;
    this.#own = formats;
    this.formats = formats.flatMap((format) => (format === "L16" ? [] : [format]));
  }

  /**
   * Opens the channel in a format the other side speaks when the device can do it, so that frames pass untouched; else
   * linear, which spares one of two conversions. `other`: null = there is none yet.
   */
  open(other: Side | null): UsbEndpoint {
    const wanted = other?.formats() ?? [];
    const shared = this.formats.find((format) => wanted.includes(format));
    const linear = wanted.length > 0 && this.#own.includes("L16") ? "L16" : undefined;
    this.#desk.voice.openUsb({
      world: "voice",
      kind: "openUsb",
      endpoint: this.endpoint,
      format: shared ?? linear ?? this.#own[0] ?? "L16",
      ...(this.#line === null ? {} : this.#treatment(this.#line, other)),
    });
    return this.endpoint;
  }

  /** From now on nothing is done to the sound of the machine on this line. */
  carryFax(): void {
    this.#carriesFax = this.#line?.fax === true;
  }

  #treatment({ echoTailMs, fax }: AnalogLine, other: Side | null): Treatment {
    if (this.#carriesFax) return { voiceBandData: true };
    return {
      ...(echoTailMs === undefined ? {} : { echoTailMs }),
      ...(other?.takesKeyEvents() === true ? { muteKeys: true } : {}),
      ...(fax && other !== null ? { faxSearch: true } : {}),
    };
  }

  tone(tone: ToneName | null): void {
    this.#tone = tone;
    this.#desk.voice.tone(this.endpoint, tone);
  }

  /** A key ends the dial tone, and no other. */
  endDialTone(): void {
    if (this.#tone === "dial") this.tone(null);
  }

  sendDigit(digit: Digit): void {
    this.#desk.voice.sendDigit(this.endpoint, digit);
  }

  close(): void {
    this.#desk.voice.close(this.endpoint);
  }
}
