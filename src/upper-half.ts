import { Desk } from "./logic/desk.ts";
import { Exchange } from "./logic/exchange.ts";
import type { AdminEvent, MemoryState } from "./message/admin.ts";
import type { Command } from "./message/command.ts";
import type { Event } from "./message/event.ts";
import type { CallId } from "./message/name.ts";
import type { Fact } from "./message/notify.ts";
import type { House } from "./message/plan.ts";
import { loadedEvents, type StoreEvent } from "./message/store.ts";
import { type Instant, unreachable } from "./message/units.ts";
import type { HouseView, Unsaved } from "./message/view.ts";
import type { VoiceEvent } from "./message/voice.ts";
import { Parties } from "./proxy/parties.ts";

/**
 * The upper half: a deterministic function of its events. One event in, its commands out, nothing else.
 * Dispatch is a tree that mirrors the objects: world -> which party -> which kind.
 */
export class UpperHalf {
  readonly #desk = new Desk();
  readonly #exchange = new Exchange(this.#desk);
  readonly #parties = new Parties(this.#desk, this.#exchange);
  #unsaved: Unsaved = { book: null, calls: null };

  /** Reacts to one event, to completion. Never throws: a handler that does is a bug, and costs the calls it touched. */
  handle(event: Event): readonly Command[] {
    this.#desk.now = event.at;
    this.#exchange.begin();
    try {
      this.#dispatch(event);
    } catch (fault) {
      this.#guard(event, fault);
    }
    return this.#desk.takeCommands();
  }

  view(): HouseView {
    const { timers, voice } = this.#desk;
    return {
      ...this.#parties.view(),
      calls: this.#exchange.calls(),
      contacts: this.#exchange.book.list(),
      log: this.#exchange.log.list(),
      unsaved: this.#unsaved,
      voice: voice.state,
      memory: this.#desk.memory,
      timers: timers.list(),
    };
  }

  /** Calls that are up. */
  get calls(): number {
    return this.#exchange.count;
  }

  /** The calls that the last event reached, also those that ended by it: who follows one call asks after each event. */
  touched(): readonly CallId[] {
    return this.#exchange.touched();
  }

  /** No call, no timer, no open voice path: the journal may begin a new segment here. */
  get quiet(): boolean {
    const { timers, voice } = this.#desk;
    return this.#exchange.quiet && timers.list().length === 0 && voice.idle && this.#parties.idle;
  }

  /**
   * What a fresh upper half has to be told to go on from this quiet moment. The moment is now, whenever the events are
   * asked for: book and log may be large, and are told piece by piece.
   */
  restart(at: Instant): Iterable<Event> {
    const { book, log } = this.#exchange;
    const restored: Event = { world: "admin", kind: "restored", at, state: this.snapshot() };
    return chain([restored], loadedEvents(at, [...book.list()], [...log.list()]));
  }

  /** The state of a quiet house as text, but for book and log; a `restored` event brings it to a fresh upper half. */
  snapshot(): string {
    const { house, voice } = this.#desk;
    return JSON.stringify({
      house,
      counters: this.#desk.dump(),
      voice: voice.dump(),
      memory: this.#desk.memory,
      parties: this.#parties.dump(),
    });
  }

