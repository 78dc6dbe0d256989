import type { Command } from "../../message/command.ts";
import type { Event } from "../../message/event.ts";
import type { DeviceName, PortName } from "../../message/name.ts";
import type { Fact } from "../../message/notify.ts";
import type { Breach, Broken } from "./breach.ts";
import { LegRules } from "./legs.ts";
import { PathRules } from "./paths.ts";
import { RegistrationRules } from "./registrations.ts";
import { StoryRules } from "./stories.ts";
import { TimerRules } from "./timers.ts";

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
  readonly #broken: Broken;
  readonly #calls: () => number;
  /** In this event a call was held, taken back or ended; a phone took it back. */
  #moved = false;
  #back = false;
  #ended = false;

  /** `calls`: how many the house has now. `broken`: told of each breach; a test throws there. */
  constructor(calls: () => number, broken: (breach: Breach) => void) {
    this.#calls = calls;
    this.#broken = (rule, objects, why) => broken({ rule, objects, why });
    this.#legs = new LegRules(this.#broken);
    this.#paths = new PathRules(this.#broken, this.#legs);
    this.#timers = new TimerRules(this.#broken);
    this.#stories = new StoryRules(this.#broken);
    this.#lines = new RegistrationRules(this.#broken);
  }

  /** An event that was handled, and what came of it. */
  watch(event: Event, commands: readonly Command[]): void {
    this.#event(event);
    const lifted = event.world === "fxs" && event.kind === "wentOffHook" ? event.port : null;
    for (const command of commands) this.#command(command, event.at, lifted);
    this.#paths.settle(this.#moved, this.#back);
    this.#legs.settle(this.#ended);
    this.#ended = false;
    this.#moved = false;
    this.#back = false;
    this.#timers.settle(event.at);
    this.#lines.settle();
    if ((event.world === "dect" || event.world === "fxs") && event.kind === "detached")
      this.#gone("base" in event ? event.base : event.dongle);
    if (this.#calls() === 0) this.#nobodyCalls();
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
    switch (event.world) {
      case "sip":
        this.#legs.sipEvent(event);
        return this.#lines.event(event);
      case "dect":
        return this.#legs.dectEvent(event);
      case "fxs":
        return this.#legs.fxsEvent(event);
      case "timer":
        return this.#timers.expired(event.timer);
      case "voice":
        if (event.kind === "ready") this.#paths.forget();
        return;
      case "admin":
        if (event.kind === "configured") this.#lines.configured(event.house);
        if (event.kind === "restored") this.#lines.restored();
        return;
      default:
        return;
    }
  }

  #command(command: Command, now: number, lifted: PortName | null): void {
    switch (command.world) {
      case "sip":
        return this.#legs.sip(command);
      case "dect":
        return this.#legs.dect(command);
      case "fxs":
        return this.#legs.fxs(command, lifted);
      case "voice":
        return this.#paths.command(command);
      case "timer":
        return this.#timers.command(command, now);
      case "notify":
        return this.#told(command.fact);
      default:
        return;
    }
  }

  /** Nothing that hangs on it has a timer any more. */
  #gone(device: DeviceName): void {
    const timer = this.#timers.of(this.#legs.phonesOf(device));
    if (timer !== null) this.#broken("timer", [timer, device], "of a phone whose device is gone");
  }

  #told(fact: Fact): void {
    switch (fact.kind) {
      case "lineChanged":
        return this.#lines.told(fact.line, fact.state);
      case "callStarted":
        return this.#stories.told(fact);
      case "callEnded":
        this.#ended = true;
        this.#moved = true;
        return this.#stories.told(fact);
      case "callResumed":
        if (!fact.party.startsWith("line:")) this.#back = true;
        this.#moved = true;
        return;
      case "callHeld":
        this.#moved = true;
        return;
      default:
        return;
    }
  }

  /** A handset that hears why its call came to nothing has its transaction still, and a timer of its own. */
  #nobodyCalls(): void {
    if (this.#legs.dialogs > 0) this.#broken("legWithoutCall", [...this.#legs.live], "and there is no call");
    if (this.#timers.ofCalls > 0) this.#broken("timer", [...this.#timers.running], "of a call, and there is none");
  }
}
