import { setTimeout } from "node:timers/promises";
import type { Phone } from "../../peers/harness/phone.ts";
import { Scratch } from "../../peers/harness/scratch.ts";
import type { RouterWorld } from "../guest/world.ts";
import { callFromOutside } from "./outside.ts";

const PATIENCE_MS = 30_000;
const TALK_MS = 2000;

/** A call as somebody makes it, from its beginning to its end. */
interface PassingCall {
  readonly what: string;
  make(house: Passing): Promise<void>;
}

interface Passing {
  readonly world: RouterWorld;
  readonly port: Phone;
  readonly handset: Phone;
}

//  port:2, handset:2                                 outside
//  calls of every kind, one after the other, beside those that stand
const kinds: readonly PassingCall[] = [
  { what: "outside to the echo", make: ({ world }) => fromOutside(world, "690", null) },
  { what: "outside to an analog phone", make: ({ world, port }) => fromOutside(world, "602", port) },
  { what: "outside to a handset", make: ({ world, handset }) => fromOutside(world, "612", handset) },
  { what: "an analog phone to a handset", make: ({ world, port, handset }) => inside(world, port, handset, "612") },
  { what: "a handset to an analog phone", make: ({ world, port, handset }) => inside(world, handset, port, "602") },
  { what: "a handset to outside", make: ({ world, handset }) => toOutside(world, handset) },
  { what: "an analog phone to outside", make: ({ world, port }) => toOutside(world, port) },
  { what: "an analog phone to a handset that nobody lifts", make: missed },
  { what: "a handset to a number that nobody has", make: refused },
];

/** Calls that come and go, one of each kind in turn. */
export class PassingCalls {
  /** Calls that went as they should. */
  good = 0;
  /** What went wrong with the others. */
  readonly failed: string[] = [];
  readonly #passing: Passing;
  readonly #standing: number;

  /** `standing`: calls that may be up beside them. */
  constructor(world: RouterWorld, standing: number) {
    this.#passing = { world, port: world.house.phone("port:2"), handset: world.house.phone("handset:2") };
    this.#standing = standing;
  }

  /** One of each. Rejects when the house does not come to rest after one. */
  async round(): Promise<void> {
    for (const kind of kinds) {
      try {
        await kind.make(this.#passing);
        this.good += 1;
      } catch (problem) {
        // On a machine whose processor is taken away for seconds a call may fail; it must leave nothing behind.
        const [sentence = ""] = (problem instanceof Error ? problem.message : String(problem)).split("\n");
        this.failed.push(`${kind.what}: ${sentence}`);
        console.log(`  failed: ${this.failed.at(-1)}`);
      }
      await this.#rest();
    }
  }

  async #rest(): Promise<void> {
    const { world, port, handset } = this.#passing;
    for (const phone of [port, handset]) if ((await phone.look()).hook === "off") await phone.hangUp();
    await world.settles("only the standing calls are left", ({ calls, phones }) => {
      const busy = phones.filter(({ phone, state }) => [port.name, handset.name].includes(phone) && state !== "idle");
      return calls <= this.#standing && busy.length === 0 ? null : JSON.stringify({ calls, busy });
    });
  }
}

/** `phone`: who lifts; null when something does that is no person. */
async function fromOutside(world: RouterWorld, number: string, phone: Phone | null): Promise<void> {
  const scratch = new Scratch();
  try {
    const caller = await callFromOutside(world, scratch, number, TALK_MS / 1000);
    if (phone !== null) {
      await phone.rings(PATIENCE_MS);
      await phone.lift();
    }
    if ((await caller.program.ends(2 * PATIENCE_MS)) !== 0) throw new Error(`SIPp: ${caller.ladder().join(", ")}`);
  } finally {
    await scratch.close();
  }
}

async function inside(world: RouterWorld, from: Phone, to: Phone, number: string): Promise<void> {
  await dial(from, number);
  await to.rings(PATIENCE_MS);
  await to.lift();
  await talk(world, [from, to]);
  await Promise.all([from.hangUp(), to.hangUp()]);
}

async function toOutside(world: RouterWorld, from: Phone): Promise<void> {
  const before = world.told;
  await dial(from, "701");
  await world.fact("callAnswered", before);
  await talk(world, [from]);
  await from.hangUp();
}

async function missed({ port, handset }: Passing): Promise<void> {
  await dial(port, "612");
  await handset.rings(PATIENCE_MS);
  await port.hangUp();
  await handset.stopsRinging(PATIENCE_MS);
}

async function refused({ world, handset }: Passing): Promise<void> {
  const before = world.told;
  await dial(handset, "699");
  await world.fact("callEnded", before);
  await handset.hangUp();
}

/** In pieces the dial tone may be none, and the keys are events of the device. */
async function dial(phone: Phone, number: string): Promise<void> {
  await phone.lift();
  await phone.hears("dial", 3000).catch(() => undefined);
  await phone.press(number);
}

async function talk(world: RouterWorld, phones: readonly Phone[]): Promise<void> {
  await world.settles("they talk", (status) => {
    const talking = status.phones.filter(
      ({ phone, state }) => state === "inCall" && phones.some((p) => p.name === phone),
    );
    return talking.length === phones.length ? null : JSON.stringify(status.phones);
  });
  await setTimeout(TALK_MS);
}
