import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { ShadowOptions, ShadowStatus } from "../../../src/voice/shadow/contract.ts";
import { randomFrom, writeRtp } from "../../assembly/rtp.ts";
import { FarEnd } from "../far-end.ts";
import { VoiceHouse } from "../house.ts";

export const liveFile = fileURLToPath(new URL("../../../dist/voice.wasm", import.meta.url));

/** The machine of the tests is late whenever it likes: what is not looked at has no limit. */
export const patient: NonNullable<ShadowOptions["limits"]> = {
  lateTicksPerMille: 1000,
  frameBudgetUs: 1_000_000,
  quietMs: 0,
};

export async function openHouse(context: TestContext, firstPort: number, shadow: Partial<ShadowOptions>) {
  const house = await VoiceHouse.open(context, {
    firstPort,
    shadow: { streams: 2, sharePercent: 100, limits: patient, ...shadow },
  });
  return house;
}

/** The shadow has told that it is in this state; each state once for each time it was told. */
export async function untilShadow(house: VoiceHouse, state: string, times = 1): Promise<string | null> {
  for (let count = 1; ; count++) {
    await house.until("shadow", count);
    const told = house.events.filter((event) => event.kind === "shadow").slice(0, count);
    const found = told.filter((event) => event.state === state);
    if (found.length === times) return found.at(-1)?.reason ?? null;
  }
}

/** Two far ends with different codecs hear each other through the worker, until `enough` says so of the status. */
export class RealCall {
  readonly #house: VoiceHouse;
  readonly #ends: readonly FarEnd[];
  #done = false;

  private constructor(house: VoiceHouse, ends: readonly FarEnd[]) {
    this.#house = house;
    this.#ends = ends;
  }

  static async open(context: TestContext, house: VoiceHouse): Promise<RealCall> {
    const ends = [await FarEnd.open(), await FarEnd.open()];
    for (const end of ends) context.after(() => end.close());
    ends.forEach((end, stream) => {
      house.perform({
        kind: "openRtp",
        endpoint: `rtp:${stream}`,
        remote: end.where,
        format: stream === 0 ? "PCMA" : "G722",
        payloadType: stream === 0 ? 8 : 9,
        eventPayloadType: null,
        direction: "sendrecv",
      });
    });
    house.perform({ kind: "join", a: "rtp:0", b: "rtp:1" });
    return new RealCall(house, ends);
  }

  /** Resolves with the status that was enough. */
  async talk(enough: (status: ShadowStatus) => boolean): Promise<ShadowStatus> {
    this.#done = false;
    const talking = this.#ends.map((end, stream) => this.#talk(end, stream));
    let found: ShadowStatus | null = null;
    for (const end of this.#ends.slice(0, 1))
      while (found === null) {
        for (let n = 0; n < 10; n++) await end.hear(() => true);
        const { shadow } = await this.#house.voice.status();
        if (shadow !== null && enough(shadow)) found = shadow;
      }
    this.#done = true;
    await Promise.all(talking);
    if (found === null) throw new Error("there is no far end");
    return found;
  }

  /** A packet for each one that comes: of ten one is lost, one comes after the next, one twice. */
  async #talk(end: FarEnd, stream: number): Promise<void> {
    const random = randomFrom(stream + 3);
    let held: Uint8Array | null = null;
    for (let n = 0; !this.#done; n++) {
      await end.hear(() => true);
      const payload = Uint8Array.from({ length: 160 }, () => Math.floor(random() * 256));
      const packet = writeRtp({ payloadType: stream === 0 ? 8 : 9, sequence: n, timestamp: n * 160, payload });
      const fate = n % 10;
      if (fate === 3) continue;
      const now: readonly (Uint8Array | null)[] = fate === 5 ? [] : [packet, held, fate === 8 ? packet : null];
      held = fate === 5 ? packet : null;
      for (const one of now) if (one !== null) end.sendRaw(one, this.#house.portOf(stream));
    }
  }
}
