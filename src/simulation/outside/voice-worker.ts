import type { Endpoint, RtpEndpoint } from "../../message/name.ts";
import type { CallQuality } from "../../message/quality.ts";
import type { VoiceCommand } from "../../message/voice.ts";
import { Chance } from "../chance.ts";
import type { Outside } from "./outside.ts";

const unknown: CallQuality = {
  codec: "PCMA",
  received: 1,
  sent: 1,
  lost: 0,
  late: 0,
  concealed: 0,
  lostShare: 0,
  lateShare: 0,
  jitterMs: null,
  bufferMs: null,
  roundTripMs: null,
  delayMs: null,
  levelDbm0: null,
  echoReturnLossDb: null,
  echoEnhancementDb: null,
  r: null,
  mos: null,
  mosListening: null,
  farEnd: null,
};

/** The voice worker: it measures, tells of this and that, and crashes. */
export class VoiceWorker {
  readonly #outside: Outside;
  readonly #open = new Set<Endpoint>();
  #lives = false;

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  start(): void {
    this.#lives = true;
    const rtp = Array.from({ length: this.#outside.house.streams }, (_, n) => {
      const endpoint: RtpEndpoint = `rtp:${n}`;
      return { endpoint, port: 16_384 + 2 * n };
    });
    this.#outside.post({ world: "voice", kind: "ready", rtp });
  }

  crash(trait: number): void {
    if (!this.#lives) return;
    this.#lives = false;
    this.#open.clear();
    this.#outside.post({ world: "voice", kind: "lost", reason: "it crashed" });
    this.#outside.agenda.after(new Chance(trait).pick([1, 300, 5000]), () => this.start());
  }

  /** What it says of an endpoint, of one that is open, or was. */
  tells(trait: number): void {
    const chance = new Chance(trait);
    const endpoint = [...this.#open][chance.below(8)] ?? "rtp:0";
    const file = "greeting.wav";
    const reason = chance.percent(50) ? null : "it can not be written";
    switch (chance.below(7)) {
      case 0:
        return this.#outside.post({ world: "voice", kind: "shadow", state: "off", reason });
      case 1:
        return this.#outside.post({ world: "voice", kind: "playEnded", endpoint, file, reason });
      case 2:
        return this.#outside.post({
          world: "voice",
          kind: "recordEnded",
          endpoint,
          file,
          reason,
          durationMs: 10,
          lostMs: 0,
        });
      case 4:
        return this.#outside.post({
          world: "voice",
          kind: "endpointFailed",
          endpoint,
          reason: "it failed",
          closed: true,
        });
      case 3:
        return this.#outside.post({ world: "voice", kind: "endpointFailed", endpoint, reason: "it failed" });
      default:
        return this.#outside.post({ world: "voice", kind: "endpointFailed", endpoint, reason: "codec", codec: true });
    }
  }

  perform(command: VoiceCommand): void {
    switch (command.kind) {
      case "openRtp":
      case "openUsb":
        this.#open.add(command.endpoint);
        return;
      case "close":
        this.#open.delete(command.endpoint);
        return;
      case "measure": {
        const { call, party } = command;
        return this.#later(() =>
          this.#outside.post({ world: "voice", kind: "measured", call, party, quality: unknown }),
        );
      }
      case "callerId": {
        const { endpoint } = command;
        return this.#later(() => this.#outside.post({ world: "voice", kind: "callerIdSent", endpoint }));
      }
      default:
        return;
    }
  }

  #later(say: () => void): void {
    this.#outside.agenda.after(3, () => {
      if (this.#lives) say();
    });
  }
}
