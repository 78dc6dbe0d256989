import type { Command } from "../message/command.ts";
import type { Event } from "../message/event.ts";
import type { CallId } from "../message/name.ts";
import type { Instant } from "../message/units.ts";
import { Follower } from "./follower.ts";
import { CallWriter } from "./ladder.ts";
import type { Rung } from "./rung.ts";

/** A rung of a call as it happens. */
export interface LiveRung extends Rung {
  readonly call: CallId;
  /** Microseconds since 1970. */
  readonly atUs: number;
  /** What joins it to the SIP of its call. */
  readonly correlation: string;
}

interface Picture {
  readonly writer: CallWriter;
  readonly began: Instant;
  /** What happened before the call's Call-ID was known. */
  now: Instant;
  held: Omit<LiveRung, "correlation">[];
  correlation: string | null;
  /** Of its Call-IDs, how many it is told under, or lead there. */
  told: number;
}

/** Rungs that wait for a Call-ID; more of them go without. */
const mostHeld = 100;
/** Calls that are followed; the oldest are forgotten. */
const mostCalls = 200;
/** Names of things (legs, timers, ports …) whose call is known. */
const mostObjects = 4000;

/**
 * The pictures of all calls of a running gateway, rung by rung. SIP is left out: whoever watches has its messages. A call that
 * never had a Call-ID (phone to phone) is told when it ends, under a name of its own.
 */
export class LiveLadder {
  readonly #follower = new Follower(mostObjects);
  readonly #pictures = new Map<CallId, Picture>();
  readonly #stamp: (at: Instant) => number;
  readonly #tell: (rung: LiveRung) => void;

  constructor(stamp: (at: Instant) => number, tell: (rung: LiveRung) => void) {
    this.#stamp = stamp;
    this.#tell = tell;
  }

  take(event: Event, commands: readonly Command[], touched: readonly CallId[]): void {
    const { calls, owners } = this.#follower.take(event, commands, touched);
    for (const call of calls) {
      const picture = this.#pictureOf(call, event.at);
      picture.now = event.at;
      const own = commands.filter((_, at) => owners[at] === call);
      for (const rung of picture.writer.rungs({ n: 0, event, commands: own }))
        if (rung.world !== "sip") picture.held.push({ ...rung, call, atUs: this.#stamp(rung.at) });
      this.#flush(call, picture);
    }
  }

  /** What joins a thing (a voice endpoint, a leg) to the call it is of now; null: to none, or it is not known yet. */
  correlationOf(object: string): string | null {
    const call = this.#follower.ownerOf(object);
    return call === null ? null : (this.#pictures.get(call)?.correlation ?? null);
  }

  #pictureOf(call: CallId, began: Instant): Picture {
    const known = this.#pictures.get(call);
    if (known !== undefined) return known;
    const picture = { writer: new CallWriter(call), began, now: began, held: [], correlation: null, told: 0 };
    this.#pictures.set(call, picture);
    const [oldest] = this.#pictures.keys();
    if (this.#pictures.size > mostCalls && oldest !== undefined) this.#pictures.delete(oldest);
    return picture;
  }

  #flush(call: CallId, picture: Picture): void {
    const { writer, held } = picture;
    const [first] = writer.sipCallIds;
    if (picture.correlation === null && first !== undefined) [picture.correlation, picture.told] = [first, 1];
    if (picture.correlation === null && writer.end === null && held.length < mostHeld) return;
    picture.correlation ??= correlationOf(call, picture.began);
    for (const rung of held.splice(0)) this.#tell({ ...rung, correlation: picture.correlation });
    for (const other of writer.sipCallIds.slice(picture.told))
      this.#joins(call, picture.correlation, other, picture.now);
    picture.told = Math.max(picture.told, writer.sipCallIds.length);
  }

  /** A call with several dialogs (it is forwarded) is told under the first one's Call-ID, and the others lead there. */
  #joins(call: CallId, first: string, other: string, at: Instant): void {
    const text = `is told under Call-ID ${first}`;
    const rung = { n: 0, at, world: "call", from: "gateway", to: "gateway", text } as const;
    this.#tell({ ...rung, call, atUs: this.#stamp(at), correlation: other });
  }
}

/** For a call without a Call-ID. */
export function correlationOf(call: CallId, began: Instant): string {
  return `${call}@${began}`;
}
