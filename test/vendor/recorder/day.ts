import { dirname } from "node:path";
import type { CcCall } from "../../../src/message/dect.ts";
import type { Event } from "../../../src/message/event.ts";
import type { CallId, PartyName } from "../../../src/message/name.ts";
import type { House } from "../../../src/message/plan.ts";
import type { CallQuality } from "../../../src/message/quality.ts";
import { UpperHalf } from "../../../src/upper-half.ts";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";
import { openRecorder } from "../../../src/vendor/recorder/recorder.ts";
import { house, line, media, World } from "../../logic/world.ts";

const registering: House = { ...house, lines: house.lines.map((plan) => ({ ...plan, registers: true })) };

export const quality: CallQuality = {
  ...{
    codec: "PCMA",
    received: 9000,
    sent: 9012,
    lost: 3,
    late: 1,
    concealed: 4,
    lostShare: 0.0003,
    lateShare: 0.0001,
  },
  ...{ jitterMs: 2.25, bufferMs: 40, roundTripMs: 21, delayMs: 81.5, levelDbm0: -19.5, echoReturnLossDb: null },
  ...{ echoEnhancementDb: null, r: 91.25, mos: 4.375, mosListening: 4.375 },
  farEnd: {
    ...{ lost: 2, jitterMs: 3, lostShare: 0.004, discardedShare: 0, burstDensity: 0, levelDbm0: -21 },
    ...{ r: 90, mos: 4.25, mosListening: 4.25 },
  },
};

/** 86 s from one to the next: a thousand calls fill a day. */
const everyMs = 86_000;

/** A day of so many calls, one after the other: in, out, inside the house, missed; the registrar is gone now and then. */
export class Day extends World {
  constructor(calls: number) {
    super(registering);
    this.post({ world: "sip", kind: "registered", line, server: "pbx.example", expiresSeconds: 3600 });
    for (let n = 0; n < calls; n++) {
      const until = this.now + everyMs;
      [() => this.#fromOutside(n), () => this.#missed(), () => this.#inside(), () => this.#toOutside(n)][n % 4]?.();
      if (n % 40 === 0) this.#registrarGone();
      this.pass(Math.max(1, until - this.now));
    }
  }

  #fromOutside(n: number): void {
    const leg = this.invite("600", `0301${String(n).padStart(6, "0")}`);
    const rung = (["handset:1", "handset:2", "handset:3"] as const).map((handset) => ({
      handset,
      call: this.setupOf(handset),
    }));
    this.pass(400);
    for (const at of rung) this.post({ world: "dect", kind: "alerting", ...at });
    this.pass(6000);
    const answer = rung[n % 3] ?? { handset: "handset:1", call: "cc:out-1" as CcCall };
    this.post({ world: "dect", kind: "connect", ...answer });
    this.post({ world: "sip", kind: "confirmed", line, leg, media: null });
    this.pass(40_000);
    this.post({ world: "sip", kind: "ended", line, leg, cause: "normal" });
    this.#measured(line, answer.handset);
  }

  #missed(): void {
    const leg = this.invite("600", "0171555666");
    this.pass(300);
    for (const handset of ["handset:1", "handset:3"] as const)
      this.post({ world: "dect", kind: "alerting", handset, call: this.setupOf(handset) });
    this.pass(20_000);
    this.post({ world: "sip", kind: "cancelled", line, leg });
  }

  #inside(): void {
    this.dial("port:1", "602");
    this.pass(4000);
    this.post({ world: "fxs", kind: "wentOffHook", port: "port:2" });
    this.pass(30_000);
    this.post({ world: "fxs", kind: "wentOnHook", port: "port:2" });
    this.pass(2000);
    this.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
    this.pass(1000);
    this.#measured("port:1", "port:2");
  }

  #toOutside(n: number): void {
    this.dial("port:2", `0089${String(n).padStart(6, "0")}`);
    this.pass(4000);
    const { leg } = this.invited();
    this.post({ world: "sip", kind: "ringing", line, leg });
    this.pass(5000);
    this.post({ world: "sip", kind: "answered", line, leg, media });
    this.pass(45_000);
    this.post({ world: "fxs", kind: "wentOnHook", port: "port:2" });
    this.pass(1000);
    this.#measured(line, "port:2");
  }

  #measured(...parties: readonly PartyName[]): void {
    const call: CallId = this.record?.call ?? "call:1";
    for (const party of parties) this.post({ world: "voice", kind: "measured", call, party, quality });
  }

  #registrarGone(): void {
    const server = "pbx.example";
    this.post({ world: "sip", kind: "registrationFailed", line, server, status: 503, reason: "Service Unavailable" });
    this.pass(9000);
    this.post({ world: "sip", kind: "registered", line, server, expiresSeconds: 3600 });
  }
}

/** What the flight recorder writes of it, in files of that size; gives their folder. */
export async function recordedDay(
  dir: string,
  { events }: { readonly events: readonly Event[] },
  segmentBytes: number,
): Promise<string> {
  const report = (problem: string): never => {
    throw new Error(problem);
  };
  const clock = new VirtualClock(1_795_000_000_000);
  const recorder = openRecorder(dir, { clock, keep: 1000, segmentBytes, budget: Number.MAX_SAFE_INTEGER, report });
  const upper = new UpperHalf();
  for (const [at, event] of events.entries()) {
    recorder.record(at + 1, event, upper.handle(event));
    // Nobody else has a turn here: the disk would be too slow.
    if (at % 100 === 0) recorder.flushSync();
    if (!recorder.full() || !upper.quiet) continue;
    recorder.startSegment(upper.restart(event.at));
  }
  const path = recorder.path() ?? "";
  await recorder.close();
  return dirname(path);
}
