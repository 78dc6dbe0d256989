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
  | "hangUp"
  | "book";

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
  "hangUp",
  "hangUp",
  "book",
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
    if (chance.percent(25))
      script.push({ at: at + chance.below(gap), verb: chance.pick(troubles), trait: mix(seed, 3, script.length) });
  }
  return script.sort((a, b) => a.at - b.at);
}