  #dispatch(event: Event): void {
    switch (event.world) {
      case "sip":
        return this.#parties.line(event.line)?.take(event);
      case "dect":
        return this.#parties.takeDect(event);
      case "fxs":
        return this.#parties.takeFxs(event);
      case "voice":
        return this.#takeVoice(event);
      case "timer":
        return this.#desk.timers.expired(event.timer);
      case "store":
        return this.#takeStore(event);
      case "admin":
        return this.#takeAdmin(event);
      default:
        return unreachable(event);
    }
  }

  #takeVoice(event: VoiceEvent): void {
    const { voice } = this.#desk;
    switch (event.kind) {
      case "ready":
        voice.ready(event.rtp);
        return this.#desk.tell({ kind: "voiceChanged", state: "ready" });
      case "lost":
        voice.lost();
        return this.#desk.tell({ kind: "voiceChanged", state: `lost: ${event.reason}` });
      case "shadow":
        return this.#desk.tell({ kind: "shadowChanged", state: event.state, reason: event.reason });
      case "digit":
        return this.#parties.legOf(event.endpoint)?.heardDigit(event.digit);
      case "rtpTimeout":
        return this.#parties.legOf(event.endpoint)?.lostVoice();
      case "endpointFailed":
        this.#desk.tell({ kind: "endpointFailed", endpoint: event.endpoint, reason: event.reason });
        if (event.codec === true || event.closed === true) this.#parties.unheard(event.endpoint);
        return;
      case "measured":
        return this.#exchange.log.measured(event.call, { party: event.party, ...event.quality });
      case "faxTone":
        return this.#parties.portOn(event.endpoint)?.leg?.heardFax(event.tone);
      case "recordEnded":
      case "playEnded":
        return this.#desk.tell(fileFact(event));
      case "callerIdSent":
        return;
      default:
        return unreachable(event);
    }
  }

  #takeStore(event: StoreEvent): void {
    switch (event.kind) {
      case "loaded":
        this.#exchange.book.load(event.contacts);
        return this.#exchange.log.load(event.calls);
      case "saveFailed":
        this.#unsaved = { ...this.#unsaved, [event.what]: event.reason };
        return this.#desk.tell({ kind: "storeChanged", what: event.what, state: `not saved: ${event.reason}` });
      case "saved":
        this.#unsaved = { ...this.#unsaved, [event.what]: null };
        return this.#desk.tell({ kind: "storeChanged", what: event.what, state: "saved" });
      case "capsuleSaved":
        return this.#exchange.capsuleSaved(event.asked, event.reason === null);
      default:
        return unreachable(event);
    }
  }

  #takeAdmin(event: AdminEvent): void {
    switch (event.kind) {
      case "configured":
        return this.#configure(event.house);
      case "restored":
        return this.#restore(event.state);
      case "hangUp":
        return this.#exchange.hangUp(event.call);
      case "addContact":
        this.#exchange.book.add(event.name, event.numbers);
        return;
      case "removeContact":
        return this.#exchange.book.remove(event.id);
      case "clearLog":
        return this.#exchange.log.clear();
      case "memory":
        return this.#takeMemory(event.state);
      case "heartbeat":
        return this.#desk.send({ world: "watchdog", kind: "feed" });
      case "deviceProblem":
        return this.#desk.tell({ kind: "deviceDetached", device: event.device, reason: event.problem });
      default:
        return unreachable(event);
    }
  }

  #takeMemory(state: MemoryState): void {
    if (this.#desk.memory === state) return;
    this.#desk.memory = state;
    this.#desk.tell({ kind: "memoryChanged", state });
  }

  #configure(house: House): void {
    this.#desk.house = house;
    this.#exchange.configure(house, this.#parties.build(house));
  }

  /** Only a fresh upper half is told so. */
  #restore(state: string): void {
    const saved = JSON.parse(state) as {
      house: House;
      counters: ReturnType<Desk["dump"]>;
      voice: ReturnType<Desk["voice"]["dump"]>;
      memory: MemoryState;
      parties: ReturnType<Parties["dump"]>;
    }; // written by `snapshot`
    this.#configure(saved.house);
    this.#desk.voice.restore(saved.voice);
    this.#desk.memory = saved.memory;
    this.#parties.restore(saved.parties);
    this.#desk.restore(saved.counters);
  }

  /** The event that broke a handler is named, whom it was about and the calls it touched are released, and the gateway goes on. */
  #guard(event: Event, fault: unknown): void {
    const leg = this.#parties.trippedOver(event);
    const calls = this.#exchange.abandon(leg);
    this.#parties.letGo(event, leg);
    const message = fault instanceof Error ? fault.message : String(fault);
    this.#desk.tell({ kind: "fault", message, event: JSON.stringify(event), calls });
  }
}

function fileFact(event: Extract<VoiceEvent, { readonly kind: "recordEnded" | "playEnded" }>): Fact {
  const { endpoint, file, reason } = event;
  if (event.kind === "playEnded") return { kind: "playEnded", endpoint, file, reason };
  const { durationMs, lostMs } = event;
  return { kind: "recordEnded", endpoint, file, reason, durationMs, lostMs };
}

function* chain(...parts: readonly Iterable<Event>[]): Generator<Event, undefined> {
  for (const part of parts) yield* part;
}
