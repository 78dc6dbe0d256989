import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { PriorityChoice, VoiceStatus } from "../../src/voice/contract.ts";
import { quantileOf, stepsBetween } from "../../src/voice/log-histogram.ts";
import { percentile, Refused } from "../figures.ts";
import { Offhook } from "../path/offhook.ts";
import { framesOf, type Scene } from "../path/scenes.ts";
import type { Arrival, Traffic } from "../path/traffic.ts";
import type { Beside } from "./beside.ts";
import { type Place, placeOfThread, threadsAt } from "./place.ts";
import { adjustments, verify } from "./verify.ts";

/** Two streams each. */
const PAIRS = 4;
const WARM_SECONDS = 3;
const FRAME_US = 20_000;
const RESYNC_US = 100_000;
const scene: Scene = { name: "pass-through", a: "PCMA", b: "PCMA" };

/** Of many moments, µs. */
export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface Measured {
  readonly ours: Quantiles;
  readonly c: Quantiles;
  readonly place: Place;
  readonly ticks: number;
  /** Deadlines that nobody kept. */
  readonly skipped: number;
  /** Frames that jitter buffers inserted or dropped, of all streams. */
  readonly adjusted: number;
  /** More than 5 ms late. */
  readonly late: number;
  readonly lateBecauseOf: VoiceStatus["lateBecauseOf"];
  /** How often the main thread took in all of a phone book. */
  readonly books: number;
}

export interface Condition {
  readonly name: string;
  readonly priority: PriorityChoice;
  readonly place: Place;
}

export interface Peers {
  readonly traffic: Traffic;
  readonly beside: Beside;
  /** Of our voice path: without koffi the thread sleeps in another way. */
  readonly edge: "batched" | "dgram";
}

export const conditions: readonly Condition[] = [
  { name: "nothing raised", priority: "normal", place: { policy: "other", realtime: 0, nice: 0 } },
  { name: "nice -15", priority: "nice", place: { policy: "other", realtime: 0, nice: -15 } },
  { name: "SCHED_FIFO 1", priority: "realtime", place: { policy: "fifo", realtime: 1, nice: -15 } },
];

/** @throws Refused when the place was not to be had, or what came out was wrong */
export async function measure(
  { priority, place }: Condition,
  seconds: number,
  { traffic, beside, edge }: Peers,
): Promise<Measured> {
  const voice = await Offhook.start(edge, 2 * PAIRS, priority, join(import.meta.dirname, "voice-process.ts"));
  const burner = spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" });
  try {
    const targets = [];
    for (let pair = 0; pair < PAIRS; pair++) targets.push(...(await voice.connect(pair, scene.a, scene.b)));
    await checkPlace(voice, place);
    const { phaseUs } = (await voice.ask("phase")) as { phaseUs: number }; // of voice-process.ts
    await voice.ask("hammer");
    const looks: Promise<VoiceStatus>[] = [];
    let c: Promise<number[]> = Promise.resolve([]);
    const plan = {
      pairs: PAIRS,
      warmSeconds: WARM_SECONDS,
      seconds,
      phase: "spread",
      frames: framesOf(scene),
    } as const;
    const arrivals = await traffic.run(plan, targets, () => {
      // Half a frame from ours: neither is to be late because the other is at work.
      if (looks.length === 0) c = beside.run((phaseUs + FRAME_US / 2) % FRAME_US, seconds, place);
      looks.push(voice.status());
    });
    // In this order: answers have no name.
    const looked = await Promise.all(looks);
    const { books } = (await voice.ask("work")) as { books: number }; // of voice-process.ts
    return { ...judged(looked, await c, arrivals, seconds), place, books };
  } finally {
    await end(burner);
    await voice.close();
  }
}

/** What is not really so must not be printed. */
async function checkPlace(voice: Offhook, place: Place): Promise<void> {
  const { why, ...found } = (await voice.status()).priority;
  const told = JSON.stringify({ policy: found.policy, realtime: found.realtime, nice: found.nice });
  if (told !== JSON.stringify(place)) throw new Refused(`the voice thread has ${told}: ${why}`);
  if (place.policy === "other" && place.nice === 0) return;
  const [count, main] = [threadsAt(voice.pid, place), placeOfThread(`${voice.pid}`)];
  if (count !== 1) throw new Refused(`${count} threads have that place, it was to be the voice alone`);
  if (main?.nice !== -5) throw new Refused(`the main thread has nice ${main?.nice}`);
}

function judged(
  looks: readonly VoiceStatus[],
  c: readonly number[],
  arrivals: readonly Arrival[],
  seconds: number,
): Omit<Measured, "place" | "books"> {
  const [before, after] = looks;
  if (before === undefined || after === undefined) throw new Refused("the voice was not looked at twice");
  const steps = stepsBetween(before.latenessStepsUs, after.latenessStepsUs);
  const skipped = steps.reduce((sum, { upTo, count }) => sum + count * skippedBy(upTo ?? 0), 0);
  const run = {
    arrivals,
    frames: framesOf(scene),
    sockets: 2 * PAIRS,
    seconds,
    looks: [before, after],
    skipped,
  } as const;
  const fault = verify(run);
  if (fault !== null) throw new Refused(fault);
  const [ours, theirs] = [(share: number) => quantileOf(steps, share), (share: number) => percentile(c, share)];
  return {
    ours: { p50: ours(0.5), p99: ours(0.99), p999: ours(0.999), max: ours(1) },
    c: { p50: theirs(0.5), p99: theirs(0.99), p999: theirs(0.999), max: theirs(1) },
    ticks: after.ticks - before.ticks,
    skipped,
    adjusted: adjustments(run),
    late: after.lateTicks - before.lateTicks,
    lateBecauseOf: since(before.lateBecauseOf, after.lateBecauseOf),
  };
}

/** Deadlines that passed while a turn was so late; src/voice/pace.ts. A grid that is laid anew may cost one more. */
function skippedBy(lateUs: number): number {
  return Math.floor(lateUs / FRAME_US) + (lateUs > RESYNC_US ? 1 : 0);
}

function since(before: VoiceStatus["lateBecauseOf"], after: VoiceStatus["lateBecauseOf"]): Measured["lateBecauseOf"] {
  const had = new Map(before.map(({ culprit, count }) => [culprit, count]));
  return after
    .map(({ culprit, count }) => ({ culprit, count: count - (had.get(culprit) ?? 0) }))
    .filter(({ count }) => count > 0);
}

async function end(program: ChildProcess): Promise<void> {
  const gone = once(program, "exit");
  program.kill("SIGKILL");
  await gone;
}
