import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { cli, type Parts } from "../../src/api/cli/cli.ts";
import { openControlSocket } from "../../src/api/control-socket.ts";
import { replayJournal } from "../../src/replay.ts";
import type { Ladder } from "../../src/trace/ladder.ts";
import { World } from "../logic/world.ts";
import { journalText } from "../trace/journal-of.ts";
import { folder, Screen, StandIn } from "./stand-in.ts";

const parts = {} as Parts; // none of them is loaded here

/** A data directory with one recording of two calls, and a person who types. */
async function house(t: TestContext) {
  const dir = await folder(t);
  const world = new World();
  world.post({ world: "sip", kind: "cancelled", line: "line:local", leg: world.invite("611", "0301") });
  world.invite("601", "0302");
  const [file, text] = ["data/journal-000002.jsonl", journalText(world.events)];
  await mkdir(join(dir, "data"));
  const type = async (...words: string[]) => {
    const screen = new Screen(dir);
    const code = await cli(words, screen, parts);
    return { code, out: screen.text, err: screen.errors.join("\n") };
  };
  return { dir, file, text, type };
}

test("a running gateway writes what it holds back before its recording is read, and the picture is printed", async (t) => {
  const { dir, file, text, type } = await house(t);
  const control = await openControlSocket(join(dir, "data"));
  t.after(() => control.close());
  const gateway = new StandIn();
  const half = text.indexOf("\n", text.length / 2) + 1;
  await writeFile(join(dir, file), text.slice(0, half));
  gateway.onJournal = () => writeFileSync(join(dir, file), text);
  control.serve(gateway);
  const { code, out } = await type("trace", "call:2");
  assert.equal(code, 0);
  assert.match(out, /call:2: 0302 calls 601[\s\S]*phone +gateway +provider[\s\S]*INVITE 0302[\s\S]*port:1 ring/);
  assert.doesNotMatch(out, /0301/);
});

test("without a gateway the recordings that are there are read, the newest first; a number is enough", async (t) => {
  const { dir, file, text, type } = await house(t);
  await writeFile(join(dir, file), text);
  await writeFile(join(dir, "data/journal-000003.jsonl"), "");
  assert.match((await type("trace", "1")).out, /call:1: 0301 calls 611[\s\S]*over: the caller gave up/);
  assert.match((await type("trace", "last")).out, /call:2: 0302 calls 601/);
  const other = await type("trace", "call:9");
  assert.equal(other.code, 1);
  assert.match(other.err, /do not have call:9 — there are calls between call:1 and call:2/);
});

