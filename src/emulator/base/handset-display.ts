import type { Identity } from "../../message/name.ts";
import { elements as ids } from "../../vendor/reference/wire/cc.ts";
import { type Element, elementOf } from "../../vendor/reference/wire/element.ts";
import { readCaller, readDisplay, readSignal } from "../../vendor/reference/wire/information.ts";

/** What a handset shows, and whether it was told to ring. */
export class HandsetDisplay {
  #caller: Identity | null = null;
  #text: string | null = null;
  #alerting = true;

  get caller(): Identity | null {
    return this.#caller;
  }

  get alerting(): boolean {
    return this.#alerting;
  }

  /** Name and number of the caller, then text; nothing twice. */
  get lines(): readonly string[] {
    const all = [this.#caller?.name ?? null, this.#caller?.number ?? null, ...(this.#text?.split("\n") ?? [])];
    return [...new Set(all.filter((line): line is string => line !== null && line !== ""))];
  }

  /** Takes what a message has to show; true when the display is now different. */
  show(elements: readonly Element[]): boolean {
    const before = this.lines.join("\n");
    const { number, name } = readCaller(elements);
    if (elementOf(elements, ids.callingNumber) !== null || elementOf(elements, ids.callingName) !== null)
      this.#caller = { number: number ?? this.#caller?.number ?? null, name: name ?? this.#caller?.name ?? null };
    this.#text = readDisplay(elements) ?? this.#text;
    const signal = readSignal(elements);
    if (signal === "alertingOff") this.#alerting = false;
    if (signal === "alertingInternal" || signal === "alertingExternal") this.#alerting = true;
    return this.lines.join("\n") !== before;
  }

  clear(): void {
    this.#caller = null;
    this.#text = null;
    this.#alerting = true;
  }
}
