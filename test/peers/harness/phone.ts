import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { PhoneAction, PhoneReport } from "../../../src/emulator/contract.ts";
import type { PhoneName } from "../../../src/message/name.ts";
import type { Door } from "./door.ts";
import { readWav, type Sound } from "./wav.ts";

/** How often a person who waits looks again, ms. */
const LOOK_EVERY_MS = 20;

/** A person at an emulated phone of the house, through the same door as `offhook phone`. */
export class Phone {
  readonly name: PhoneName;
  readonly #door: Door;
  readonly #folder: string;
  /** What was perceived, whenever it changed. */
  readonly #seen: string[] = [];
  #recordings = 0;

  constructor(name: PhoneName, door: Door, folder: string) {
    this.name = name;
    this.#door = door;
    this.#folder = folder;
  }

  async act(action: PhoneAction): Promise<PhoneReport> {
    const report = await this.#door.act(this.name, action);
    const line = JSON.stringify(report);
    if (this.#seen.at(-1) !== line) this.#seen.push(line);
    return report;
  }

  look(): Promise<PhoneReport> {
    return this.act({ kind: "display" });
  }

  lift(): Promise<PhoneReport> {
    return this.act({ kind: "offhook" });
  }

  hangUp(): Promise<PhoneReport> {
    return this.act({ kind: "onhook" });
  }

  press(keys: string): Promise<PhoneReport> {
    return this.act({ kind: "press", keys });
  }

  dial(number: string): Promise<PhoneReport> {
    return this.act({ kind: "dial", number });
  }

  /** Hums a note for that long; resolves when it has been hummed. */
  hum(frequencyHz: number, levelDbm0: number, ms: number): Promise<PhoneReport> {
    return this.act({ kind: "hum", frequencyHz, levelDbm0, ms });
  }

  /** Resolves as soon as the person perceives it. */
  async until(what: string, perceives: (report: PhoneReport) => boolean, deadlineMs = 5000): Promise<PhoneReport> {
    const deadline = performance.now() + deadlineMs;
    for (;;) {
      const report = await this.look();
      if (perceives(report)) return report;
      if (performance.now() > deadline)
        throw new Error(`${this.name} ${what}: not within ${deadlineMs} ms\n${this.evidence()}`);
      await setTimeout(LOOK_EVERY_MS);
    }
  }

  rings(deadlineMs = 5000): Promise<PhoneReport> {
    return this.until("rings", (report) => report.ringing, deadlineMs);
  }

  stopsRinging(deadlineMs = 2000): Promise<PhoneReport> {
    return this.until("stops ringing", (report) => !report.ringing, deadlineMs);
  }

  hears(what: PhoneReport["hearing"]["what"], deadlineMs = 5000): Promise<PhoneReport> {
    return this.until(`hears ${what}`, (report) => report.hearing.what === what, deadlineMs);
  }

  /** Records what is heard from now on; the result ends the recording and gives it. */
  async record(): Promise<() => Promise<Sound>> {
    this.#recordings += 1;
    const file = join(this.#folder, `${this.name.replace(":", "-")}-${this.#recordings}.wav`);
    await this.act({ kind: "record", file });
    return async () => {
      await this.act({ kind: "stopRecording" });
      return readWav(file);
    };
  }

  evidence(): string {
    return this.#seen.slice(-20).join("\n");
  }
}
