import { readFileSync } from "node:fs";
import { noSums, Times } from "../../../src/voice/shadow/figures.ts";
import { type Candidates, Follower } from "../../../src/voice/shadow/follower.ts";
import { FLAG_END, RECORD_LENGTH, RECORD_PLACE, TickRecord } from "../../../src/voice/shadow/record.ts";
import { RecordRing, SHADOW_ON } from "../../../src/voice/shadow/ring.ts";
import { ShadowTap } from "../../../src/voice/shadow/tap.ts";
import { Rig, type RigOptions } from "../../assembly/rig.ts";

export const liveWasm = readFileSync(new URL("../../../dist/voice.wasm", import.meta.url));
export const liveModule = new WebAssembly.Module(liveWasm);

export interface BesideOptions extends RigOptions {
  readonly module?: WebAssembly.Module;
  readonly codec?: Candidates["codec"];
  readonly streams?: number;
  readonly sharePercent?: number;
  /** False: it is switched on later. */
  readonly on?: boolean;
  /** Of the ring; 65536 without it. */
  readonly words?: number;
}

/** The voice path with a shadow beside it, all on one thread and without a clock. */
export class BesideRig {
  readonly rig: Rig;
  readonly sums = noSums();
  readonly ring: RecordRing;
  readonly differences: string[] = [];
  readonly #tap: ShadowTap;
  readonly #followers: readonly Follower[];

  constructor(options: BesideOptions = {}) {
    this.rig = new Rig(options);
    const { streams = 2, sharePercent = 100, module = null, codec = null, words = 65_536 } = options;
    const shared = RecordRing.room(words);
    this.ring = new RecordRing(shared);
    if (options.on ?? true) this.switchOn();
    this.#tap = new ShadowTap(this.rig.map, shared, { streams, sharePercent });
    const { jitterMs = 40, jitterMinMs = jitterMs, jitterMaxMs = jitterMs, frameMs = 20 } = options;
    const timing = { jitterMs, jitterMinMs, jitterMaxMs, frameMs };
    const candidates = { live: liveModule, module, codec, codecs: options.codecs ?? [], timing };
    const counters = {
      sums: this.sums,
      times: { live: new Times(), module: new Times(), codec: new Times() },
      busy: () => {},
      differs: (what: string) => void this.differences.push(what),
    };
    this.#followers = Array.from({ length: streams }, () => new Follower(candidates, counters));
  }

  switchOn(): void {
    this.ring.set(SHADOW_ON, this.ring.get(SHADOW_ON) + 1);
  }

  openRtp(...order: Parameters<Rig["openRtp"]>): void {
    this.rig.openRtp(...order);
    this.#tap.opened(order[0]);
  }

  close(stream: number): void {
    this.#tap.closed(stream);
    this.rig.perform({ kind: "close", endpoint: `rtp:${stream}` });
  }

  /** One tick of the live path, followed at once; returns what it sent. */
  tick(periods = 1): ReturnType<Rig["tick"]> {
    const sent = this.liveTick(periods);
    this.drain();
    return sent;
  }

  liveTick(periods = 1): ReturnType<Rig["tick"]> {
    this.#tap.before(periods);
    const sent = this.rig.tick(periods);
    this.#tap.after();
    return sent;
  }

  drain(): void {
    for (let words = this.ring.next(); words !== null; words = this.ring.next()) {
      const tick = new TickRecord(words);
      const follower = this.#followers[tick.word(RECORD_PLACE)];
      if (tick.has(FLAG_END)) follower?.end();
      else follower?.take(tick);
      this.ring.done(tick.word(RECORD_LENGTH));
    }
  }
}
