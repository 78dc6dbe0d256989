import type { Command } from "../message/command.ts";
import type { DectCommand, DectEvent } from "../message/dect.ts";
import type { DeviceName, Endpoint } from "../message/name.ts";
import type { SipCommand, SipEvent, SipLeg } from "../message/sip.ts";
import type { StoreCommand } from "../message/store.ts";
import { unreachable } from "../message/units.ts";
import type { VoiceCommand } from "../message/voice.ts";
import type { Outside, Untimed } from "./outside/outside.ts";

/**
 * Of the commands that leave the house the one with this number, from 0, is not carried out. `way`: from 0, which of the
 * ways its adapter has to tell that.
 */
export interface Fails {
  readonly nth: number;
  readonly way: number;
}

/** What else the emulated outside can be made to do. */
export interface Failable {
  /** Its transfers fail: it is given up, and attached anew. */
  loseDevice(device: DeviceName): void;
  loseVoice(): void;
  fillDisk(): void;
}

type Said<E, Left extends string> = E extends unknown ? Omit<E, "at" | "world" | Left> : never;
type OfLeg = Said<Extract<SipEvent, { readonly leg: SipLeg }>, "line" | "leg">;
type OfCc = Said<Extract<DectEvent, { readonly call: string }>, "handset" | "call">;

/** What becomes of a command that fails. True: its part is told all the same, for nobody can tell the difference. */
type Way = () => boolean;

/** 64·T1 (RFC 3261). */
const transactionMs = 32_000;
/** An offer that meets glare again and again is given up. */
const glareMs = 9000;
/** LCE.03. */
const pageMs = 5000;

/** The n-th outside operation fails, and with it what needs it: an endpoint that did not open can not be joined. */
export class Failing {
  readonly #outside: Outside;
  readonly #parts: Failable;
  readonly #fails: Fails;
  /** Endpoints that the voice worker has open, and those that it does not have, and the house takes for open. */
  readonly #open = new Set<Endpoint>();
  readonly #missing = new Set<Endpoint>();
  readonly #released = new Set<string>();
  #operations = 0;
  #ways = 0;

  constructor(outside: Outside, parts: Failable, fails: Fails) {
    this.#outside = outside;
    this.#parts = parts;
    this.#fails = fails;
  }

  /** Commands so far that leave the house. */
  get operations(): number {
    return this.#operations;
  }

  /** In how many ways the one that failed can fail. */
  get ways(): number {
    return this.#ways;
  }

  /** Takes a command that is not to be carried out. */
  takes(command: Command): boolean {
    if (command.world === "timer" || command.world === "notify" || command.world === "watchdog") return false;
    if (command.world === "sip" && command.kind === "release") this.#released.add(command.leg);
    if (command.world === "dect" && command.kind === "release") this.#released.add(command.call);
    const fails = this.#operations === this.#fails.nth;
    this.#operations += 1;
    if (!fails) return command.world === "voice" && this.#suffers(command);
    const ways = this.#waysOf(command);
    this.#ways = ways.length;
    const way = ways[this.#fails.way];
    return way !== undefined && !way();
  }

  #waysOf(command: Exclude<Command, { world: "timer" | "notify" | "watchdog" }>): readonly Way[] {
    switch (command.world) {
      case "sip":
        return this.#ofSip(command);
      case "dect":
        return this.#ofDect(command);
      case "fxs":
        return [unheard, this.#loses(this.#dongleOf(command.port))];
      case "voice":
        return this.#ofVoice(command);
      case "store":
        return this.#ofStore(command);
      default:
        return unreachable(command);
    }
  }

  #ofSip(command: SipCommand): readonly Way[] {
    const ends = (after: number, said: OfLeg): Way => this.#soon(after, () => this.#says(command, said));
    const timeout = ends(transactionMs, { kind: "ended", cause: "timeout" });
    switch (command.kind) {
      case "invite":
        return [
          ends(0, { kind: "refused", status: 500, reason: "Server Internal Error" }),
          ends(transactionMs, { kind: "refused", status: 408, reason: "Request Timeout" }),
        ];
      case "accept":
        return [ends(0, { kind: "ended", cause: "internalError" }), timeout];
      case "reoffer":
        return [ends(glareMs, { kind: "reofferRefused", status: 491 }), timeout, unheard];
      case "acceptReoffer":
        return [timeout, unheard];
      case "release":
        // The leg is forgotten whatever becomes of its last message.
        return [told];
      default:
        return [unheard];
    }
  }

