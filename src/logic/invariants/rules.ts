import type { AdminEvent } from "../../message/admin.ts";
import type { Command } from "../../message/command.ts";
import type { Event } from "../../message/event.ts";
import type { DeviceName, Endpoint, PortName } from "../../message/name.ts";
import type { Fact } from "../../message/notify.ts";
import type { House } from "../../message/plan.ts";
import type { SipEvent } from "../../message/sip.ts";
import type { VoiceEvent } from "../../message/voice.ts";
import type { Breach, Broken, Rule } from "./breach.ts";
import { EmergencyRules } from "./emergencies.ts";
import { FactRules } from "./facts.ts";
import { KeyRules } from "./keys.ts";
import { LegRules } from "./legs.ts";
import { MediaRules } from "./media.ts";
import { Moved } from "./moved.ts";
import { PathRules } from "./paths.ts";
import { PhoneRules } from "./phones.ts";
import { RegistrationRules } from "./registrations.ts";
import { readRestored } from "./restored.ts";
import { StoryRules } from "./stories.ts";
import { TimerRules } from "./timers.ts";

/** What was asked for by an event, and is lost when its handler threw: that is told already. */
const asked: readonly Rule[] = ["emergency", "key", "hold", "media", "fact", "registration", "phone"];

/**
 * Watches events and commands go by and holds the house to its word. Pure and synchronous; the work for an event is
 * bounded by its commands. The same rules in tests, in simulation and in the running gateway.
 */
export class Rules {
  readonly #legs: LegRules;
  readonly #paths: PathRules;
  readonly #timers: TimerRules;
  readonly #lines: RegistrationRules;
  readonly #stories: StoryRules;
  readonly #emergencies: EmergencyRules;
  readonly #phones: PhoneRules;
  readonly #media: MediaRules;
  readonly #keys: KeyRules;
  readonly #facts: FactRules;
  readonly #broken: Broken;
  readonly #calls: () => number;
  readonly #flows = (endpoint: Endpoint): boolean => this.#media.flows(endpoint);
  readonly #moved = new Moved();

  /** `calls`: how many the house has now. `broken`: told of each breach; a test throws there. */
  constructor(calls: () => number, broken: (breach: Breach) => void) {
    this.#calls = calls;
    this.#broken = (rule, objects, why) => {
      if (!this.#moved.fault || !asked.includes(rule)) broken({ rule, objects, why });
    };
    this.#legs = new LegRules(this.#broken);
    this.#paths = new PathRules(this.#broken, this.#legs);
    this.#timers = new TimerRules(this.#broken);
    this.#stories = new StoryRules(this.#broken, this.#legs, this.#paths);
    this.#lines = new RegistrationRules(this.#broken);
    this.#emergencies = new EmergencyRules(this.#broken, this.#legs);
    this.#phones = new PhoneRules(this.#broken, this.#legs, this.#paths);
    this.#media = new MediaRules(this.#broken, this.#legs, this.#paths);
    this.#keys = new KeyRules(this.#broken, this.#legs, this.#paths);
    this.#facts = new FactRules(this.#broken);
  }

  /** An event that was handled, and what came of it. */
  watch(event: Event, commands: readonly Command[]): void {
    this.#event(event);
    const lifted = event.world === "fxs" && event.kind === "wentOffHook" ? event.port : null;
    for (const command of commands) this.#command(command, event.at, lifted);
    this.#settle(event.at);
    if ((event.world === "dect" || event.world === "fxs") && event.kind === "detached")
      this.#gone("base" in event ? event.base : event.dongle);
    if (this.#calls() === 0) this.#nobodyCalls();
  }

  #settle(now: number): void {
    const moved = this.#moved;
    this.#stories.settle();
    this.#emergencies.settle();
    this.#phones.settle();
    this.#keys.settle(moved, this.#flows);
    this.#media.settle(moved);
    this.#facts.settle();
    this.#paths.settle(moved);
    this.#legs.settle(moved.ended);
    this.#timers.settle(now);
    this.#lines.settle();
    moved.forget();
  }

