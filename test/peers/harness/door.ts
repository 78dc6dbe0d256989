import { ask } from "../../../src/api/control-client.ts";
import type { PhoneAction, PhoneReport } from "../../../src/emulator/contract.ts";
import type { PhoneName } from "../../../src/message/name.ts";
import type { Fact } from "../../../src/message/notify.ts";
import { Bell } from "./until.ts";

export interface TimedFact {
  readonly at: number;
  readonly fact: Fact;
}

/** The control socket of a running gateway. What comes back is the gateway's own word and taken as its types say. */
export class Door {
  readonly facts: TimedFact[] = [];
  readonly changed = new Bell();
  readonly #dataDir: string;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  ask<T>(command: string, ...args: readonly string[]): Promise<T> {
    return ask(this.#dataDir, command, args) as Promise<T>; // the caller knows what the command answers
  }

  act(phone: PhoneName, action: PhoneAction): Promise<PhoneReport> {
    return this.ask("phone", phone, ...words(action));
  }

  /** Listens to the facts for as long as the gateway runs. */
  follow(): void {
    const listener = {
      item: (item: unknown) => {
        this.facts.push(item as TimedFact); // `events --follow` says so
        this.changed.ring();
      },
      dropped: (count: number) => {
        throw new Error(`${count} facts were lost on the way to the test`);
      },
    };
    ask(this.#dataDir, "events", ["--follow"], listener).catch(() => this.changed.ring());
  }

  /** Puts what happened before anybody listened in front. */
  async recall(): Promise<void> {
    const recent = await this.ask<readonly TimedFact[]>("events");
    const known = new Set(this.facts.map((timed) => JSON.stringify(timed)));
    this.facts.unshift(...recent.filter((timed) => !known.has(JSON.stringify(timed))));
    this.changed.ring();
  }
}

/** An action as `offhook phone NAME …` takes it. */
export function words(action: PhoneAction): readonly string[] {
  switch (action.kind) {
    case "press":
      return ["press", action.keys];
    case "dial":
      return ["dial", action.number];
    case "say":
    case "record":
      return [action.kind, action.file];
    case "hum": {
      const text = [action.frequencyHz, action.levelDbm0, ...(action.ms === null ? [] : [action.ms])].map(String);
      return ["hum", ...text];
    }
    case "stopRecording":
      return ["stop-recording"];
    case "alertAfter":
      return ["alert-after", `${action.ms}`];
    case "busy":
      return ["busy", action.on ? "on" : "off"];
    default:
      return [action.kind];
  }
}
