import { Chance, mix } from "./chance.ts";

/** What happens from outside without being asked for; the rest are answers to what the house does. */
export type Verb =
  /** A call from outside; a person who presses the green key; a person who lifts a phone. */
  | "invite"
  | "green"
  | "lift"
  | "registrar"
  | "range"
  | "pullBase"
  | "pullDongle"
  | "lineFault"
  | "voiceCrash"
  | "diskFull"
  | "memory"
  | "standStill"
  | "freeze"
  | "hangUp"
  | "book"
  | "machine"
  /** A handler has a bug, and throws. */
  | "bug"
  | "voiceTells"
  /** The journal begins a new segment: a house restored from its state goes on beside it. */
  | "segment";

/** One outside event. Who it is and how it goes on comes from its `trait`, whatever else is in the history. */
export interface Happening {
  readonly at: number;
  readonly verb: Verb;
  readonly trait: number;
}

const calls: readonly Verb[] = ["invite", "invite", "green", "lift"];
const troubles: readonly Verb[] = [
  "registrar",
  "registrar",
  "range",
  "pullBase",
  "pullDongle",
  "lineFault",
  "voiceCrash",
  "diskFull",
  "memory",
  "standStill",
  "freeze",
  "freeze",
  "hangUp",
  "hangUp",
  "book",
  "book",
  "machine",
  "bug",
  "bug",
  "voiceTells",
  "voiceTells",
  "segment",
];

/** The outside events of a run, in their order: `count` calls, and trouble with every fourth or so. */
export function scriptOf(seed: number, count: number): Happening[] {
  const chance = new Chance(mix(seed, 2, 0));
  // Some houses are busy, some have a call an hour.
  const gap = chance.pick([300, 5000, 20_000, 60_000]);
  const script: Happening[] = [];
  let at = 0;
  for (let call = 0; call < count; call++) {
    at += chance.below(2 * gap);
    script.push({ at, verb: chance.pick(calls), trait: mix(seed, 3, script.length) });
    if (chance.percent(30)) {
      // Some of it meets a call that is just being set up.
      const later = chance.below(chance.percent(50) ? gap : 2500);
      script.push({ at: at + later, verb: chance.pick(troubles), trait: mix(seed, 3, script.length) });
    }
  }
  return script.sort((a, b) => a.at - b.at);
}
