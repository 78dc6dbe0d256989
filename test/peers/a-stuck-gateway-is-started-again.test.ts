import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { RouterGateway } from "../../bench/size/router-gateway.ts";
import { unitEnvironment } from "../../src/build/units.mjs";
import type { CallRecord } from "../../src/message/record.ts";
import { Program } from "./harness/program.ts";
import { Scratch } from "./harness/scratch.ts";
import { Sipp } from "./harness/sipp.ts";
import { until } from "./harness/until.ts";

const script = join(import.meta.dirname, "../../dist/supervise.sh");
/** Silence that is allowed in the tests, s. */
const WITHIN = 3;

function scratchOf(t: TestContext): Scratch {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  return scratch;
}

interface Options {
  readonly env?: Readonly<Record<string, string>>;
}

/** The supervisor with a command. */
function supervised(t: TestContext, { env = {} }: Options, ...command: readonly string[]): Program {
  const program = new Program({ name: "supervise", command: "sh", args: [script, `${WITHIN}`, ...command], env });
  scratchOf(t).atEnd(() => program.stop());
  return program;
}

/** The gateway under the supervisor, by the kernel's list of its children (`sleep` is one, too). */
function childOf(supervisor: number): number {
  const children = readFileSync(`/proc/${supervisor}/task/${supervisor}/children`, "latin1").trim().split(" ");
  const gateway = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, "latin1").includes("offhook.js"));
  assert.ok(gateway !== undefined, "the supervisor has no gateway");
  return Number(gateway);
}

async function callTheEcho(scratch: Scratch, gateway: RouterGateway): Promise<void> {
  const call = await Sipp.start(scratch, {
    scenario: join(import.meta.dirname, "../../bench/talking-uac.xml"),
    target: `127.0.0.1:${gateway.sipPort}`,
    service: "690",
    args: ["-d", "500"],
    files: { "voice.ul": Buffer.alloc(1600, 0xff) },
  });
  await call.succeeds();
}

test("a gateway that stands still is killed in time, named with what it did, and started again with its call log", async (t) => {
  const scratch = scratchOf(t);
  const prefix = ["sh", script, `${WITHIN}`];
  const gateway = await RouterGateway.start(scratch, { emulate: false, env: {}, prefix });
  const { program, door } = gateway;
  await callTheEcho(scratch, gateway);
  const saved = () => door.facts.some(({ fact }) => fact.kind === "storeChanged" && fact.what === "calls");
  await until(door.changed, { what: "the call log is saved", deadlineMs: 10_000 }, saved);

  const stuck = childOf(program.pid);
  const stoppedAt = performance.now();
  process.kill(stuck, "SIGSTOP");
  await program.says(/no event has passed for 3 s, with "-" in hand; it is stopped: killed/, 10_000);
  const again = { what: "the gateway is ready again", deadlineMs: 10_000, evidence: () => program.tail() };
  await until(program.changed, again, () => program.output.split('"ready":true').length === 3);
  const seconds = (performance.now() - stoppedAt) / 1000;
  assert.ok(seconds < WITHIN + 5, `it took ${seconds.toFixed(1)} s`);
  assert.equal(existsSync(`/proc/${stuck}`), false);

  const log = await door.ask<readonly CallRecord[]>("log");
  assert.deepEqual(
    log.map(({ result, answeredBy }) => [result, answeredBy]),
    [["answered", "service:echo"]],
  );
  await callTheEcho(scratch, gateway);
  const running = childOf(program.pid);
  program.signal("SIGTERM");
  assert.equal(await program.ends(10_000), 0, program.tail());
  assert.equal(existsSync(`/proc/${running}`), false);
});

test("a handler that never ends is killed, and the event it had in hand is named", async (t) => {
  const beats = 'printf "7              \\nsip invited     \\n" > "$OFFHOOK_HEARTBEAT"; while :; do :; done';
  const program = supervised(t, {}, "sh", "-c", beats);
  await program.says(/no event has passed for 3 s, with "sip invited" in hand; it computes: killed/, 10_000);
  await program.says(/ended with 137, is started again in 1 s/, 5000);
});

test("a gateway that crashes is started again, after longer and longer pauses", async (t) => {
  const program = supervised(t, {}, "sh", "-c", "exit 70");
  await program.says(/ended with 70, is started again in 1 s[\s\S]*ended with 70, is started again in 2 s/, 10_000);
});

test("one that ended on purpose, or was typed wrongly, is not started again", async (t) => {
  for (const code of [0, 2]) assert.equal(await supervised(t, {}, "sh", "-c", `exit ${code}`).ends(10_000), code);
});

test("systemd is told that the gateway is ready once its queue moves, and nothing while it stands still", async (t) => {
  const folder = await scratchOf(t).folder("systemd");
  // In the place of systemd's own, which wants a kind of socket that Node has not.
  await writeFile(join(folder, "systemd-notify"), '#!/bin/sh\necho "told $NOTIFY_SOCKET: $*"\n', { mode: 0o755 });
  const moves = "for n in 1 2 3; do echo $n >$OFFHOOK_HEARTBEAT; echo - >>$OFFHOOK_HEARTBEAT; sleep 1; done";
  // It starts for longer than it may be silent afterwards.
  const child = `echo "the child has \${NOTIFY_SOCKET:-none}"; sleep ${WITHIN + 1}; ${moves}; echo moved; exec sleep 60`;
  const { PATH: path = "" } = process.env;
  const env = { NOTIFY_SOCKET: "@systemd", PATH: `${folder}:${path}` };
  const program = supervised(t, { env }, "sh", "-c", child);
  await program.says(/killed/, 20_000);
  const [started = "", silent = ""] = program.output.split("moved\n");
  assert.match(started, /^the child has none\ntold @systemd: WATCHDOG=1\ntold @systemd: --ready WATCHDOG=1\n$/);
  assert.doesNotMatch(silent, /told/);
});

test("the supervisor gives the gateway the environment that the price list is measured in", async (t) => {
  const names = Object.keys(unitEnvironment);
  const program = supervised(t, {}, "sh", "-c", names.map((name) => `echo "${name}=$${name}"`).join(";"));
  assert.equal(await program.ends(10_000), 0);
  for (const [name, value] of Object.entries(unitEnvironment))
    assert.match(program.output, new RegExp(`${name}=${value}\n`));
});