  /** What a house at rest must not have: each line names the things. */
  left(): string[] {
    const left: [string, Iterable<string>][] = [
      ["legs without a release", this.#legs.live],
      ["calls that never ended", this.#stories.calls],
      ["phones that still ring", this.#legs.ringing()],
      ["timers that still tick", this.#timers.running],
      ["voice endpoints still open", this.#paths.open],
      ["voice paths still joined", this.#paths.joined],
    ];
    return left.flatMap(([what, things]) => {
      const names = [...things];
      return names.length === 0 ? [] : [`${what}: ${names.join(" ")}`];
    });
  }

  #event(event: Event): void {
    this.#facts.event(event);
    switch (event.world) {
      case "sip":
        return this.#sip(event);
      case "dect":
        if (event.kind === "attached") this.#media.attached(event);
        this.#legs.dectEvent(event);
        this.#phones.dect(event);
        this.#keys.dect(event);
        return this.#emergencies.dect(event);
      case "fxs":
        if (event.kind === "attached") this.#media.attached(event);
        this.#legs.fxsEvent(event);
        this.#keys.fxs(event);
        this.#phones.fxs(event);
        return this.#emergencies.fxs(event);
      case "timer":
        return this.#timers.expired(event.timer);
      case "voice":
        return this.#voice(event);
      case "admin":
        return this.#admin(event);
      case "store":
        if (event.kind === "loaded") this.#stories.loaded(event.calls);
        return;
      default:
        return;
    }
  }

  /** Media is looked at before the answer that it comes with is one, but for that of a leg that begins. */
  #sip(event: SipEvent): void {
    this.#keys.sip(event);
    if (event.kind !== "invited") this.#media.event(event);
    this.#legs.sipEvent(event);
    if (event.kind === "invited") this.#media.event(event);
    this.#lines.event(event);
    this.#emergencies.sipEvent(event);
  }

  #voice(event: VoiceEvent): void {
    this.#keys.voice(event);
    if (event.kind === "faxTone") this.#media.fax(event.endpoint);
    if (event.kind === "callerIdSent") this.#paths.callerIdSent(event.endpoint);
    if (event.kind !== "ready") return;
    this.#paths.forget();
    this.#media.forget();
    this.#legs.dialogs.streams(event.rtp.length);
  }

  #admin(event: AdminEvent): void {
    if (event.kind === "configured") return this.#configured(event.house);
    if (event.kind !== "restored") return;
    const { house, streams, lines, devices, memory } = readRestored(event.state);
    this.#configured(house);
    this.#lines.restored(lines);
    this.#phones.restored();
    this.#legs.dialogs.streams(streams);
    for (const attached of devices) this.#event(attached);
    this.#facts.restored(memory);
  }

  #configured(house: House): void {
    this.#lines.configured(house);
    this.#legs.dialogs.configured(house);
    this.#emergencies.configured(house);
    this.#media.configured(house);
    this.#phones.configured(house);
  }

  #command(command: Command, now: number, lifted: PortName | null): void {
    switch (command.world) {
      case "sip":
        if (command.kind === "sendDigit") this.#keys.sent();
        if (command.kind === "invite") this.#stories.invited();
        this.#legs.sip(command, this.#stories.caller);
        this.#media.sip(command);
        return this.#emergencies.sip(command);
      case "dect":
        return this.#legs.dect(command, this.#stories.caller);
      case "fxs":
        return this.#legs.fxs(command, lifted);
      case "voice":
        if (command.kind === "sendDigit") this.#keys.sent();
        if (command.kind === "measure") this.#stories.measured();
        this.#media.voice(command);
        return this.#paths.command(command);
      case "timer":
        if (command.kind === "start") {
          this.#keys.timed();
          this.#stories.timed(command.owner);
        }
        return this.#timers.command(command, now);
      case "store":
        if (command.kind === "addCall") this.#stories.written(command.record, now);
        if (command.kind === "saveCapsule") this.#keys.served();
        return this.#facts.store(command);
      case "notify":
        return this.#told(command.fact, now);
      default:
        return;
    }
  }

  /** Nothing that hangs on it has a timer any more. */
  #gone(device: DeviceName): void {
    const timer = this.#timers.of(this.#legs.phonesOf(device));
    if (timer !== null) this.#broken("timer", [timer, device], "of a phone whose device is gone");
    this.#legs.bases.detached(device);
  }

  #told(fact: Fact, now: number): void {
    this.#moved.note(fact);
    this.#facts.told(fact);
    this.#stories.told(fact);
    switch (fact.kind) {
      case "lineChanged":
        return this.#lines.told(fact.line, fact.state);
      case "phoneChanged":
        return this.#phones.told(fact.phone, fact.state);
      case "callStarted":
        return this.#emergencies.told(fact);
      case "callEnded":
        if (fact.record !== null) this.#phones.ended(fact.record, now);
        return;
      default:
        return;
    }
  }

  /** A handset that hears why its call came to nothing has its transaction still, and a timer of its own. */
  #nobodyCalls(): void {
    if (this.#legs.dialogs.live > 0) this.#broken("legWithoutCall", [...this.#legs.live], "and there is no call");
    if (this.#timers.ofCalls > 0) this.#broken("timer", [...this.#timers.running], "of a call, and there is none");
  }
}