test("recordings that can not be read, or not to their end, are told on stderr before an older one is used", async (t) => {
  const { dir, file, text, type } = await house(t);
  await writeFile(join(dir, file), text);
  const newest = "data/journal-000003.jsonl";
  const newer = new World();
  newer.invite("601", "0999");
  const lines = journalText(newer.events).split("\n");
  const renumbered = (lines.at(-2) ?? "").replace(/^\{"n":\d+/, '{"n":77');
  const otherwise = (lines.at(-2) ?? "").replace('"commands":[', '"commands":[{"world":"watchdog","kind":"feed"},');
  const without = (line: string): string => [...lines.slice(0, -2), line, ""].join("\n");
  for (const [bad, says] of [
    ["nonsense\n", /^offhook: \S+journal-000003\.jsonl: line 1 is not JSON .*; older recordings are searched$/],
    [
      without(renumbered),
      /^offhook: \S+journal-000003\.jsonl: line \d+: it has event 77 after event \d+, .*not searched$/,
    ],
    [
      without(otherwise),
      /^offhook: \S+journal-000003\.jsonl: from event \d+ on this program does otherwise than was recorded: .*not searched/,
    ],
  ] as const) {
    await writeFile(join(dir, newest), bad);
    const last = await type("trace", "last");
    assert.deepEqual([last.code, last.out.split("\n")[0]], [0, "call:2: 0302 calls 601"]);
    assert.match(last.err, says);
  }
  const missing = await type("trace", "call:1", "--journal", newest);
  assert.equal(missing.code, 1);
  assert.match(missing.err, /from event \d+ on this program does otherwise[\s\S]*does not have call:1/);
  await writeFile(join(dir, newest), "");
  assert.equal((await type("trace", "last")).err, "", "it was begun just now");
});

test("what is saved under a name that ends in .gz is compressed, and read again", async (t) => {
  const { dir, file, text, type } = await house(t);
  await writeFile(join(dir, file), text);
  assert.equal((await type("capsule", "1", "one.jsonl.gz")).code, 0);
  assert.equal((await readFile(join(dir, "one.jsonl.gz"))).readUInt16BE(), 0x1f8b);
  assert.equal((await replayJournal(join(dir, "one.jsonl.gz"))).divergence, null);
  assert.match((await type("trace", "1", "--capsule", "one.jsonl.gz", "--svg", "one.svg.gz")).out, /drawn in/);
  assert.match(gunzipSync(await readFile(join(dir, "one.svg.gz"))).toString(), /^<svg /);
});

test("the picture comes as SVG into a file, and as one JSON document", async (t) => {
  const { dir, file, text, type } = await house(t);
  await writeFile(join(dir, file), text);
  const drawn = await type("trace", "1", "--journal", file, "--svg", "one.svg");
  assert.match(drawn.out, /drawn in one\.svg/);
  assert.match(await readFile(join(dir, "one.svg"), "utf8"), /^<svg [\s\S]*CANCEL[\s\S]*<\/svg>$/);
  const ladder = JSON.parse((await type("trace", "1", "--capsule", file, "--json")).out) as Ladder;
  assert.equal(ladder.call, "call:1");
  assert.ok(ladder.rungs.some(({ from, to, text }) => from === "provider" && to === "gateway" && text === "CANCEL"));
});

test("what is no call, or no recording, is refused with the way out", async (t) => {
  const { type } = await house(t);
  for (const [words, code, says] of [
    [["trace", "handset:1"], 2, /"handset:1" is no call — write e\.g\. call:3, .*or `last`/],
    [["trace"], 2, /write: offhook trace CALL/],
    [["trace", "1", "--journal", "a", "--capsule", "b"], 2, /write: offhook trace CALL/],
    [["trace", "1", "--journal", "nowhere"], 1, /nowhere: can not be read \(ENOENT\)/],
    [["trace", "1", "--data", "nowhere"], 1, /there is no data directory .*nowhere — name one/],
    [["status", "--svg", "x"], 2, /--svg belongs to `offhook trace`/],
  ] as const) {
    const ran = await type(...words);
    assert.equal(ran.code, code, ran.err);
    assert.match(ran.err, says);
  }
});

test("with --audio what was recorded in the call is copied beside its capsule, and nothing else; never by itself", async (t) => {
  const { dir, type } = await house(t);
  const world = new World();
  const recorded = (port: "port:1" | "port:2", file: string, durationMs: number) => {
    const endpoint = port === "port:1" ? "usb:dongle:1:0" : "usb:dongle:1:1";
    world.post({
      world: "voice",
      kind: "recordEnded",
      endpoint,
      file: join(dir, file),
      reason: null,
      durationMs,
      lostMs: 0,
    });
  };
  for (const port of ["port:1", "port:2"] as const) {
    world.dial(port, "690");
    world.pass(5000);
    recorded(port, `${port}.wav`, 4000);
    world.post({ world: "fxs", kind: "wentOnHook", port });
    world.pass(1000);
    await writeFile(join(dir, `${port}.wav`), `sound of ${port}`);
  }
  world.dial("port:1", "690");
  recorded("port:1", "of-the-call-before.wav", 60_000);
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  world.pass(1000);
  await writeFile(join(dir, "j.jsonl"), journalText(world.events));
  const made = await type("capsule", "2", "two.jsonl", "--journal", "j.jsonl", "--audio");
  assert.equal(made.code, 0, made.err);
  assert.match(made.out, /^call:2 is in two\.jsonl: \d+ events; what was said, .* is in two-1\.wav$/);
  assert.equal(await readFile(join(dir, "two-1.wav"), "utf8"), "sound of port:2");
  assert.doesNotMatch(await readFile(join(dir, "two.jsonl"), "utf8"), /wav/, "a path may have a name in it");
  const json = JSON.parse((await type("capsule", "1", "one.jsonl", "--journal", "j.jsonl", "--audio", "--json")).out);
  assert.deepEqual(json.audio, ["one-1.wav"]);
  const plain = JSON.parse((await type("capsule", "1", "plain.jsonl", "--journal", "j.jsonl", "--json")).out);
  assert.deepEqual(plain.audio, []);
  const none = await type("capsule", "3", "three.jsonl", "--journal", "j.jsonl", "--audio");
  assert.deepEqual([none.code, /nobody recorded call:3 — `offhook record`/.test(none.err)], [1, true]);
  await rm(join(dir, "port:2.wav"));
  const gone = await type("capsule", "2", "gone.jsonl", "--journal", "j.jsonl", "--audio");
  assert.match(gone.err, /port:2\.wav, recorded in the call, can not be read any more/);
  const names = (await readdir(dir)).filter((name) => /^(?:plain|three|gone)/.test(name));
  assert.deepEqual(names, ["plain.jsonl"], "nothing is begun that can not be ended");
});

test("a capsule is written once, replays, and is drawn like a recording; neither number is in it", async (t) => {
  const { dir, file, text, type } = await house(t);
  await writeFile(join(dir, file), text);
  const made = await type("capsule", "call:1", "one.jsonl", "--audio", "no");
  assert.deepEqual([made.code, made.err], [0, ""]);
  assert.match(made.out, /^call:1 is in one\.jsonl: \d+ events$/);
  const capsule = await readFile(join(dir, "one.jsonl"), "utf8");
  assert.doesNotMatch(capsule, /0301|0302|Kitchen|Alice/);
  assert.equal((await replayJournal(join(dir, "one.jsonl"))).divergence, null);
  assert.match((await type("trace", "1", "--capsule", "one.jsonl")).out, /CANCEL[\s\S]*over: the caller gave up/);
  const again = await type("capsule", "call:1", "one.jsonl");
  assert.equal(again.code, 1);
  assert.match(again.err, /one\.jsonl: can not be written \(EEXIST/);
  for (const words of [
    ["capsule", "1"],
    ["capsule", "1", "y", "--audio=maybe"],
    ["capsule", "all", "x"],
    ["capsule", "1", "x", "y"],
  ])
    assert.equal((await type(...words)).code, 2);
});
