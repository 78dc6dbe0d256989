import * as words from "../../../assembly/endpoint-words.ts";
import type { CodecModule } from "../plugin/codec.ts";
import { unitsPerMs } from "../stream-quality.ts";
import { CodecBeside } from "./beside.ts";
import type { JitterSums, ShadowSums, Times } from "./figures.ts";
import { Pairs } from "./pairs.ts";
import { Player, type Timing } from "./player.ts";
import { FLAG_FIRST, FLAG_STATE, RECORD_STREAM, type TickRecord } from "./record.ts";
import { SameAgain } from "./same.ts";
import { compareOctets, compareSamples } from "./tally.ts";

/** What is compared, compiled. */
export interface Candidates {
  readonly live: WebAssembly.Module;
  readonly module: WebAssembly.Module | null;
  readonly codec: { readonly module: CodecModule; readonly format: number } | null;
  /** The configuration's codecs, which the live path has, too. */
  readonly codecs: readonly CodecModule[];
  readonly timing: Timing;
}

/** Where everything is counted. */
export interface Counters {
  readonly sums: ShadowSums;
  readonly times: { readonly live: Times; readonly module: Times; readonly codec: Times };
  /** Whose work begins: 1 the live module's, 2 a candidate's, 0 nobody's. */
  readonly busy: (who: number) => void;
  differs(what: string): void;
}

/** One followed stream: the live module once more, and the candidates beside it. */
export class Follower {
  readonly #live: Player;
  readonly #candidate: Player | null;
  readonly #beside: CodecBeside | null;
  readonly #same = new SameAgain();
  readonly #counters: Counters;
  #pairs: Pairs | null = null;
  #turn = 0;

  constructor({ live, module, codec, codecs, timing }: Candidates, counters: Counters) {
    this.#counters = counters;
    this.#live = new Player(live, codecs, timing);
    this.#candidate = module === null ? null : new Player(module, codecs, timing);
    this.#beside = codec === null ? null : new CodecBeside(codec.module, codec.format, this.#live, counters.sums.codec);
  }

  get isFollowing(): boolean {
    return this.#pairs !== null;
  }

  take(tick: TickRecord): void {
    if (tick.has(FLAG_FIRST)) this.#begin(tick.word(RECORD_STREAM), null);
    if (tick.has(FLAG_STATE)) return this.#begin(tick.word(RECORD_STREAM), tick);
    if (this.#pairs === null) return;
    this.#counters.sums.ticks++;
    // In turn, so that neither always finds the caches as the other left them.
    this.#turn ^= 1;
    if (this.#turn === 0) this.#playCandidate(tick);
    this.#playLive(tick);
    if (this.#turn === 1) this.#playCandidate(tick);
    if (this.#candidate !== null) this.#pairs.add(this.#live.played, this.#candidate.played);
  }

  end(): void {
    this.#pairs?.end();
    this.#countApart();
    this.#pairs = null;
  }

  /** `state`: where the stream is when it is joined in the middle of its session. */
  #begin(stream: number, state: TickRecord | null): void {
    this.end();
    this.#counters.sums.followed++;
    open(this.#live, stream, state);
    this.#counters.busy(2);
    if (this.#candidate !== null) open(this.#candidate, stream, state);
    this.#counters.busy(0);
    this.#beside?.begin();
    this.#same.begin(state !== null);
    const { heard, sent } = this.#counters.sums.module;
    this.#pairs = new Pairs((live, candidate) => {
      compareSamples(heard, live.samples, candidate.samples);
      compareOctets(sent, live.sent, candidate.sent);
    });
  }

  #playLive(tick: TickRecord): void {
    const { sums, times, busy, differs } = this.#counters;
    const before = jitterOf(this.#live);
    // A candidate codec works within this tick; it is fenced, and comes back.
    busy(1);
    this.#live.play(tick);
    const us = this.#beside?.finish() ?? null;
    busy(0);
    times.live.add(this.#live.played.us);
    if (us !== null) times.codec.add(us);
    count(sums.module.live, this.#live, before);
    sums.checked++;
    const difference = this.#same.difference(tick, this.#live);
    if (difference === null) return;
    sums.nondeterministic++;
    differs(`rtp:${this.#live.stream}, ${difference}`);
  }

  #playCandidate(tick: TickRecord): void {
    if (this.#candidate === null) return;
    const { sums, times, busy } = this.#counters;
    const before = jitterOf(this.#candidate);
    busy(2);
    this.#candidate.play(tick);
    busy(0);
    times.module.add(this.#candidate.played.us);
    count(sums.module.candidate, this.#candidate, before);
    this.#countApart();
  }

  #countApart(): void {
    if (this.#pairs === null) return;
    this.#counters.sums.module.apart += this.#pairs.apart;
    this.#pairs.apart = 0;
  }
}

function open(player: Player, stream: number, state: TickRecord | null): void {
  if (state === null) player.open(stream);
  else player.join(stream, state);
}

interface Jitter {
  readonly concealed: number;
  readonly late: number;
}

function jitterOf(player: Player): Jitter {
  return { concealed: player.word(words.METER_CONCEALED), late: player.word(words.METER_LATE) };
}

function count(sums: JitterSums, player: Player, before: Jitter): void {
  const after = jitterOf(player);
  // A session that begins sets them to zero.
  sums.concealed += Math.max(0, after.concealed - before.concealed);
  sums.late += Math.max(0, after.late - before.late);
  if (player.word(words.JITTER_STARTED) === 0) return;
  const held = (player.word(words.JITTER_NEWEST) - player.word(words.JITTER_PLAYOUT)) | 0;
  sums.bufferMs += held / unitsPerMs(player.map, player.word(words.STATE_FORMAT));
  sums.frames++;
}
