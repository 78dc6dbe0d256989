import type { Command } from "../message/command.ts";
import type { Event } from "../message/event.ts";
import type { CallId } from "../message/name.ts";
import { objectsOf, objectsSpokenTo } from "./objects.ts";

/** An event with the calls it concerns, and each of its commands with the call it is for. */
export interface Followed {
  readonly calls: ReadonlySet<CallId>;
  /** In the order of the commands; null: of no call. */
  readonly owners: readonly (CallId | null)[];
}

/**
 * Who belongs to which call. The upper half says which calls an event reached; what those calls then speak to (legs, CC
 * transactions, ports, voice endpoints, timers) is theirs until another call takes it, and so are the events about it that
 * reach no call any more: the hook of a phone that hears busy tone, how a call was heard. A phone at rest is nobody's.
 */
export class Follower {
  readonly #owners = new Map<string, CallId>();
  readonly #most: number;

  /** `most`: of the names it remembers; those that were not spoken of for longest are forgotten. */
  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  /** To be told of every event from the beginning, in order; `touched` are the calls that it reached. */
  take(event: Event, commands: readonly Command[], touched: readonly CallId[]): Followed {
    const [first = null] = touched;
    const only = touched.length > 1 ? null : (first ?? this.#firstOwner(objectsOf(event)));
    const calls = new Set(only === null ? touched : [only]);
    if (only !== null) this.#claim(objectsOf(event), only);
    const owners = commands.map((command) => this.#ownerOf(command, only));
    for (const owner of owners) if (owner !== null) calls.add(owner);
    for (const phone of atRest(commands)) this.#owners.delete(phone);
    return { calls, owners };
  }

  /** The call that a thing is of, or was last. */
  ownerOf(object: string): CallId | null {
    return this.#firstOwner([object]);
  }

  #ownerOf(command: Command, only: CallId | null): CallId | null {
    const objects = objectsSpokenTo(command);
    const owner = only ?? this.#firstOwner(objects);
    if (owner === null) return null;
    this.#claim(objects, owner);
    if (command.world === "dect") this.#claim([command.handset], owner);
    return owner;
  }

  #claim(objects: readonly string[], call: CallId): void {
    for (const object of objects) {
      if (isCall(object)) continue;
      this.#owners.delete(object);
      this.#owners.set(object, call);
    }
    for (const oldest of this.#owners.keys()) {
      if (this.#owners.size <= this.#most) break;
      this.#owners.delete(oldest);
    }
  }

  #firstOwner(objects: readonly string[]): CallId | null {
    for (const object of objects) {
      const owner = isCall(object) ? object : this.#owners.get(object);
      if (owner !== undefined) return owner;
    }
    return null;
  }
}

/** Phones that were told to be idle, or gone. */
function atRest(commands: readonly Command[]): string[] {
  return commands.flatMap((command) => {
    if (command.world !== "notify" || command.fact.kind !== "phoneChanged") return [];
    const { phone, state } = command.fact;
    return state === "idle" || state === "absent" ? [phone] : [];
  });
}

function isCall(object: string): object is CallId {
  return object.startsWith("call:");
}
