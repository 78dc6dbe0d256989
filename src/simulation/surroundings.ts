import type { Command } from "../message/command.ts";
import type { DeviceName } from "../message/name.ts";
import { unreachable } from "../message/units.ts";
import type { CallView } from "../message/view.ts";
import type { Failable } from "./failing.ts";
import { Bases } from "./outside/bases.ts";
import { Clock } from "./outside/clock.ts";
import { Disk } from "./outside/disk.ts";
import { Dongles } from "./outside/dongles.ts";
import { FarEnds } from "./outside/far-ends.ts";
import type { Outside } from "./outside/outside.ts";
import { People } from "./outside/people.ts";
import { VoiceWorker } from "./outside/voice-worker.ts";
import type { Verb } from "./script.ts";

/** Everything that a house has around it. */
export class Surroundings implements Failable {
  readonly disk: Disk;
  readonly #outside: Outside;
  readonly #farEnds: FarEnds;
  readonly #bases: Bases;
  readonly #dongles: Dongles;
  readonly #voice: VoiceWorker;
  readonly #clock: Clock;
  readonly #people: People;

  constructor(outside: Outside, calls: () => readonly CallView[]) {
    this.#outside = outside;
    this.#farEnds = new FarEnds(outside);
    this.#bases = new Bases(outside);
    this.#dongles = new Dongles(outside);
    this.#voice = new VoiceWorker(outside);
    this.disk = new Disk(outside);
    this.#clock = new Clock(outside);
    this.#people = new People(outside, calls);
  }

  /** INVITEs received so far. */
  get invites(): number {
    return this.#farEnds.invites;
  }

  /** Calls begun so far. */
  get calls(): number {
    return this.#farEnds.invites + this.#bases.setups + this.#dongles.lifts;
  }

  /** What a gateway does when it starts. */
  open(): void {
    const { house } = this.#outside;
    this.#outside.post({ world: "admin", kind: "configured", house: house.plan });
    this.disk.start();
    this.#voice.start();
    for (const { base } of house.bases) this.#bases.attach(base);
    for (const { dongle } of house.dongles) this.#dongles.attach(dongle);
  }

  loseDevice(device: DeviceName): void {
    if (device.startsWith("base:")) this.#bases.lose(device);
    else this.#dongles.lose(device);
  }

  loseVoice(): void {
    this.#voice.crash(1);
  }

  fillDisk(): void {
    this.disk.fill(1);
  }

  /** Told of facts and of the watchdog's food elsewhere. */
  perform(command: Exclude<Command, { world: "notify" | "watchdog" }>): void {
    switch (command.world) {
      case "sip":
        return this.#farEnds.perform(command);
      case "dect":
        return this.#bases.perform(command);
      case "fxs":
        return this.#dongles.perform(command);
      case "voice":
        return this.#voice.perform(command);
      case "store":
        return this.disk.perform(command);
      case "timer":
        return this.#clock.perform(command);
      default:
        return unreachable(command);
    }
  }

  happens(verb: Exclude<Verb, "segment">, trait: number): void {
    switch (verb) {
      case "invite":
        return this.#farEnds.invite(trait);
      case "registrar":
        return this.#farEnds.registrar(trait);
      case "green":
        return this.#bases.green(trait);
      case "range":
        return this.#bases.range(trait);
      case "pullBase":
        return this.#bases.pull(trait);
      case "lift":
        return this.#dongles.lift(trait);
      case "pullDongle":
        return this.#dongles.pull(trait);
      case "lineFault":
        return this.#dongles.fault(trait);
      case "voiceCrash":
        return this.#voice.crash(trait);
      case "voiceTells":
        return this.#voice.tells(trait);
      case "diskFull":
        return this.disk.fill(trait);
      default:
        return this.#peopleDo(verb, trait);
    }
  }

  #peopleDo(
    verb: Extract<Verb, "memory" | "standStill" | "freeze" | "hangUp" | "book" | "machine" | "bug">,
    trait: number,
  ): void {
    switch (verb) {
      case "memory":
        return this.#people.memory(trait);
      case "standStill":
        return this.#people.standStill(trait);
      case "freeze":
        return this.#people.freeze(trait);
      case "hangUp":
        return this.#people.hangUp(trait);
      case "book":
        return this.#people.book(trait);
      case "bug":
        return this.#people.bug(trait);
      case "machine":
        return this.#people.machine(trait);
      default:
        return unreachable(verb);
    }
  }
}
