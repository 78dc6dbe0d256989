import { onsetMs } from "../harness/audio.ts";
import type { House } from "../harness/house.ts";

/** What came of an analog phone that was lifted, ms after the finger moved. */
export interface Lift {
  /** When the finger moved, on the clock of the wall. */
  readonly at: number;
  /** The gateway has taken it and asked for the tone. */
  readonly toCommand: number;
  /** The tone is in the ear. */
  readonly toEar: number;
}

/** Lifts an analog phone over and over for that time, and waits each time until it is idle again. */
export async function lifts(house: House, ms: number): Promise<readonly Lift[]> {
  const taken: Lift[] = [];
  for (const end = performance.now() + ms; performance.now() < end; ) taken.push(await lift(house));
  return taken;
}

async function lift(house: House): Promise<Lift> {
  const port = house.phone("port:1");
  const since = house.door.facts.length;
  const stateIs = (wanted: string) => (fact: { readonly phone: string; readonly state: string }) =>
    fact.phone === port.name && fact.state === wanted;
  // Facts have the time of the wall; nothing can be recorded on-hook, so what the two steps take counts as silence.
  const [moved, lifted] = [Date.now(), performance.now()];
  await port.lift();
  const stop = await port.record();
  const unheardMs = performance.now() - lifted;
  await port.hears("dial");
  const onset = onsetMs(await stop(), -25);
  if (onset === null) throw new Error("the phone was lifted and heard no dial tone");
  await house.fact("phoneChanged", 5000, since, stateIs("dialling"));
  const taken = house.door.facts
    .slice(since)
    .find(({ fact }) => fact.kind === "phoneChanged" && stateIs("dialling")(fact));
  await port.hangUp();
  await house.fact("phoneChanged", 5000, since, stateIs("idle"));
  return { at: moved, toCommand: (taken?.at ?? Number.NaN) - moved, toEar: unheardMs + onset };
}
