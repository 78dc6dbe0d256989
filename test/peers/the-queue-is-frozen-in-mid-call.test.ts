import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { RouterGateway } from "../../bench/size/router-gateway.ts";
import type { Status } from "../../src/api/status.ts";
import type { PhoneView } from "../../src/message/view.ts";
import { Phone } from "./harness/phone.ts";
import { Program } from "./harness/program.ts";
import { Scratch } from "./harness/scratch.ts";
import { until } from "./harness/until.ts";

/** Silence the supervisor allows, s; the queue is frozen for longer. */
const WITHIN = 2;

/** A line of `offhook replay --json`: a step, or the result. */
interface Walked {
  readonly n: number;
  readonly event?: { readonly kind: string };
  readonly commands: readonly unknown[];
  readonly divergence: unknown;
}

async function open(t: TestContext): Promise<RouterGateway> {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const prefix = ["sh", join(import.meta.dirname, "../../dist/supervise.sh"), `${WITHIN}`];
  return RouterGateway.start(scratch, { emulate: true, env: {}, prefix });
}

test("a queue frozen in mid-call keeps its state while people act, is left alone by the supervisor, and goes on in order", async (t) => {
  const { door, program, dataDir } = await open(t);
  const wait = (what: string) => ({ what, deadlineMs: 10_000, evidence: () => program.tail() });
  const [caller, other] = [new Phone("port:1", door, dataDir), new Phone("port:2", door, dataDir)];
  const answered = () => door.facts.some(({ fact }) => fact.kind === "callAnswered");
  await caller.dial("690");
  await until(door.changed, wait("the echo answers"), answered);

  await door.ask("freeze");
  const state = async () => JSON.stringify([await door.ask("calls"), await door.ask("phones"), await door.ask("log")]);
  const before = await state();
  const facts = door.facts.length;
  await caller.hangUp();
  await other.lift();
  const status = async () => (await door.ask<Status>("status")).frozen;
  const began = performance.now();
  const ticks = (await door.ask<Status>("status")).voiceStatus?.ticks ?? 0;
  const patience = (WITHIN + 2) * 1000;
  await other.until("waits longer than the supervisor would", () => performance.now() - began > patience, 2 * patience);
  const frozen = await status();
  assert.ok(frozen !== null && frozen.waiting >= 2, `${frozen?.waiting} events wait`);
  assert.equal(await state(), before);
  assert.equal(door.facts.length, facts, "nothing is told of what has not happened");
  assert.ok(((await door.ask<Status>("status")).voiceStatus?.ticks ?? 0) > ticks + 50, "the voice goes on");
  assert.doesNotMatch(program.output, /killed|is started again/);

  const stateOf = async (phone: string) =>
    (await door.ask<readonly PhoneView[]>("phones")).find((view) => view.phone === phone)?.state;
  const hooks: string[] = [];
  while (hooks.length < 2) {
    const { event } = await door.ask<{ event: { kind: string; port?: string } }>("freeze", "--step");
    if (event.kind.startsWith("went")) hooks.push(`${event.port} ${event.kind} ${await stateOf("port:2")}`);
  }
  assert.deepEqual(hooks, ["port:1 wentOnHook idle", "port:2 wentOffHook dialling"]);
  await door.ask("resume");
  await other.hears("dial");
  await until(door.changed, wait("the first call ends"), () =>
    door.facts.some(({ fact }) => fact.kind === "callEnded"),
  );
  assert.equal((await door.ask<Status>("status")).frozen, null);
  assert.match(program.output, /the queue goes on after [4-9]\.\d s, \d+ events waited/);
  program.signal("SIGTERM");
  assert.equal(await program.ends(10_000), 0, program.tail());
});

test("a handset lifted just as its caller hangs up does not answer the next call, and the recording of it replays", async (t) => {
  const { door, program, dataDir } = await open(t);
  const wait = (what: string) => ({ what, deadlineMs: 10_000, evidence: () => program.tail() });
  const [first, second, handset] = (["port:1", "port:2", "handset:2"] as const).map(
    (name) => new Phone(name, door, dataDir),
  ) as [Phone, Phone, Phone];
  await first.dial("612");
  await handset.rings();
  await door.ask("freeze");
  await first.hangUp();
  await second.lift();
  await second.press("612");
  await handset.lift();
  await door.ask("resume");
  const rings = () => door.facts.filter(({ fact }) => fact.kind === "callStarted").length === 2;
  await until(door.changed, wait("the second call begins"), rings);
  program.signal("SIGTERM");
  assert.equal(await program.ends(10_000), 0, program.tail());
  const answered = door.facts.filter(({ fact }) => fact.kind === "callAnswered");
  assert.deepEqual(answered, [], "the CC-CONNECT was the first call's");

  const [journal = ""] = readdirSync(dataDir).filter((name) => name.startsWith("journal-"));
  const offhook = join(import.meta.dirname, "../../dist/offhook.js");
  const walk = async (...options: readonly string[]) => {
    const args = [offhook, "replay", join(dataDir, journal), "--json", ...options];
    const replay = new Program({ name: "replay", command: process.execPath, args });
    assert.equal(await replay.ends(10_000), 0, replay.tail());
    return replay.output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Walked);
  };
  const steps = await walk("--step", "--watch", "handset:2");
  const stale = (await walk("--step")).find(({ event }) => event?.kind === "connect");
  assert.deepEqual(stale?.commands, [], "it came, and nothing followed");
  assert.ok(stale.n > (steps.find(({ event }) => event?.kind === "digit")?.n ?? Number.NaN), "after the second call");
  assert.deepEqual(
    (await walk()).map(({ divergence }) => divergence),
    [null],
  );
});

test("a gateway that is asked to stop while its queue is frozen stops", async (t) => {
  const { door, program, dataDir } = await open(t);
  await new Phone("port:1", door, dataDir).dial("690");
  await until(door.changed, { what: "the echo answers", deadlineMs: 10_000, evidence: () => program.tail() }, () =>
    door.facts.some(({ fact }) => fact.kind === "callAnswered"),
  );
  await door.ask("freeze");
  program.signal("SIGTERM");
  assert.equal(await program.ends(10_000), 0, program.tail());
});
