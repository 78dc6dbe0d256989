import type { Event } from "../../message/event.ts";
import type { Fact } from "../../message/notify.ts";
import type { StoreCommand, StoreEvent } from "../../message/store.ts";
import type { VoiceEvent } from "../../message/voice.ts";
import type { Broken } from "./breach.ts";

/** What is told of each event of this kind, in the same event. */
const ofVoice: Partial<Record<VoiceEvent["kind"], Fact["kind"]>> = {
  ready: "voiceChanged",
  lost: "voiceChanged",
  shadow: "shadowChanged",
  endpointFailed: "endpointFailed",
  recordEnded: "recordEnded",
  playEnded: "playEnded",
};
const ofStore: Partial<Record<StoreEvent["kind"], Fact["kind"]>> = {
  saved: "storeChanged",
  saveFailed: "storeChanged",
};

/** Who watches is told what changed: once, and not of what did not. */
export class FactRules {
  readonly #broken: Broken;
  #wanted: Fact["kind"] | null = null;
  #book = 0;
  #memory = "easy";

  constructor(broken: Broken) {
    this.#broken = broken;
  }

  event(event: Event): void {
    switch (event.world) {
      case "voice":
        this.#wanted = ofVoice[event.kind] ?? null;
        return;
      case "store":
        this.#wanted = ofStore[event.kind] ?? null;
        return;
      case "admin":
        if (event.kind === "deviceProblem") this.#wanted = "deviceDetached";
        return;
      case "dect":
      case "fxs":
        if (event.kind === "attached") this.#wanted = "deviceAttached";
        return;
      default:
        return;
    }
  }

  /** What was told before is not told again. */
  restored(memory: string): void {
    this.#memory = memory;
    this.#wanted = null;
  }

  store({ kind }: StoreCommand): void {
    if (kind === "putContact" || kind === "removeContact") this.#book += 1;
  }

  told(fact: Fact): void {
    if (fact.kind === this.#wanted) this.#wanted = null;
    if (fact.kind === "bookChanged") this.#book -= 1;
    if (fact.kind !== "memoryChanged") return;
    if (fact.state === this.#memory) this.#broken("fact", [], `memory is told to be ${fact.state} again`);
    this.#memory = fact.state;
  }

  settle(): void {
    const wanted = this.#wanted;
    const book = this.#book;
    if (wanted === null && book === 0) return;
    this.#wanted = null;
    this.#book = 0;
    if (wanted !== null) this.#broken("fact", [], `${wanted} is not told`);
    if (book !== 0) this.#broken("fact", [], "the book changes, and that is not told, or the other way round");
  }
}
