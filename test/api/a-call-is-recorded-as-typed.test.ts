import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { cli, type Parts } from "../../src/api/cli/cli.ts";
import { ask } from "../../src/api/control-client.ts";
import { openControlSocket } from "../../src/api/control-socket.ts";
import { showFact } from "../../src/api/show-fact.ts";
import { folder, Screen, StandIn } from "./stand-in.ts";

/** A person at a terminal, beside a gateway with one call. */
async function terminal(t: TestContext) {
  const dir = await folder(t);
  const control = await openControlSocket(join(dir, "data"));
  t.after(() => control.close());
  const gateway = new StandIn();
  control.serve(gateway);
  const type = async (...words: string[]) => {
    const screen = new Screen(dir);
    // Nothing is loaded for what a running gateway does.
    const code = await cli(words, screen, {} as Parts);
    return { code, out: screen.text.trim(), err: screen.errors.join("\n") };
  };
  return { type, dir, gateway };
}

test("a call, a party of it or an endpoint is recorded to a file beside the person, and stopped", async (t) => {
  const { type, dir, gateway } = await terminal(t);
  for (const [target, endpoint] of [
    ["call:3", "rtp:0"],
    ["3", "rtp:0"],
    ["handset:1", "usb:base:1:0"],
    ["line:local", "rtp:0"],
    ["usb:dongle:2:1", "usb:dongle:2:1"],
  ] as const) {
    const { code, out } = await type("record", target, "talk.wav");
    assert.equal(code, 0);
    assert.equal(out, `${endpoint} is recorded to ${dir}/talk.wav: left is what it says, right what it hears`);
    assert.equal(gateway.recorded, join(dir, "talk.wav"));
    const stopped = await type("record", target, "--stop");
    assert.equal(stopped.out, `12.3 s recorded to ${dir}/talk.wav, of them 1.0 s lost: the disk is too slow`);
    assert.equal(gateway.recorded, null);
  }
});

test("a file is played to one side, once or again and again", async (t) => {
  const { type, dir, gateway } = await terminal(t);
  assert.equal((await type("play", "handset:1", "hold.wav")).out, `${dir}/hold.wav is played to usb:base:1:0`);
  assert.match((await type("play", "rtp:0", "hold.wav", "--repeat")).out, /again and again$/);
  assert.deepEqual(gateway.played, [
    ["usb:base:1:0", join(dir, "hold.wav"), false],
    ["rtp:0", join(dir, "hold.wav"), true],
  ]);
});

test("what makes no sense is refused with the thing, the value and the way out", async (t) => {
  const { type } = await terminal(t);
  await type("record", "rtp:0", "a.wav");
  for (const [words, code, says] of [
    [["record"], 2, /write: offhook record CALL\|PARTY\|ENDPOINT FILE\.wav \| … --stop/],
    [["record", "rtp:0", "a.wav", "--stop"], 2, /write: offhook record/],
    [["record", "rtp:0", "b.wav"], 1, /record: rtp:0 is recorded to .*a\.wav: stop that first/],
    [
      ["record", "call:9", "a.wav"],
      1,
      /record: there is no call, party of a call or endpoint call:9 — see `offhook calls`/,
    ],
    [["record", "port:1", "a.wav"], 1, /record: port:1 has no voice yet — try again when the call is answered/],
    [["record", "rtp:x", "a.wav"], 1, /no call, party of a call or endpoint rtp:x/],
    [["play", "call:3", "a.wav"], 1, /play: call:3 has two sides — name the one .*: line:local or handset:1 or port:1/],
    [["play", "rtp:0", "--stop"], 1, /play: nothing is played to rtp:0/],
    [["play", "rtp:0", "a.wav", "b.wav"], 2, /write: offhook play/],
    [["play", "rtp:0", "--repeat"], 2, /play: --repeat is no option here/],
    [["status", "--stop"], 2, /--stop belongs to `offhook record`, `play`, not to `status`/],
  ] as const) {
    const run = await type(...words);
    assert.match(run.err, says);
    assert.equal(run.code, code, words.join(" "));
  }
});

test("who speaks to the socket itself has to name a full path", async (t) => {
  const { dir } = await terminal(t);
  const to = { item: () => undefined, dropped: () => undefined };
  for (const file of ["talk.wav", "../talk.wav", "", "--stop=1"])
    await assert.rejects(ask(join(dir, "data"), "record", ["rtp:0", file], to), /is no (?:full path of a file|option)/);
});

test("how recordings and players ended is told in words", () => {
  const file = "/tmp/a.wav";
  assert.equal(
    showFact({ kind: "recordEnded", endpoint: "rtp:0", file, reason: "no space", durationMs: 2000, lostMs: 0 }),
    "rtp:0: 2.0 s recorded to /tmp/a.wav, ended: no space",
  );
  assert.equal(showFact({ kind: "playEnded", endpoint: "rtp:0", file, reason: null }), "rtp:0: /tmp/a.wav was played");
});
