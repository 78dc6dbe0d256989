import { EventEmitter, once } from "node:events";
import type { TestContext } from "node:test";
import type { Event } from "../../src/message/event.ts";
import type { VoiceCommand, VoiceEvent } from "../../src/message/voice.ts";
import { systemClock } from "../../src/vendor/clock/clock.ts";
import type { VoiceAssets } from "../../src/voice/assets.ts";
import type { VoiceOptions } from "../../src/voice/contract.ts";
import { type RunningVoice, startVoice } from "../../src/voice/voice.ts";
import { edgeOf } from "./each-edge.ts";

type WithoutWorld<C> = C extends unknown ? Omit<C, "world"> : never;
type Kind = VoiceEvent["kind"];

/** A voice path with its real worker, on loopback, for one test. */
export class VoiceHouse {
  readonly voice: RunningVoice;
  readonly events: VoiceEvent[];
  readonly #bell: EventEmitter;

  private constructor(voice: RunningVoice, events: VoiceEvent[], bell: EventEmitter) {
    this.voice = voice;
    this.events = events;
    this.#bell = bell;
  }

  /** Closed when the test ends. */
  static async open(
    context: TestContext,
    options: Partial<VoiceOptions> = {},
    assets?: VoiceAssets,
  ): Promise<VoiceHouse> {
    const events: VoiceEvent[] = [];
    const bell = new EventEmitter();
    const post = (event: Event) => {
      if (event.world !== "voice") return;
      events.push(event);
      bell.emit("event");
    };
    const voice = await startVoice({ ...defaults, edge: edgeOf(context), ...options }, post, systemClock, assets);
    context.after(() => voice.close());
    return new VoiceHouse(voice, events, bell);
  }

  perform(order: WithoutWorld<VoiceCommand>): void {
    this.voice.perform({ world: "voice", ...order } as VoiceCommand); // TypeScript does not spread a union into a union
  }

  /** The UDP port of a stream, as the last `ready` says. */
  portOf(stream: number): number {
    const ready = this.events.findLast((event) => event.kind === "ready");
    return ready?.rtp[stream]?.port ?? 0;
  }

  /** Resolves when so many events of the kind have been posted. */
  async until<K extends Kind>(kind: K, count = 1): Promise<Extract<VoiceEvent, { readonly kind: K }>> {
    const isWanted = (event: VoiceEvent): event is Extract<VoiceEvent, { readonly kind: K }> => event.kind === kind;
    while (true) {
      const found = this.events.filter(isWanted)[count - 1];
      if (found !== undefined) return found;
      await once(this.#bell, "event");
    }
  }
}

const defaults: VoiceOptions = {
  address: "127.0.0.1",
  firstPort: 41_000,
  streams: 4,
  usbChannels: 4,
  jitterMs: 40,
  rtpTimeoutMs: 60_000,
};
