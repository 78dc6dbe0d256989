import type { RouterWorld } from "../guest/world.ts";

/** What calls leave behind when something forgets to let go of it: the same before the first and after the last. */
export interface Leftovers {
  readonly calls: number;
  readonly callsOfLines: number;
  /** `OWNER NAME` of each timer of the upper half. */
  readonly timers: readonly string[];
  /** Endpoints of the voice path that are joined with something. */
  readonly voicePaths: readonly string[];
  readonly phones: readonly string[];
  readonly openFiles: number;
}

export async function leftovers(world: RouterWorld): Promise<Leftovers> {
  const { calls, lines, timers, voiceStatus, phones } = await world.status();
  if (voiceStatus === null) throw new Error("the voice path does not answer");
  return {
    calls,
    callsOfLines: lines.reduce((sum, line) => sum + line.calls, 0),
    timers: timers.map(({ owner, name }) => `${owner} ${name}`).sort(),
    voicePaths: voiceStatus.streams.map(({ endpoint }) => endpoint).sort(),
    phones: phones.map(({ phone, state }) => `${phone} ${state}`).sort(),
    openFiles: await world.gateway.openFiles(),
  };
}
