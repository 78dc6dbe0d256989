import type { Command } from "../message/command.ts";
import type { Event } from "../message/event.ts";
import type { MediaDescription } from "../message/media.ts";
import type { CallRecord, Contact } from "../message/record.ts";
import { type Instant, instant } from "../message/units.ts";
import type { HouseView } from "../message/view.ts";
import { UpperHalf } from "../upper-half.ts";
import type { SimulatedHouse } from "./house.ts";

/** What the files will hold, by id. */
interface Saved {
  readonly contacts: ReadonlyMap<number, Contact>;
  readonly calls: ReadonlyMap<number, CallRecord>;
}

/** What is looked at when everybody has gone. */
export interface Resting {
  handle(event: Event): readonly Command[];
  restart(at: Instant): Iterable<Event>;
}

/**
 * Whether a house at rest has everything it began with: every RTP stream is free, and a call that rings everybody, and is
 * given up, goes as in a fresh house restored from its state. Null, or what is missing. The house is used up by it.
 * `dialled`: the number that rings everybody.
 */
export function missing(
  upper: Resting,
  house: Pick<SimulatedHouse, "plan" | "streams">,
  now: number,
  invites: number,
  dialled = "600",
): string | null {
  const at = instant(now);
  const fresh = new UpperHalf();
  for (const event of upper.restart(at)) {
    if (event.world === "admin" && event.kind === "restored") {
      const { free } = (JSON.parse(event.state) as { voice: { free: readonly string[] } }).voice; // written by `snapshot`
      if (free.length !== house.streams) return `${house.streams - free.length} RTP streams were not given back`;
    }
    fresh.handle(event);
  }
  for (const event of probe(house, at, invites, dialled)) {
    const [here, there] = [upper.handle(event).map(word), fresh.handle(event).map(word)];
    const odd = there.findIndex((said, n) => said !== here[n]);
    if (odd < 0 && here.length === there.length) continue;
    return `a house restored from its state takes the next call otherwise: ${there[odd] ?? "nothing"} is ${here[odd] ?? "more"} here`;
  }
  return null;
}

/** Whether book and log are in memory what the files will hold. Null, or what is not. */
export function unlike(view: Pick<HouseView, "contacts" | "log">, { contacts, calls }: Saved): string | null {
  if (JSON.stringify(view.contacts) !== JSON.stringify(inOrder(contacts))) return "the book is not what is saved of it";
  // Of entries from before, files may keep some that memory has no room for.
  const kept = inOrder(calls).slice(-view.log.length);
  if (JSON.stringify(view.log) !== JSON.stringify(kept)) return "the call log is not what is saved of it";
  return null;
}

function inOrder<Entry extends { readonly id: number }>(entries: ReadonlyMap<number, Entry>): Entry[] {
  return [...entries.values()].sort((a, b) => a.id - b.id);
}

function word(command: Command): string {
  return JSON.stringify(command);
}

function probe({ plan }: Pick<SimulatedHouse, "plan">, at: Instant, invites: number, dialled: string): Event[] {
  const [first] = plan.lines;
  if (first === undefined) return [];
  const about = { world: "sip", at, line: first.line, leg: `sip:in-${invites + 1}` } as const;
  const from = { number: "700", name: null };
  const media: MediaDescription = {
    remote: { address: "127.0.0.2", port: 4000 },
    codecs: [{ format: "PCMU", payloadType: 0 }],
    eventPayloadType: null,
    direction: "sendrecv",
  };
  return [
    { ...about, kind: "invited", from, dialled, callId: "probe", media },
    { ...about, kind: "cancelled" },
  ];
}
