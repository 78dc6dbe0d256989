import type { StreamStatus } from "../../../src/voice/contract.ts";
import type { Sipp } from "../../peers/harness/sipp.ts";
import { LEVEL_DBM0, notes } from "../../peers/harness/voices.ts";
import type { RouterWorld } from "../guest/world.ts";
import { callFromOutside } from "./outside.ts";

/** Who is in a call all the time, an analog phone and a handset: both devices carry voice without a pause. */
const standing = [
  { phone: "port:1", number: "601" },
  { phone: "handset:1", number: "611" },
] as const;
type Standing = (typeof standing)[number];

const PATIENCE_MS = 30_000;

/** Calls from outside that are up for the whole time, with voice both ways. */
export class StandingCalls {
  readonly count = standing.length;
  /** How often one had to be made again: a machine that is busy elsewhere for seconds loses a device, and its calls. */
  again = 0;
  readonly #world: RouterWorld;
  readonly #seconds: number;
  readonly #callers = new Map<string, Sipp>();

  private constructor(world: RouterWorld, seconds: number) {
    this.#world = world;
    this.#seconds = seconds;
  }

  /** Resolves when all are answered. `seconds`: for how long they talk at most. */
  static async start(world: RouterWorld, seconds: number): Promise<StandingCalls> {
    const calls = new StandingCalls(world, seconds);
    for (const one of standing) await calls.#call(one);
    await calls.stand();
    return calls;
  }

  /** Makes those again that have ended. */
  async keep(): Promise<void> {
    const { phones } = await this.#world.status();
    for (const one of standing) {
      if (phones.find(({ phone }) => phone === one.phone)?.state === "inCall") continue;
      this.again += 1;
      await this.#hangUp(one);
      await this.#world.settles(`${one.phone} is idle`, (status) => {
        const state = status.phones.find(({ phone }) => phone === one.phone)?.state;
        return state === "idle" ? null : `${state}`;
      });
      await this.#call(one);
    }
  }

  /** Resolves once every one is up and its voice comes both ways. */
  async stand(): Promise<void> {
    let before: readonly StreamStatus[] = [];
    await this.#world.settles("the standing calls stand, with voice both ways", ({ phones, voiceStatus }) => {
      const up = phones.filter(({ phone, state }) => state === "inCall" && standing.some((one) => one.phone === phone));
      if (up.length < this.count) return JSON.stringify(phones);
      const streams = voiceStatus?.streams ?? [];
      const flowing = streams.filter(({ endpoint, received, sent }) => {
        const then = before.find((stream) => stream.endpoint === endpoint);
        return then !== undefined && received > then.received && sent > then.sent;
      });
      before = streams;
      return flowing.length >= 2 * this.count ? null : JSON.stringify(streams);
    });
  }

  async end(): Promise<void> {
    for (const one of standing) await this.#hangUp(one);
  }

  async #call({ phone, number }: Standing): Promise<void> {
    const { house, scratch } = this.#world;
    this.#callers.set(phone, await callFromOutside(this.#world, scratch, number, this.#seconds));
    const person = house.phone(phone);
    await person.rings(PATIENCE_MS);
    await person.lift();
    await person.act({ kind: "hum", frequencyHz: notes[phone], levelDbm0: LEVEL_DBM0, ms: null });
  }

  async #hangUp({ phone }: Standing): Promise<void> {
    const person = this.#world.house.phone(phone);
    if ((await person.look()).hook === "off") await person.hangUp();
    await this.#callers.get(phone)?.program.stop();
  }
}
