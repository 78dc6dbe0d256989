import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { getPriority, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type TestContext, test } from "node:test";
import type { PriorityStatus } from "../../../src/voice/contract.ts";
import { placeOf } from "../../../src/voice/priority.ts";
import { takesAll } from "../../../src/voice/realtime.ts";
import { edges } from "../each-edge.ts";
import { VoiceHouse } from "../house.ts";

const timeout = 30_000;
const { PATH } = process.env;
const realtime = { policy: "fifo", realtime: 1, nice: -15, why: null };
const onLinux = { timeout, skip: process.platform === "linux" ? false : "threads have no priority of their own" };
/** Whoever runs the tests may do it. */
const permitted = spawnSync("chrt", ["-f", "1", "true"]).status === 0;
const asRoot = { timeout, skip: permitted && process.getuid?.() === 0 ? false : "needs root on Linux" };

const raisesLimits = permitted && spawnSync("prlimit", ["--rtprio=1", "--nice=35", "true"]).status === 0;
const withLimits = {
  timeout,
  skip: raisesLimits ? false : "needs CAP_SYS_RESOURCE: it gives limits as a service does",
};

/** Places of all threads of this process by their number. */
function threads(): ReadonlyMap<string, ReturnType<typeof placeOf>> {
  return new Map(readdirSync("/proc/self/task").map((id) => [id, placeOf(`self/task/${id}`)]));
}

function realtimeThreads(): string[] {
  return [...threads()].filter(([, place]) => place.policy === "fifo").map(([id]) => id);
}

for (const edge of edges)
  test(
    `the voice thread alone has real-time priority, and the one after it again (${edge})`,
    asRoot,
    async (context) => {
      const house = await VoiceHouse.open(context, { edge, priority: "realtime" });
      const first = realtimeThreads();
      assert.equal(first.length, 1);
      assert.deepEqual((await house.voice.status()).priority, realtime);
      house.voice.abortWorker();
      await house.until("ready", 2);
      const second = realtimeThreads();
      assert.equal(second.length, 1);
      assert.notEqual(second[0], first[0]);
      assert.deepEqual((await house.voice.status()).priority, realtime);
      await house.voice.close();
      assert.deepEqual(realtimeThreads(), []);
    },
  );

test("status tells what others did to the voice thread", asRoot, async (context) => {
  const house = await VoiceHouse.open(context, { priority: "realtime" });
  execFileSync("chrt", ["-o", "-p", "0", realtimeThreads()[0] ?? ""]);
  assert.deepEqual((await house.voice.status()).priority, { ...realtime, policy: "other", realtime: 0 });
});

test("a voice thread that is to be nice or normal is no more than that", onLinux, async (context) => {
  const normal = await VoiceHouse.open(context, { priority: "normal" });
  assert.deepEqual(realtimeThreads(), []);
  const place = { policy: "other", realtime: 0 };
  assert.deepEqual((await normal.voice.status()).priority, { ...place, nice: getPriority(), why: null });
  const nice = await VoiceHouse.open(context, { priority: "nice", firstPort: 41_100 });
  assert.deepEqual(realtimeThreads(), []);
  const { why, ...found } = (await nice.voice.status()).priority;
  if (permitted) assert.deepEqual([found, why], [{ ...place, nice: -15 }, null]);
  else assert.match(why ?? "", /^nice -15 is not permitted: LimitNICE=-15/);
});

test("without the right, the voice runs as everybody else and says what would give it", onLinux, () => {
  for (const edge of edges) {
    const { why, ...place } = told(edge, without(["--rtprio=0", "--nice=0"]));
    assert.deepEqual(place, { policy: "other", realtime: 0, nice: getPriority() });
    assert.match(why ?? "", /^SCHED_FIFO is not permitted: LimitRTPRIO=1 .*; nice -15 is not permitted: LimitNICE=-15/);
  }
});

test("the limits that the service units set are right enough, without any capability", withLimits, () => {
  for (const edge of edges) assert.deepEqual(told(edge, without(["--rtprio=1", "--nice=35"])), realtime);
});

test("where neither koffi nor chrt is there, the voice is nice and says so", asRoot, (context) => {
  const { why, ...place } = told("dgram", [], folder(context));
  assert.deepEqual(place, { policy: "other", realtime: 0, nice: -15 });
  assert.equal(why, "SCHED_FIFO takes the package koffi at work, or the program chrt");
});

test("a chrt that knows fewer options is taken, too", asRoot, (context) => {
  const path = folder(context);
  // As busybox's.
  const script = `#!/bin/sh\n[ "$1" = -R ] && echo "chrt: invalid option -- 'R'" >&2 && exit 1\nexec /usr/bin/chrt "$@"\n`;
  writeFileSync(join(path, "chrt"), script);
  chmodSync(join(path, "chrt"), 0o755);
  assert.deepEqual(told("dgram", [], [path, PATH].join(delimiter)), realtime);
});

test("real time is not asked for where the kernel would keep nothing for the others", (context) => {
  const settings = folder(context);
  const set = (runtime: string) => {
    writeFileSync(join(settings, "sched_rt_runtime_us"), `${runtime}\n`);
    writeFileSync(join(settings, "sched_rt_period_us"), "1000000\n");
    return takesAll(settings);
  };
  assert.equal(set("950000"), null);
  for (const runtime of ["-1", "1000000"])
    assert.match(set(runtime) ?? "", /^no SCHED_FIFO where .* set it to 950000$/);
  assert.match(takesAll(join(settings, "nowhere")) ?? "", /is not there$/);
});

/** What runs a program without the capability, but with these limits. */
function without(limits: readonly string[]): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  return ["prlimit", ...limits, "setpriv", "--bounding-set=-sys_nice", "--inh-caps=-sys_nice"];
}

/** What the voice path of another process says of its priority. */
function told(edge: string | undefined, before: readonly string[], path = PATH): PriorityStatus {
  const program = [process.execPath, "--import", "tsx", join(import.meta.dirname, "tell-priority.ts"), edge ?? "auto"];
  const [command = "", ...args] = [...before, ...program];
  return JSON.parse(execFileSync(command, args, { encoding: "utf8", env: { ...process.env, PATH: path } }));
}

/** Empty, for one test. */
function folder(context: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), "offhook-priority-"));
  context.after(() => rmSync(made, { recursive: true }));
  return made;
}
