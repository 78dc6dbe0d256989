import { causeWords } from "../message/cause.ts";
import type { Command } from "../message/command.ts";
import type { Event } from "../message/event.ts";
import type { CallId, PartyName } from "../message/name.ts";
import type { Fact } from "../message/notify.ts";
import type { TimerCommand, TimerId } from "../message/timer.ts";
import type { Instant } from "../message/units.ts";
import { dectCommand, dectEvent, fxsCommand, fxsEvent } from "./phone-words.ts";
import { mark, type Rung, type Said, shown } from "./rung.ts";
import { inWords, SipWords } from "./sip-words.ts";
import type { CallSteps, Step } from "./steps.ts";
import { harmless, visible } from "./visible.ts";
import { voiceCommand, voiceEvent } from "./voice-words.ts";

/** Stands for a key that nobody is to know. */
const hiddenKey = "•";

/** A call as a picture: who said what to whom, from top to bottom. No secrets, no audio; every text is harmless. */
export interface Ladder {
  readonly call: CallId;
  /** One sentence: who called whom. */
  readonly title: string;
  /** How it ended, in plain words; null: it goes on, or the recording ends before it. */
  readonly end: string | null;
  /** Who answered first, and when; null: nobody. */
  readonly answered: Answer | null;
  readonly endedAt: Instant | null;
  /** Of its INVITEs that came in or went out, in their order. */
  readonly sipCallIds: readonly string[];
  readonly beganAt: Instant;
  readonly rungs: readonly Rung[];
  /** From this event on the program does otherwise than was recorded: the picture ends there. */
  readonly divergedAt: number | null;
}

export interface Answer {
  readonly by: PartyName;
  readonly at: Instant;
}

/** Null: the recording does not have the call. */
export function ladderOf({ call, steps, divergedAt }: CallSteps): Ladder | null {
  const [first] = steps;
  if (first === undefined) return null;
  const writer = new CallWriter(call);
  const rungs = steps.flatMap((step) => writer.rungs(step));
  const { title, end, answered, endedAt, sipCallIds } = writer;
  const beganAt = first.event.at;
  return { call, title: harmless(title), end, answered, endedAt, sipCallIds, beganAt, rungs, divergedAt };
}

/** Puts what happens in one call into words, step by step. */
export class CallWriter {
  title: string;
  /** How it ended, in words; null while it goes on. */
  end: string | null = null;
  answered: Answer | null = null;
  endedAt: Instant | null = null;
  readonly sipCallIds: string[] = [];
  /** The number is dialled: what is pressed from now on may be a PIN. */
  #started = false;
  readonly #sip = new SipWords();
  readonly #timers = new Map<TimerId, string>();

  constructor(call: CallId) {
    this.title = call;
  }

  rungs({ n, event, commands }: Step): Rung[] {
    const { at } = event;
    const said: Rung[] = [];
    const add = (world: Rung["world"], what: Said | null): void => {
      if (what !== null) said.push({ n, at, world, ...what, text: harmless(what.text) });
    };
    add(worldOf(event), this.#event(this.#started ? withoutKeys(event) : event));
    for (const command of commands)
      add(worldOf(command), this.#command(this.#started ? withoutKeys(command) : command, at));
    return said;
  }

  #event(event: Event): Said | null {
    switch (event.world) {
      case "sip":
        if (event.kind === "invited" || event.kind === "calling") this.#identified(cut(harmless(event.callId)));
        return this.#sip.event(event);
      case "dect":
        return dectEvent(event);
      case "fxs":
        return fxsEvent(event);
      case "voice":
        return voiceEvent(event);
      case "timer":
        return mark(`timer ${this.#timers.get(event.timer) ?? event.timer} runs out`);
      case "admin":
        return event.kind === "hangUp" ? mark("somebody asks the gateway to end it") : null;
      default:
        return null;
    }
  }

  #identified(id: string): void {
    if (!this.sipCallIds.includes(id)) this.sipCallIds.push(id);
  }

  #command(command: Command, at: Instant): Said | null {
    switch (command.world) {
      case "sip":
        return this.#sip.command(command);
      case "dect":
        return dectCommand(command);
      case "fxs":
        return fxsCommand(command);
      case "voice":
        return voiceCommand(command);
      case "timer":
        return this.#timer(command);
      case "notify":
        return this.#fact(command.fact, at);
      default:
        return null;
    }
  }

  #timer(command: TimerCommand): Said {
    if (command.kind === "cancel") return mark(`timer ${this.#timers.get(command.timer) ?? command.timer} stops`);
    const name = visible(command.name);
    this.#timers.set(command.timer, name);
    return mark(`timer ${name} of ${visible(command.owner)}, ${command.afterMs / 1000} s`);
  }

  #fact(fact: Fact, at: Instant): Said | null {
    switch (fact.kind) {
      case "callStarted":
        this.#started = true;
        this.title = `${fact.call}: ${shown(fact.from)} calls ${visible(fact.to)}`;
        return mark(this.title);
      case "callRinging":
        return mark(`${fact.party} rings`);
      case "callAnswered":
        this.answered ??= { by: fact.party, at };
        return mark(`answered by ${fact.party}`);
      case "callHeld":
        return mark(`held by ${fact.party}`);
      case "callResumed":
        return mark(`taken back by ${fact.party}`);
      case "callCarriesFax":
        return mark(`a fax machine at ${fact.party} (${fact.tone}): the call carries fax`);
      case "callEnded":
        this.end = causeWords[fact.cause] ?? inWords(fact.cause);
        this.endedAt = at;
        return mark(`over: ${this.end}`);
      case "fault":
        return mark(`a handler failed: ${visible(fact.message)}`);
      default:
        return null;
    }
  }
}

function worldOf({ world }: Event | Command): Rung["world"] {
  return world === "sip" || world === "dect" || world === "fxs" || world === "voice" || world === "timer"
    ? world
    : "call";
}

/** A Call-ID may be as long as a message. */
function cut(id: string): string {
  return id.slice(0, 255);
}

/** That a key was pressed is told, not which. */
function withoutKeys<M extends Event | Command>(message: M): M {
  if ("digit" in message) return { ...message, digit: hiddenKey };
  if (!("keypad" in message)) return message;
  return { ...message, keypad: message.keypad.replaceAll(/[0-9A-D*#]/gi, hiddenKey) };
}
