import type { Command } from "../message/command.ts";
import type { Event } from "../message/event.ts";
import type { MediaDescription } from "../message/media.ts";
import { type Instant, instant } from "../message/units.ts";
import { UpperHalf } from "../upper-half.ts";
import type { SimulatedHouse } from "./house.ts";

/** What is looked at when everybody has gone. */
export interface Resting {
  handle(event: Event): readonly Command[];
  restart(at: Instant): Iterable<Event>;
}

/**
 * Whether a house at rest has everything it began with: every RTP stream is free, and a call that rings everybody, and is
 * given up, goes as in a fresh house restored from its state. Null, or what is missing. The house is used up by it.
 */
export function missing(upper: Resting, house: SimulatedHouse, now: number, invites: number): string | null {
  const at = instant(now);
  const fresh = new UpperHalf();
  for (const event of upper.restart(at)) {
    if (event.world === "admin" && event.kind === "restored") {
      const { free } = (JSON.parse(event.state) as { voice: { free: readonly string[] } }).voice; // written by `snapshot`
      if (free.length !== house.streams) return `${house.streams - free.length} RTP streams were not given back`;
    }
    fresh.handle(event);
  }
  for (const event of probe(house, at, invites)) {
    const [here, there] = [upper.handle(event).map(word), fresh.handle(event).map(word)];
    const odd = there.findIndex((said, n) => said !== here[n]);
    if (odd < 0 && here.length === there.length) continue;
    return `a house restored from its state takes the next call otherwise: ${there[odd] ?? "nothing"} is ${here[odd] ?? "more"} here`;
  }
  return null;
}

function word(command: Command): string {
  return JSON.stringify(command);
}

function probe(house: SimulatedHouse, at: Instant, invites: number): Event[] {
  const [first] = house.plan.lines;
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
    { ...about, kind: "invited", from, dialled: "600", callId: "probe", media },
    { ...about, kind: "cancelled" },
  ];
}
