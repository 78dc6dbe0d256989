import type { Clock } from "../../vendor/clock/clock.ts";
import { linefeeds } from "../../vendor/reference/wire/slic.ts";
import type { AnalogPhone } from "../phone/analog-phone.ts";
import { DtmfDecoder } from "../slic/dtmf-decoder.ts";
import { Slic } from "../slic/slic.ts";
import { clip, type Frame, isSilent, silentFrame } from "../sound/frame.ts";

/** One socket of the dongle: a SLIC, two wires, a phone at their end. */
export class Port {
  readonly slic: Slic;
  readonly phone: AnalogPhone;
  readonly #decoder = new DtmfDecoder();
  /** How much of what the line sends comes back through the hybrid, as a factor. */
  readonly #echo: number;

  /** `echoDb`: trans-hybrid loss, e.g. 20. */
  constructor(clock: Clock, phone: AnalogPhone, echoDb: number, interrupt: () => void) {
    this.phone = phone;
    this.#echo = 10 ** (-echoDb / 20);
    this.slic = new Slic(clock, { line: () => phone.ring(this.slic.ringing), interrupt });
  }

  /** The loop as it is now, at power-up. */
  connect(): void {
    this.slic.setLoop(this.phone.loopClosed);
  }

  /** 20 ms: the phone hears `heard`, its voice and the hybrid's echo come back. */
  speak(heard: Frame): Frame {
    const { feed } = this.slic;
    if (this.phone.hook === "on") {
      const transmits = feed === linefeeds.forwardOnHook || feed === linefeeds.reverseOnHook;
      if (transmits) this.phone.hearOnHook(heard);
      return silentFrame;
    }
    const carries = feed === linefeeds.forwardActive || feed === linefeeds.reverseActive;
    const said = this.phone.talk(carries ? heard : silentFrame);
    if (!carries || !this.phone.loopClosed) {
      this.#listen(silentFrame);
      return silentFrame;
    }
    const sent = this.#hybrid(said, heard);
    this.#listen(sent);
    return sent;
  }

  #hybrid(said: Frame, heard: Frame): Frame {
    if (isSilent(heard)) return said;
    return said.map((sample, n) => clip(sample + this.#echo * (heard[n] ?? 0)));
  }

  /** The SLIC's own DTMF decoder, on what the phone sends. */
  #listen(sent: Frame): void {
    if (this.#decoder.idle && isSilent(sent)) return;
    const before = this.#decoder.digit;
    const begun = this.#decoder.hear(sent);
    for (const digit of begun) this.slic.setDigit(digit);
    if (before !== null && this.#decoder.digit === null) this.slic.setDigit(null);
  }
}
