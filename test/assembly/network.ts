import { JITTER_NEWEST, JITTER_PLAYED_TO, JITTER_PLAYOUT } from "../../assembly/endpoint-words.ts";
import type { RtpFormat } from "../../src/message/media.ts";
import { Rig, type RigOptions } from "./rig.ts";
import { randomFrom, writeRtp } from "./rtp.ts";

/** A sender, and what the network does to its packets. Times are ms of the receiver's clock. */
export interface Path {
  readonly seconds: number;
  /** How long packet `n`, sent at `at`, is under way; null = it is lost. `random`: 0 to 1, the same in every run. */
  readonly delay: (n: number, at: number, random: () => number) => number | null;
  readonly packetMs?: number;
  /** By which the sender's clock is faster than ours, parts in a million. */
  readonly ppm?: number;
  /** The share of packets that come twice, the copy 30 ms later. */
  readonly twice?: number;
  /** False while nobody speaks: nothing is sent. */
  readonly speaks?: (at: number) => boolean;
  readonly ssrc?: (at: number) => number;
  /** Added to the sender's timestamps. */
  readonly jump?: (at: number) => number;
  readonly marker?: (at: number) => boolean;
  readonly format?: RtpFormat;
  /** Of the RTP clock, and of the payload, in a ms. */
  readonly unitsPerMs?: number;
  readonly octetsPerMs?: number;
  readonly payload?: (n: number) => Uint8Array;
  /** Once a tick, before its packets. */
  readonly meanwhile?: (rig: Rig, now: number) => void;
}

export interface Outcome {
  /** Packets that came, copies not counted. */
  readonly came: number;
  /** Of these, those that were never played: too late, or left out to follow the network. */
  readonly unplayed: readonly number[];
  readonly unplayedShare: number;
  /** From the arrival of a packet to its being played, mean of those that were. */
  readonly waitMs: number;
  /** The same from its being sent, less the fastest of all: what the network's jitter costs mouth to ear. */
  readonly delayMs: number;
  readonly inserted: number;
  readonly dropped: number;
  /** At the end of every second, ms. */
  readonly depths: readonly number[];
  readonly targets: readonly number[];
  readonly status: ReturnType<Rig["status"]>;
}

/** What the configuration has when it says nothing. */
export const adaptive = { jitterMs: 60, jitterMinMs: 20, jitterMaxMs: 200 };

/** Plays a path through the tick, and asserts in every tick that the buffer keeps to its bounds, and plays what came. */
export function travel(path: Path, options: RigOptions = adaptive): Outcome {
  const { format = "PCMA", packetMs = 20, unitsPerMs = 8, octetsPerMs = 8 } = path;
  const rig = new Rig(options);
  rig.openRtp(0, format);
  const arrivals = arrivalsOf(path, packetMs);
  const heard = new Heard(rig, unitsPerMs);
  const deepest = (options.jitterMaxMs ?? options.jitterMs ?? 40) + packetMs + rig.frameMs;
  const same = new Uint8Array(octetsPerMs * packetMs).map((_, n) => 0x20 + (n % 7));
  const seconds: { readonly depthMs: number; readonly targetMs: number }[] = [];
  let next = 0;
  for (let now = 0; now < path.seconds * 1000 + 500; now += rig.frameMs) {
    path.meanwhile?.(rig, now);
    for (let one = arrivals[next]; one !== undefined && one.at <= now; one = arrivals[++next]) {
      const { n, sentAt } = one;
      const timestamp = (0xfffff000 + n * packetMs * unitsPerMs + (path.jump?.(sentAt) ?? 0)) >>> 0;
      const payloadType = format === "PCMU" ? 0 : format === "PCMA" ? 8 : 96;
      const [ssrc, marker] = [path.ssrc?.(sentAt) ?? 7, path.marker?.(sentAt) ?? false];
      const payload = path.payload?.(n) ?? same;
      rig.deliver(0, writeRtp({ payloadType, ssrc, marker, sequence: one.sequence, timestamp, payload }));
      if (!one.copy) heard.came(timestamp, one);
    }
    rig.tickEngine();
    heard.tick(now);
    assertBounds(rig, deepest * unitsPerMs);
    const buffer = rig.status("rtp:0").quality.jitterBuffer;
    if ((now + rig.frameMs) % 1000 === 0) seconds.push(buffer ?? { depthMs: 0, targetMs: 0 });
  }
  const [depths, targets] = [seconds.map(({ depthMs }) => depthMs), seconds.map(({ targetMs }) => targetMs)];
  return { ...heard.outcome(), depths, targets, status: rig.status("rtp:0") };
}

