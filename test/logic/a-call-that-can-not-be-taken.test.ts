import assert from "node:assert/strict";
import { test } from "node:test";
import type { MediaDescription } from "../../src/message/media.ts";
import { house, media, World } from "./world.ts";

function facts(world: World): string[] {
  return world.commands.flatMap((c) => (c.world === "notify" ? [c.fact.kind] : []));
}

test("with every RTP port in use a call from outside is refused at once and rings nobody", () => {
  const world = new World({ ...house, lines: house.lines.map((line) => ({ ...line, maxCalls: 9 })) });
  for (const number of ["690", "690", "611", "612"]) world.invite(number);
  const from = world.commands.length;
  const leg = world.invite("613");
  assert.deepEqual(world.sip(leg), ["release noResources"]);
  assert.ok(!world.commands.slice(from).some((c) => c.world === "dect" && c.kind === "setup"));
});

test("a call over what the line may have is refused as busy, and is in the log as missed, with the name", () => {
  const world = new World();
  for (let n = 0; n < 4; n++) world.invite("690");
  const leg = world.invite("611", "700");
  assert.deepEqual(world.sip(leg), ["release busy"]);
  assert.equal(world.record?.result, "missed");
  assert.equal(world.record?.cause, "busy");
  assert.deepEqual(world.record?.from, { number: "700", name: "Alice" });
  assert.deepEqual(world.record?.to, { number: "611", name: "Kitchen" });
});

test("a call without a codec in common is in the log as missed", () => {
  const world = new World();
  const strange: MediaDescription = { ...media, codecs: [] };
  const leg = world.invite("611", "700", strange);
  assert.deepEqual(world.sip(leg), ["release codecMismatch"]);
  assert.equal(world.record?.cause, "codecMismatch");
  world.nothingLeft();
});

test("when the voice of an answered call can not be had, nobody is told that it was answered", () => {
  const world = new World();
  world.post({ world: "voice", kind: "ready", rtp: [] });
  const leg = world.invite("611");
  world.pass(0);
  assert.ok(!facts(world).includes("callAnswered"));
  assert.deepEqual(world.sip(leg), ["release noResources"]);
  assert.equal(world.record?.result, "missed");
  world.nothingLeft();
});
