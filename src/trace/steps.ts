import type { Command } from "../message/command.ts";
import type { Event } from "../message/event.ts";
import type { CallId } from "../message/name.ts";
import { UpperHalf } from "../upper-half.ts";
import { type Damage, Damaged } from "../vendor/recorder/damage.ts";
import { readJournal } from "../vendor/recorder/journal.ts";
import { asHandled } from "../vendor/recorder/trap.ts";
import { Follower } from "./follower.ts";

/** An event that concerns a call, and what of its commands is the call's. */
export interface Step {
  readonly n: number;
  readonly event: Event;
  readonly commands: readonly Command[];
}

export interface CallSteps {
  readonly call: CallId;
  /** Empty: the journal does not have the call. */
  readonly steps: readonly Step[];
  /** The calls the journal has, in the order of their first event. */
  readonly calls: readonly CallId[];
  /** The event from which on this program does otherwise than was recorded: nothing after it is followed. */
  readonly divergedAt: number | null;
  /** Where the journal was changed or damaged: nothing after it is followed. */
  readonly damage: Damage | null;
}

/**
 * The steps of one call, by running the journal through a fresh upper half.
 * @throws Error with a sentence when the journal can not be read
 */
export async function stepsOf(path: string, call: CallId): Promise<CallSteps> {
  const [upper, follower] = [new UpperHalf(), new Follower()];
  const steps: Step[] = [];
  const seen = new Set<CallId>();
  let [divergedAt, damage]: [number | null, Damage | null] = [null, null];
  try {
    for await (const item of readJournal(path)) {
      if (item.kind === "torn") break;
      const { n, event, commands } = item;
      if (JSON.stringify(upper.handle(asHandled(item))) !== JSON.stringify(commands)) {
        divergedAt = n;
        break;
      }
      const touched = upper.touched();
      const { calls, owners } = follower.take(event, commands, touched);
      for (const id of touched) seen.add(id);
      if (calls.has(call)) steps.push({ n, event, commands: commands.filter((_, at) => owners[at] === call) });
    }
  } catch (error) {
    if (!(error instanceof Damaged)) throw error;
    damage = error.damage;
  }
  return { call, steps, calls: [...seen], divergedAt, damage };
}