  #ofDect(command: DectCommand): readonly Way[] {
    const lost = this.#loses(this.#baseOf(command.handset));
    if (command.kind === "release") return [told, lost];
    if (command.kind !== "setup") return [unheard, lost];
    const ends = (after: number, said: OfCc): Way => this.#soon(after, () => this.#answers(command, said));
    return [
      ends(0, { kind: "released", reason: "resources" }),
      ends(0, { kind: "released", reason: "notInRange" }),
      ends(pageMs, { kind: "pageFailed" }),
      lost,
    ];
  }

  #ofVoice(command: VoiceCommand): readonly Way[] {
    const crash: Way = this.#soon(0, () => {
      this.#missing.clear();
      this.#open.clear();
      this.#parts.loseVoice();
    });
    if (command.kind === "measure" || command.kind === "close") return [told, crash];
    return [
      () => {
        const isOpening = command.kind === "openRtp" || command.kind === "openUsb";
        const endpoint = command.kind === "join" || command.kind === "part" ? command.a : command.endpoint;
        const isMissing = isOpening && !this.#open.has(endpoint);
        if (isMissing) this.#missing.add(endpoint);
        this.#refuses(endpoint, isMissing);
        return false;
      },
      crash,
    ];
  }

  #ofStore(command: StoreCommand): readonly Way[] {
    if (command.kind === "saveCapsule") {
      const { asked } = command;
      const refused = { world: "store", kind: "capsuleSaved", asked, reason: "ENOSPC" } as const;
      return [this.#soon(0, () => this.#outside.post(refused)), unheard];
    }
    return [
      () => {
        this.#parts.fillDisk();
        return true;
      },
    ];
  }

  /** A command for an endpoint that failed to open. */
  #suffers(command: VoiceCommand): boolean {
    switch (command.kind) {
      case "openRtp":
      case "openUsb":
        this.#open.add(command.endpoint);
        this.#missing.delete(command.endpoint);
        return false;
      case "close":
        this.#open.delete(command.endpoint);
        this.#missing.delete(command.endpoint);
        return false;
      case "join": {
        const ends = [command.a, command.b].filter((end) => this.#missing.has(end));
        for (const end of ends) this.#refuses(end);
        return ends.length > 0;
      }
      case "part":
        return false;
      default:
        if (!this.#missing.has(command.endpoint)) return false;
        if (command.kind !== "measure") this.#refuses(command.endpoint);
        return true;
    }
  }

  #refuses(endpoint: Endpoint, closed = false): void {
    const reason = "it failed";
    const failed = { world: "voice", kind: "endpointFailed", endpoint, reason, ...(closed && { closed }) } as const;
    this.#outside.agenda.after(3, () => this.#outside.post(failed));
  }

  #soon(delay: number, run: () => void): Way {
    return () => {
      this.#outside.agenda.after(delay, run);
      return false;
    };
  }

  #loses(device: DeviceName | null): Way {
    return this.#soon(0, () => {
      if (device !== null) this.#parts.loseDevice(device);
    });
  }

  #says({ line, leg }: SipCommand, said: OfLeg): void {
    if (this.#released.has(leg)) return;
    this.#outside.post({ world: "sip", line, leg, ...said } as Untimed<SipEvent>); // a member of the union, completed
  }

  #answers({ handset, call }: DectCommand, said: OfCc): void {
    if (this.#released.has(call)) return;
    this.#outside.post({ world: "dect", handset, call, ...said } as Untimed<DectEvent>); // a member of the union, completed
  }

  #baseOf(handset: DectCommand["handset"]): DeviceName | null {
    return this.#outside.house.bases.find(({ handsets }) => handsets.includes(handset))?.base ?? null;
  }

  #dongleOf(port: `port:${number}`): DeviceName | null {
    return this.#outside.house.dongles.find(({ ports }) => ports.includes(port))?.dongle ?? null;
  }
}

/** Nobody hears of it, and nobody is told that he does not. */
const unheard: Way = () => false;
const told: Way = () => true;
