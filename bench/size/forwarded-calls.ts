import { join } from "node:path";
import type { Status } from "../../src/api/status.ts";
import type { CallView } from "../../src/message/view.ts";
import type { Scratch } from "../../test/peers/harness/scratch.ts";
import { Sipp } from "../../test/peers/harness/sipp.ts";
import { until } from "../../test/peers/harness/until.ts";
import { check } from "../figures.ts";
import type { RouterGateway } from "./router-gateway.ts";

/** What the far end answers with; the caller always talks PCMU. */
const codecs = { PCMU: "0", PCMA: "8" } as const;

/** Two seconds of the reference tone of G.711 table 6. */
const period = Buffer.from([0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e]);
const tone = Buffer.concat(Array.from({ length: 2000 }, () => period));

/**
 * Calls that come in by SIP and go out by SIP: two RTP legs each, voice both ways, the far end plays back what it
 * hears. They are the dearest calls there are; a leg at a phone has no SIP.
 */
export class ForwardedCalls {
  readonly #gateway: RouterGateway;
  readonly #count: number;
  readonly #codec: keyof typeof codecs;

  private constructor(gateway: RouterGateway, count: number, codec: keyof typeof codecs) {
    this.#gateway = gateway;
    this.#count = count;
    this.#codec = codec;
  }

  /** Resolves when all are answered. */
  static async start(
    scratch: Scratch,
    gateway: RouterGateway,
    count: number,
    codec: keyof typeof codecs,
  ): Promise<ForwardedCalls> {
    await Sipp.start(scratch, {
      scenario: join(import.meta.dirname, "answering-uas.xml"),
      target: null,
      port: gateway.peerPort,
      calls: count,
      seconds: 600,
      fill: { codec, payload: codecs[codec] },
      args: ["-rtp_echo"],
    });
    const caller = await Sipp.start(scratch, {
      scenario: join(import.meta.dirname, "../talking-uac.xml"),
      target: `127.0.0.1:${gateway.sipPort}`,
      service: "800",
      calls: count,
      seconds: 600,
      args: ["-r", "10", "-l", `${count}`, "-d", "500000"],
      files: { "voice.ul": tone },
    });
    const answered = () => gateway.door.facts.filter(({ fact }) => fact.kind === "callAnswered").length >= count;
    const wait = { what: `${count} calls stand`, deadlineMs: 15_000, evidence: () => caller.program.tail() };
    await until(gateway.door.changed, wait, answered);
    return new ForwardedCalls(gateway, count, codec);
  }

  /** All up, in the formats they should have, with voice in and out on every leg and nothing lost. */
  async verify(): Promise<void> {
    const calls = await this.#gateway.door.ask<readonly CallView[]>("calls");
    const up = calls.filter((call) => call.state === "answered").length;
    check(up === this.#count, `${up} of ${this.#count} calls are up`);
    const { voiceStatus } = await this.#gateway.door.ask<Status>("status");
    const streams = voiceStatus?.streams.filter(({ endpoint }) => endpoint.startsWith("rtp:")) ?? [];
    const flowing = streams.filter(({ received, sent }) => received > 50 && sent > 50);
    check(flowing.length === 2 * this.#count, `voice flows on ${flowing.length} of ${2 * this.#count} legs`);
    const far = streams.filter(({ format }) => format === this.#codec).length;
    check(far === (this.#codec === "PCMU" ? 2 : 1) * this.#count, `${far} legs are ${this.#codec}`);
  }
}
