/**
 * What carrying one RTP packet costs over real sockets: our voice path on both of its edges beside Debian's rtpengine,
 * all in one run, interleaved. Every packet of the measured seconds must come out, in order, with the right payload, or
 * the round gives no figure.
 *
 *   node --import tsx bench/path.ts [ROUNDS [SECONDS]]
 */
import { readFileSync } from "node:fs";
import { median } from "./figures.ts";
import { residentBytes } from "./machine.ts";
import { Offhook } from "./path/offhook.ts";
import type { Relay } from "./path/relay.ts";
import { Rtpengine } from "./path/rtpengine.ts";
import { framesOf, type Scene, scenes, verify } from "./path/scenes.ts";
import { Traffic } from "./path/traffic.ts";

const PAIRS = 32;
const WARM_SECONDS = 1;
const MOST_TRIES = 4;
const [rounds = 5, seconds = 5] = process.argv.slice(2).map(Number);

interface Cost {
  readonly us: number;
  readonly rss: number;
}

/** Processor time of all threads of a process, ms; the kernel states it in steps of 10. */
function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function measure(relay: Relay, scene: Scene, traffic: Traffic): Promise<Cost | string> {
  const targets = [];
  for (let pair = 0; pair < PAIRS; pair++) targets.push(...(await relay.connect(pair, scene.a, scene.b)));
  const spent: number[] = [];
  let rss = 0;
  const plan = { pairs: PAIRS, warmSeconds: WARM_SECONDS, seconds, phase: "spread", frames: framesOf(scene) } as const;
  const arrivals = await traffic.run(plan, targets, () => {
    spent.push(processorMs(relay.pid));
    rss = residentBytes(relay.pid);
  });
  await relay.disconnect();
  const fault = verify(scene, arrivals, 2 * PAIRS, seconds);
  const packets = 2 * PAIRS * 50 * seconds;
  return fault ?? { us: (((spent[1] ?? 0) - (spent[0] ?? 0)) * 1000) / packets, rss };
}

/** One figure, of the first run that was right. */
async function vouchedFor(relay: Relay, scene: Scene, traffic: Traffic): Promise<Cost> {
  let fault = "";
  for (let n = 0; n < MOST_TRIES; n++) {
    const cost = await measure(relay, scene, traffic);
    if (typeof cost !== "string") return cost;
    fault = cost;
    console.log(`(${scene.name}, ${relay.name}: no figure of one run: ${fault})`);
  }
  throw new Error(`${scene.name}, ${relay.name}: no figure: ${fault}`);
}

const traffic = new Traffic();
const relays: Relay[] = [];
try {
  relays.push(await Rtpengine.start());
  relays.push(await Offhook.start("batched", 2 * PAIRS), await Offhook.start("dgram", 2 * PAIRS));
  for (const scene of scenes) {
    const costs = relays.map((): Cost[] => []);
    for (let round = 0; round < rounds; round++)
      for (const [n, relay] of relays.entries()) costs[n]?.push(await vouchedFor(relay, scene, traffic));
    const baseline = median(costs[0]?.map(({ us }) => us) ?? []);
    relays.forEach((relay, n) => {
      const all = costs[n] ?? [];
      const us = all.map((cost) => cost.us);
      const rss = median(all.map((cost) => cost.rss)) / 2 ** 20;
      console.log(
        `${scene.name.padEnd(14)} ${relay.name.padEnd(16)} ${median(us).toFixed(2).padStart(6)} us a packet ` +
          `(${(baseline / median(us)).toFixed(2)}x; ${Math.min(...us).toFixed(2)} … ${Math.max(...us).toFixed(2)} of ${us.length}), ` +
          `${Math.floor(1e6 / (100 * median(us)))} calls a core, RSS ${rss.toFixed(1)} MB`,
      );
    });
  }
  console.log(`${PAIRS} calls of two streams, 50 packets/s each way; every packet of every round verified`);
} finally {
  for (const relay of relays) await relay.close();
  traffic.close();
}