/** Never more than the depth and a packet. */
function assertBounds(rig: Rig, most: number): void {
  const fill = (rig.word("rtp:0", JITTER_NEWEST) - rig.word("rtp:0", JITTER_PLAYOUT)) | 0;
  if (fill > most) throw new Error(`${fill} units wait, the bound is ${most}`);
}

interface Arrival {
  readonly n: number;
  readonly sequence: number;
  readonly at: number;
  readonly sentAt: number;
  readonly copy: boolean;
}

function arrivalsOf(path: Path, packetMs: number): Arrival[] {
  const random = randomFrom(1);
  const faster = 1 + (path.ppm ?? 0) / 1e6;
  const arrivals: Arrival[] = [];
  let sequence = 65_000;
  for (let n = 0; (n * packetMs) / faster < path.seconds * 1000; n++) {
    // 7 ms: no packet is sent just when a tick is due.
    const sentAt = 7 + (n * packetMs) / faster;
    if (path.speaks?.(sentAt) === false) continue;
    const delay = path.delay(n, sentAt, random);
    sequence = (sequence + 1) & 0xffff;
    if (delay === null) continue;
    const one = { n, sequence, at: sentAt + delay, sentAt, copy: false };
    arrivals.push(one);
    if (random() < (path.twice ?? 0)) arrivals.push({ ...one, at: one.at + 30, copy: true });
  }
  return arrivals.sort((a, b) => a.at - b.at);
}

/** Which packets were played, and when. */
class Heard {
  readonly #rig: Rig;
  readonly #unitsPerMs: number;
  readonly #waiting = new Map<number, Arrival>();
  #fastest = Number.POSITIVE_INFINITY;
  #playedTo = 0;
  #came = 0;
  #played = 0;
  #waits = 0;
  #delays = 0;

  constructor(rig: Rig, unitsPerMs: number) {
    this.#rig = rig;
    this.#unitsPerMs = unitsPerMs;
  }

  came(timestamp: number, arrival: Arrival): void {
    this.#came++;
    this.#waiting.set(timestamp, arrival);
    this.#fastest = Math.min(this.#fastest, arrival.at - arrival.sentAt);
  }

  /** A packet has been played when it began in the frame that was taken in this tick. */
  tick(now: number): void {
    const end = this.#rig.word("rtp:0", JITTER_PLAYED_TO);
    if (end === this.#playedTo) return;
    this.#playedTo = end;
    if (end !== this.#rig.word("rtp:0", JITTER_PLAYOUT)) throw new Error("played before its time, or after");
    if (((end - this.#rig.word("rtp:0", JITTER_NEWEST)) | 0) > 0) throw new Error("played what has not come");
    const frame = this.#rig.frameMs * this.#unitsPerMs;
    for (let unit = 0; unit < frame; unit++) {
      const timestamp = (end - frame + unit) >>> 0;
      const arrival = this.#waiting.get(timestamp);
      if (arrival === undefined) continue;
      this.#waiting.delete(timestamp);
      this.#played++;
      this.#waits += now + unit / this.#unitsPerMs - arrival.at;
      this.#delays += now + unit / this.#unitsPerMs - arrival.sentAt;
    }
  }

  outcome() {
    const { inserted = 0, dropped = 0 } = this.#rig.status("rtp:0").quality.jitterBuffer ?? {};
    return {
      came: this.#came,
      unplayed: [...this.#waiting.values()].map(({ n }) => n),
      unplayedShare: (this.#came - this.#played) / this.#came,
      waitMs: this.#waits / this.#played,
      delayMs: this.#delays / this.#played - this.#fastest,
      inserted,
      dropped,
    };
  }
}
