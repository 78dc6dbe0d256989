import { join } from "node:path";
import type { House } from "../test/peers/harness/house.ts";
import type { Scratch } from "../test/peers/harness/scratch.ts";
import { Sipp } from "../test/peers/harness/sipp.ts";
import { until } from "../test/peers/harness/until.ts";
import { check } from "./figures.ts";

const talking = join(import.meta.dirname, "talking-uac.xml");

function answeredSoFar(house: House): number {
  return house.door.facts.filter(({ fact }) => fact.kind === "callAnswered").length;
}

/** Calls that stand while something else is measured: SIPp talks to the echo number, with voice both ways. */
export class StandingCalls {
  readonly #sipp: Sipp;
  readonly #house: House;
  readonly #count: number;

  private constructor(sipp: Sipp, house: House, count: number) {
    this.#sipp = sipp;
    this.#house = house;
    this.#count = count;
  }

  /** Resolves when all are answered. They end by themselves after `seconds`. */
  static async start(scratch: Scratch, house: House, count: number, seconds: number): Promise<StandingCalls> {
    // Two seconds of a µ-law 1000 Hz tone at 0 dBm0: the reference sequence of G.711, table 6.
    const period = Buffer.from([0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e]);
    const voice = Buffer.concat(Array.from({ length: 2000 }, () => period));
    const before = answeredSoFar(house);
    const sipp = await Sipp.start(scratch, {
      scenario: talking,
      target: `127.0.0.1:${house.sipPort}`,
      service: "690",
      calls: count,
      seconds: seconds + 20,
      args: ["-r", "20", "-l", `${count}`, "-d", `${seconds * 1000}`],
      files: { "voice.ul": voice },
    });
    const wait = { what: `${count} calls stand`, deadlineMs: 15_000, evidence: () => sipp.program.tail() };
    const answered = () => answeredSoFar(house) - before >= count;
    await until(house.door.changed, wait, answered);
    return new StandingCalls(sipp, house, count);
  }

  /** Still up, all of them, and voice flowed both ways. */
  async verify(): Promise<void> {
    const calls = await this.#house.calls();
    const up = calls.filter((call) => call.state === "answered" && call.to.number === "690").length;
    check(up === this.#count, `${up} of ${this.#count} calls are up`);
    const { voiceStatus } = await this.#house.status();
    const streams = voiceStatus?.streams.filter((stream) => stream.jitterMs !== null && stream.received > 50) ?? [];
    check(streams.length >= this.#count, `voice comes in on ${streams.length} of ${this.#count} streams`);
    check(
      streams.every((stream) => stream.sent > 50),
      "no voice goes out on some stream",
    );
  }

  /** Resolves when SIPp has ended every call by itself, as its scenario says. */
  async end(): Promise<void> {
    await this.#sipp.succeeds(60_000);
  }
}
