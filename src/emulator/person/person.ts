import { ms, unreachable } from "../../message/units.ts";
import type { Clock } from "../../vendor/clock/clock.ts";
import type { Person, PhoneAction, PhoneEvent, PhoneReport } from "../contract.ts";
import { Recording } from "../mouth/recording.ts";
import { readSpeech } from "../mouth/wav-read.ts";
import type { PhoneChange, Telephone } from "../phone/telephone.ts";
import { readKeys } from "./keys.ts";

/** How long a person waits for the dial tone. */
const PATIENCE_MS = 3000;

/** A person at one emulated phone. */
export class EmulatedPerson implements Person {
  readonly #phone: Telephone;
  readonly #clock: Clock;
  readonly #listeners = new Set<(event: PhoneEvent) => void>();

  constructor(phone: Telephone, clock: Clock) {
    this.#phone = phone;
    this.#clock = clock;
    phone.onChange = (change) => this.#changed(change);
  }

  async act(action: PhoneAction): Promise<PhoneReport> {
    await this.#do(action);
    return this.look();
  }

  look(): PhoneReport {
    const { name, hook, present, ringing, display, caller, receiver } = this.#phone;
    const { hearing } = receiver.ear;
    return { phone: name, hook, present, ringing, display, caller, hearing, saying: receiver.mouth.speaking };
  }

  onChange(listener: (event: PhoneEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Nobody is left at the phone: its speech ends and its recording is complete. */
  async leave(why: string): Promise<void> {
    this.#listeners.clear();
    this.#phone.receiver.mouth.cut(why);
    await this.#phone.receiver.stopRecording();
  }

  async #do(action: PhoneAction): Promise<void> {
    const phone = this.#phone;
    switch (action.kind) {
      case "offhook":
        return phone.lift();
      case "onhook":
        phone.hangUp();
        return phone.receiver.stopRecording();
      case "press":
        return phone.press(readKeys(action.keys, phone.name));
      case "dial":
        return this.#dial(action.number);
      case "flash":
        return phone.flash();
      case "say":
        return this.#say(action.file);
      case "hum":
        return this.#hum(action);
      case "hush":
        return phone.receiver.mouth.hush();
      case "record":
        return this.#record(action.file);
      case "stopRecording":
        return this.#stopRecording();
      case "away":
        return phone.leave();
      case "back":
        return phone.comeBack();
      case "alertAfter":
        return phone.alertAfter(action.ms);
      case "busy":
        return phone.refuseCalls(action.on);
      case "display":
        return;
      default:
        return unreachable(action);
    }
  }

  async #dial(number: string): Promise<void> {
    const keys = readKeys(number, this.#phone.name);
    if (this.#phone.hook === "on") this.#phone.lift();
    await this.#dialTone();
    await this.#phone.press(keys);
  }

  #dialTone(): Promise<void> {
    const { name, receiver } = this.#phone;
    if (receiver.ear.what === "dial") return Promise.resolve();
    return new Promise((resolve, reject) => {
      const over = () => {
        stop();
        cancel();
      };
      const stop = this.onChange(() => {
        if (this.#phone.hook === "off" && receiver.ear.what !== "dial") return;
        over();
        if (receiver.ear.what === "dial") resolve();
        else reject(new Error(`${name} was hung up before the dial tone came`));
      });
      const cancel = this.#clock.after(ms(PATIENCE_MS), () => {
        over();
        reject(
          new Error(
            `${name} hears no dial tone within ${PATIENCE_MS / 1000} s (it hears ${receiver.ear.what}): ` +
              "does the gateway run, and is the device plugged in?",
          ),
        );
      });
    });
  }

  async #say(file: string): Promise<void> {
    this.#needReceiver();
    const samples = await readSpeech(file);
    this.#needReceiver();
    await this.#phone.receiver.mouth.say(samples);
    this.#changed("said");
  }

  async #hum(action: Extract<PhoneAction, { kind: "hum" }>): Promise<void> {
    const { frequencyHz, levelDbm0 } = action;
    this.#needReceiver();
    if (!(frequencyHz > 0 && frequencyHz < 4000))
      throw new Error(`${this.#phone.name} cannot hum ${frequencyHz} Hz: give 1 to 3999 Hz`);
    if (!(levelDbm0 <= 3)) throw new Error(`${this.#phone.name} cannot hum at ${levelDbm0} dBm0: give at most 3`);
    await this.#phone.receiver.mouth.hum({ frequencyHz, levelDbm0 }, action.ms);
    if (action.ms !== null) this.#changed("said");
  }

  async #record(file: string): Promise<void> {
    const { name, receiver } = this.#phone;
    this.#needReceiver();
    if (receiver.recording) throw new Error(`${name} records already: end that first (stopRecording)`);
    const recording = await Recording.open(file);
    if (this.#phone.hook === "off" && !receiver.recording) {
      receiver.record(recording);
      return;
    }
    await recording.close();
    throw new Error(`${name} was hung up before the recording began`);
  }

  async #stopRecording(): Promise<void> {
    const { name, receiver } = this.#phone;
    if (!receiver.recording) throw new Error(`${name} records nothing: begin with record FILE.wav`);
    await receiver.stopRecording();
  }

  #needReceiver(): void {
    if (this.#phone.hook === "on") throw new Error(`${this.#phone.name} is on-hook: lift it first (offhook)`);
  }

  #changed(change: PhoneChange): void {
    // A handset's call may end by itself: what it recorded is complete then.
    if (change === "hook" && this.#phone.hook === "on") this.#phone.receiver.stopRecording().catch(() => undefined);
    if (this.#listeners.size === 0) return;
    const { name } = this.#phone;
    const event: PhoneEvent = { phone: name, report: this.look(), change, atMs: this.#clock.now() };
    for (const listener of [...this.#listeners]) listener(event);
  }
}
