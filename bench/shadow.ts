/**
 * What a shadow costs: the voice thread's part of a followed stream, and the gateway's memory.
 *
 *   npx tsx bench/shadow.ts
 *
 * Eight streams pass through in pairs, none to eight of them followed; the ways take turns, medians of CPU time.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { SHADOW_ON } from "../src/voice/shadow/ring.ts";
import { writeRtp } from "../test/assembly/rtp.ts";
import { BesideRig } from "../test/voice/shadow/beside-rig.ts";

const STREAMS = 8;
const ROUNDS = 21;
const TICKS = 400;
const FOLLOWED = [0, 1, 2, 4, 8];
const root = join(import.meta.dirname, "..");

function opened(followed: number): BesideRig {
  const beside = new BesideRig({ streams: Math.max(1, followed), words: 2 ** 20 });
  if (followed === 0) beside.ring.set(SHADOW_ON, 0);
  for (let stream = 0; stream < STREAMS; stream++) beside.openRtp(stream, "PCMA");
  for (let stream = 0; stream < STREAMS; stream += 2) beside.rig.join(`rtp:${stream}`, `rtp:${stream + 1}`);
  return beside;
}

/** µs of CPU time a tick; the packets' arrival is in all of them. */
function ticks(beside: BesideRig, from: number): number {
  const began = process.cpuUsage();
  for (let n = from; n < from + TICKS; n++) {
    for (let stream = 0; stream < STREAMS; stream++)
      beside.rig.deliver(stream, writeRtp({ payloadType: 8, sequence: n, timestamp: n * 160, ssrc: stream + 1 }));
    beside.liveTick();
    // As if somebody had read it.
    beside.ring.begin();
  }
  const { user, system } = process.cpuUsage(began);
  return (user + system) / TICKS;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function measureTick(): void {
  const rigs = FOLLOWED.map((followed) => ({ followed, beside: opened(followed), us: [] as number[] }));
  for (let round = 0; round < ROUNDS; round++) for (const { beside, us } of rigs) us.push(ticks(beside, round * TICKS));
  const bare = median(rigs[0]?.us.slice(3) ?? []);
  for (const { followed, us } of rigs) {
    const more = followed === 0 ? "" : `, ${((median(us.slice(3)) - bare) / followed).toFixed(2)} more for each`;
    process.stdout.write(
      `${followed} of ${STREAMS} streams followed: ${median(us.slice(3)).toFixed(1)} µs a tick${more}\n`,
    );
  }
}

/** Own pages of an idle gateway, MB. */
async function memoryOf(extra: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "offhook-shadow-"));
  const config = join(folder, "offhook.toml");
  writeFileSync(config, `[sip]\nlisten = "127.0.0.1:15968"\n[rtp]\nport_min = 15970\nport_max = 15989\n${extra}`);
  const args = [join(root, "dist/offhook.js"), "start", "--config", config, "--data", folder];
  const gateway = spawn(process.execPath, args, { stdio: "ignore" });
  await after(6000);
  const status = readFileSync(`/proc/${gateway.pid}/status`, "latin1");
  gateway.kill();
  await once(gateway, "exit");
  rmSync(folder, { recursive: true });
  return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000;
}

measureTick();
const without = await memoryOf("");
const withOne = await memoryOf(`[shadow]\nmodule = "${join(root, "dist/voice.wasm")}"\n`);
process.stdout.write(`idle gateway: ${without.toFixed(1)} MB of its own, with a shadow ${withOne.toFixed(1)} MB\n`);
