import type { Sipp } from "../../peers/harness/sipp.ts";
import { LEVEL_DBM0, notes } from "../../peers/harness/voices.ts";
import type { RouterWorld } from "../guest/world.ts";
import { callFromOutside } from "./outside.ts";

/** Who is in a call all the time, an analog phone and a handset: both devices carry voice without a pause. */
const standing = [
  { phone: "port:1", number: "601" },
  { phone: "handset:1", number: "611" },
] as const;

const PATIENCE_MS = 30_000;

/** Calls from outside that are up for the whole time, with voice both ways. */
export class StandingCalls {
  readonly count = standing.length;
  readonly #world: RouterWorld;
  readonly #callers: Sipp[] = [];

  private constructor(world: RouterWorld) {
    this.#world = world;
  }

  /** Resolves when all are answered. */
  static async start(world: RouterWorld, minutes: number): Promise<StandingCalls> {
    const calls = new StandingCalls(world);
    for (const { phone, number } of standing) {
      calls.#callers.push(await callFromOutside(world, world.scratch, number, (minutes + 30) * 60));
      const person = world.house.phone(phone);
      await person.rings(PATIENCE_MS);
      await person.lift();
      await person.act({ kind: "hum", frequencyHz: notes[phone], levelDbm0: LEVEL_DBM0, ms: null });
    }
    await calls.stand();
    return calls;
  }

  /** Rejects unless every one is up and its voice has come both ways since the last time. */
  async stand(): Promise<void> {
    const before = await this.#packets();
    await this.#world.settles("the standing calls stand, with voice both ways", ({ phones, voiceStatus }) => {
      const up = phones.filter(({ phone, state }) => state === "inCall" && standing.some((one) => one.phone === phone));
      if (up.length < this.count) return JSON.stringify(phones);
      const streams = voiceStatus?.streams ?? [];
      const flowing = [...before].filter(([endpoint, { received, sent }]) => {
        const now = streams.find((stream) => stream.endpoint === endpoint);
        return now !== undefined && now.received > received && now.sent > sent;
      });
      return flowing.length >= 2 * this.count ? null : JSON.stringify(streams);
    });
  }

  async end(): Promise<void> {
    for (const { phone } of standing) await this.#world.house.phone(phone).hangUp();
    for (const one of this.#callers) await one.program.stop();
  }

  /** By endpoint. */
  async #packets(): Promise<ReadonlyMap<string, { readonly received: number; readonly sent: number }>> {
    const { voiceStatus } = await this.#world.status();
    return new Map(voiceStatus?.streams.map((stream) => [stream.endpoint, stream]));
  }
}
