/**
 * What carrying one RTP packet costs over real sockets: our voice path on both of its edges beside Debian's rtpengine
 * without its kernel module, all in one run, interleaved, and beside a C program that makes the same system calls once a
 * tick and does nothing else. Every packet of the measured seconds must come out, in order, with the right payload, or
 * the round gives no figure and is done again.
 *
 *   node --import tsx bench/path.ts [--json] [ROUNDS [SECONDS]]
 *
 * Ours is the gateway's voice path (`startVoice` and the bundled worker of dist/) in a process of its own, told by
 * commands what the gateway would tell it. Processor time is of all threads of the process.
 */
import { buildKernels } from "../src/build/kernels.mjs";
import { median } from "./figures.ts";
import { processorMs } from "./machine.ts";
import { Bound } from "./path/bound.ts";
import { Offhook } from "./path/offhook.ts";
import type { Relay } from "./path/relay.ts";
import { Rtpengine } from "./path/rtpengine.ts";
import { framesOf, type Scene, scenes, verify } from "./path/scenes.ts";
import { Traffic } from "./path/traffic.ts";
import { resident } from "./size/resident.ts";

const PAIRS = 32;
const WARM_SECONDS = 1;
const MOST_TRIES = 4;
/** A minute after its start ours gives back the pages of Node's file that only the start needed. */
const SETTLED_MS = 65_000;
const asJson = process.argv.includes("--json");
const [rounds = 5, seconds = 4] = process.argv.slice(2).flatMap((word) => (word === "--json" ? [] : [Number(word)]));
/** A packet a direction every 20 ms. */
const packets = 2 * PAIRS * 50 * seconds;

interface Cost {
  /** Of the processor, for one packet in and out. */
  readonly us: number;
  readonly rss: number;
  /** What of it is no page of a file. */
  readonly anonymous: number;
}

interface Row {
  readonly scene: string;
  readonly relay: string;
  readonly costs: readonly Cost[];
  /** Of rtpengine's cost in the same round. */
  readonly timesAsFast: number;
  /** Runs that were wrong, and done again. */
  readonly refused: readonly string[];
}

async function run(relay: Relay, scene: Scene, traffic: Traffic): Promise<Cost | string> {
  const targets = [];
  for (let pair = 0; pair < PAIRS; pair++) targets.push(...(await relay.connect(pair, scene.a, scene.b)));
  const spent: number[] = [];
  let memory = { rss: 0, anonymous: 0 };
  const plan = { pairs: PAIRS, warmSeconds: WARM_SECONDS, seconds, phase: "spread", frames: framesOf(scene) } as const;
  const arrivals = await traffic.run(plan, targets, () => {
    spent.push(processorMs(relay.pid));
    memory = resident(relay.pid);
  });
  await relay.disconnect();
  const fault = verify(scene, arrivals, 2 * PAIRS, seconds);
  return fault ?? { us: (((spent[1] ?? 0) - (spent[0] ?? 0)) * 1000) / packets, ...memory };
}

/** The cost of the first run that was right; null when none of many was. */
async function vouchedFor(relay: Relay, scene: Scene, traffic: Traffic, refused: string[]): Promise<Cost | null> {
  for (let n = 0; n < MOST_TRIES; n++) {
    const cost = await run(relay, scene, traffic);
    if (typeof cost !== "string") return cost;
    refused.push(cost);
  }
  return null;
}

/** The first of `relays` is what the others are compared with. */
async function measure(scene: Scene, relays: readonly Relay[], traffic: Traffic): Promise<Row[]> {
  const costs = relays.map((): (Cost | null)[] => []);
  const refused = relays.map((): string[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [n, relay] of relays.entries())
      costs[n]?.push(await vouchedFor(relay, scene, traffic, refused[n] ?? []));
  return relays.map((relay, n) => {
    const ratios = (costs[n] ?? []).flatMap((cost, round) => {
      const theirs = costs[0]?.[round] ?? null;
      return cost === null || theirs === null ? [] : [theirs.us / cost.us];
    });
    const own = (costs[n] ?? []).flatMap((cost) => cost ?? []);
    const row = { scene: scene.name, relay: relay.name, costs: own, timesAsFast: median(ratios) };
    return { ...row, refused: refused[n] ?? [] };
  });
}

/** Compilers compile, caches fill, and what a process needed for its start it has given back: not measured. */
async function warmUp(relays: readonly Relay[], traffic: Traffic): Promise<void> {
  const until = performance.now() + SETTLED_MS;
  while (performance.now() < until)
    for (const scene of scenes) for (const relay of ableOf(relays, scene)) await run(relay, scene, traffic);
}

function ableOf(relays: readonly Relay[], { a, b }: Scene): Relay[] {
  return relays.filter((relay) => !(relay instanceof Bound) || relay.connects(a, b));
}

function show({ scene, relay, costs, timesAsFast, refused }: Row): string {
  if (costs.length === 0) return `${scene.padEnd(15)} ${relay.padEnd(16)} no figure: ${refused.at(-1)}`;
  const us = costs.map((cost) => cost.us);
  const megabytes = (of: (cost: Cost) => number) => (median(costs.map(of)) / 2 ** 20).toFixed(1);
  const name = `${scene.padEnd(15)} ${relay.padEnd(16)}`;
  const cost = `${median(us).toFixed(1).padStart(5)} us a packet (${Math.min(...us).toFixed(1)} … ${Math.max(...us).toFixed(1)})`;
  const calls = `${Math.floor(1e6 / (100 * median(us)))} calls a core`;
  const memory = `RSS ${megabytes(({ rss }) => rss)} MB (anonymous ${megabytes(({ anonymous }) => anonymous)})`;
  return `${name} ${cost}  ${timesAsFast.toFixed(2)}x  ${calls}  ${memory}  ${refused.length} runs refused`;
}

buildKernels();
const traffic = new Traffic();
const relays: Relay[] = [];
const rows: Row[] = [];
try {
  relays.push(await Rtpengine.start());
  relays.push(await Offhook.start("batched", 2 * PAIRS), await Offhook.start("dgram", 2 * PAIRS));
  relays.push(await Bound.start(2 * PAIRS));
  await warmUp(relays, traffic);
  for (const scene of scenes) {
    const measured = await measure(scene, ableOf(relays, scene), traffic);
    rows.push(...measured);
    if (measured.some(({ costs }) => costs.length === 0)) process.exitCode = 1;
    if (!asJson) console.log(measured.map(show).join("\n"));
  }
  if (asJson) console.log(JSON.stringify({ pairs: PAIRS, rounds, seconds, rows }, null, 2));
  else
    console.log(
      `${PAIRS} calls of two streams, 50 packets/s each way, each stream at its own time; ` +
        `medians of ${rounds} rounds of ${seconds} s; every packet of every round verified`,
    );
} finally {
  for (const relay of relays) await relay.close();
  traffic.close();
}
