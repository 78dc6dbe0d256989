import type { FxsCommand, Linefeed } from "../../../message/fxs.ts";
import type { PortName } from "../../../message/name.ts";
import { unreachable } from "../../../message/units.ts";
import type { FamilyContext } from "../../family.ts";
import { wordsOf } from "../../reference/host/bus-fault.ts";
import type { SlicEvent } from "../../reference/wire/event-frame.ts";
import { direct, dtmfDigit, interrupt2, interrupt3, linefeeds, loop } from "../../reference/wire/slic.ts";
import { LineAlarm } from "./line-alarm.ts";
import { Ringer } from "./ringer.ts";
import type { Slic } from "./slic.ts";

/** One FXS port: translates between its SLIC's registers and the port's events and commands. */
export class SlicPort {
  readonly name: PortName;
  readonly #slic: Slic;
  readonly #context: FamilyContext;
  readonly #ringer: Ringer;
  readonly #alarm: LineAlarm;
  #offHook = false;
  #ringFrequencyHz = 0;
  #over = false;

  constructor(name: PortName, slic: Slic, context: FamilyContext) {
    this.name = name;
    this.#slic = slic;
    this.#context = context;
    this.#ringer = new Ringer(context.clock, (register, octet) => this.#write(register, octet));
    this.#alarm = new LineAlarm(slic, context.clock, {
      fault: (fault) => this.#post({ kind: "lineFault", port: name, fault }),
      restored: (offHook) => {
        this.#post({ kind: "lineRestored", port: name });
        this.#setHook(offHook);
      },
      problem: (problem) => this.#problem(problem),
    });
  }

  get offHook(): boolean {
    return this.#offHook;
  }

  async bringUp(): Promise<void> {
    this.#offHook = await this.#slic.bringUp();
  }

  perform(command: FxsCommand): void {
    switch (command.kind) {
      case "ring":
        return this.#ring(command.cadenceMs, command.frequencyHz);
      case "stopRing":
        return this.#ringer.stop();
      case "linefeed":
        return this.#feed(command.feed);
      default:
        return unreachable(command);
    }
  }

  /** An interrupt of the SLIC. */
  handle(event: SlicEvent): void {
    if (event.loop & loop.reserved) return this.#problem("SLIC event refused: impossible loop status");
    const [, second, third] = event.interrupts;
    if (second & interrupt2.powerAlarms) {
      this.#ringer.cancel();
      this.#alarm.raise();
    }
    const offHook = (event.loop & (loop.closed | loop.ringTrip)) !== 0;
    if (second & (interrupt2.loopClosure | interrupt2.ringTrip)) this.#setHook(offHook);
    if (third & interrupt3.dtmf) this.#setDigit(event.dtmf);
  }

  close(): void {
    this.#over = true;
    this.#ringer.cancel();
    this.#alarm.close();
  }

  #ring(cadenceMs: readonly number[], frequencyHz: number): void {
    if (frequencyHz !== this.#ringFrequencyHz) {
      this.#ringFrequencyHz = frequencyHz;
      this.#slic.setRingFrequency(frequencyHz).catch((error: unknown) => this.#failed(error));
    }
    this.#ringer.start(cadenceMs);
  }

  #feed(feed: Linefeed): void {
    this.#ringer.cancel();
    this.#write(direct.linefeed, linefeeds[feed]);
  }

  #setHook(offHook: boolean): void {
    // A ring trip ends ringing in the SLIC; lifted in the pause between two rings, the line must be fed by us.
    if (offHook && this.#ringer.pending) this.#feed("forwardActive");
    if (offHook === this.#offHook) return;
    this.#offHook = offHook;
    this.#post({ kind: offHook ? "wentOffHook" : "wentOnHook", port: this.name });
  }

  #setDigit(register: number): void {
    const digit = dtmfDigit(register);
    if (digit === null) return this.#problem("DTMF interrupt without a digit");
    this.#post({ kind: "digit", port: this.name, digit });
  }

  #write(register: number, octet: number): void {
    if (this.#over) return;
    this.#slic.write(register, octet).catch((error: unknown) => this.#failed(error));
  }

  #failed(error: unknown): void {
    if (!this.#over) this.#problem(`SLIC register not written: ${wordsOf(error)}`);
  }

  #problem(problem: string): void {
    this.#context.report(`${this.name}: ${problem}`);
  }

  #post(event: PortEvent): void {
    if (!this.#over) this.#context.post({ world: "fxs", at: this.#context.clock.now(), ...event });
  }
}

type PortEvent =
  | { readonly kind: "wentOffHook" | "wentOnHook" | "lineRestored"; readonly port: PortName }
  | { readonly kind: "digit"; readonly port: PortName; readonly digit: NonNullable<ReturnType<typeof dtmfDigit>> }
  | { readonly kind: "lineFault"; readonly port: PortName; readonly fault: string };
