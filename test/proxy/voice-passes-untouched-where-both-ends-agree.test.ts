import assert from "node:assert/strict";
import { test } from "node:test";
import { house, line, media, World } from "../logic/world.ts";

function formats(world: World): Record<string, string> {
  const now: Record<string, string> = {};
  for (const c of world.commands) {
    if (c.world !== "voice") continue;
    if (c.kind === "openRtp" || c.kind === "openUsb") now[c.endpoint] = c.format;
    if (c.kind === "close") delete now[c.endpoint];
  }
  return now;
}

test("the port's codec chip is set to what the far end answered with", () => {
  const world = new World();
  world.dial("port:1", "700");
  const answer = { ...media, codecs: [{ format: "PCMU", payloadType: 0 }] as const };
  world.post({ world: "sip", kind: "answered", line, leg: world.invited().leg, media: answer });
  assert.deepEqual(formats(world), { "rtp:0": "PCMU", "usb:dongle:1:0": "PCMU" });
});

test("an offer in another order is answered in the codec the line prefers, and the port follows", () => {
  const world = new World();
  world.invite("601");
  world.pass(0);
  world.post({ world: "fxs", kind: "wentOffHook", port: "port:1" });
  assert.deepEqual(formats(world), { "rtp:0": "PCMA", "usb:dongle:1:0": "PCMA" });
});

const G722 = { format: "G722", payloadType: 9 } as const;

function houseOfWideband(): World {
  return new World({ ...house, lines: house.lines.map((plan) => ({ ...plan, codecs: ["G722", "PCMA", "PCMU"] })) });
}

test("wideband that a narrowband phone could not have is not negotiated: it would only cost work", () => {
  const world = houseOfWideband();
  world.invite("601", "700", { ...media, codecs: [G722, ...media.codecs] });
  world.pass(0);
  world.post({ world: "fxs", kind: "wentOffHook", port: "port:1" });
  assert.deepEqual(formats(world), { "rtp:0": "PCMA", "usb:dongle:1:0": "PCMA" });
});

test("a far end with nothing but wideband is heard all the same, by one conversion", () => {
  const world = houseOfWideband();
  world.invite("601", "700", { ...media, codecs: [G722] });
  world.pass(0);
  world.post({ world: "fxs", kind: "wentOffHook", port: "port:1" });
  assert.equal(formats(world)["rtp:0"], "G722");
});

test("comfort noise is sent where the line wants it and the far end takes it", () => {
  const lines = house.lines.map((plan) => ({ ...plan, comfortNoise: true as const }));
  for (const theirs of [{ comfortNoise: true as const }, {}]) {
    const world = new World({ ...house, lines });
    world.invite("690", "700", { ...media, ...theirs });
    const opened = world.commands.find((c) => c.world === "voice" && c.kind === "openRtp");
    assert.ok(opened?.world === "voice" && opened.kind === "openRtp");
    assert.equal(opened.comfortNoise, theirs.comfortNoise);
    const accepted = world.commands.find((c) => c.world === "sip" && c.kind === "accept");
    assert.ok(accepted?.world === "sip" && accepted.kind === "accept");
    assert.equal(accepted.media.comfortNoise, theirs.comfortNoise);
  }
});

test("who calls out from a narrowband phone offers first what needs no work", () => {
  const world = houseOfWideband();
  world.dial("port:1", "700");
  assert.deepEqual(
    world.invited().media.codecs.map(({ format }) => format),
    ["PCMA", "PCMU", "G722"],
  );
});

test("the base's linear frames are transcoded, because it speaks nothing else", () => {
  const world = new World();
  world.invite("611");
  world.post({ world: "dect", kind: "connect", handset: "handset:1", call: world.setupOf("handset:1") });
  assert.deepEqual(formats(world), { "rtp:0": "PCMA", "usb:base:1:0": "L16" });
});

test("a far end with no codec of ours is refused with 488 and no phone rings", () => {
  const world = new World();
  const leg = world.invite("600", "700", { ...media, codecs: [] });
  assert.deepEqual(world.sip(leg), ["release codecMismatch"]);
  assert.ok(!world.commands.some((c) => c.world === "fxs" || (c.world === "dect" && c.kind === "setup")));
});

test("the far end's hold changes the stream's direction and is answered in kind", () => {
  const world = new World();
  const leg = world.invite("690");
  world.post({ world: "sip", kind: "reoffered", line, leg, media: { ...media, direction: "sendonly" } });
  const reply = world.commands.findLast((c) => c.world === "sip" && c.kind === "acceptReoffer");
  assert.ok(reply?.world === "sip" && reply.kind === "acceptReoffer");
  assert.equal(reply.media.direction, "recvonly");
});

test("after the voice worker died, everything that was open is opened and joined again", () => {
  const world = new World();
  world.invite("601");
  world.pass(0);
  world.post({ world: "fxs", kind: "wentOffHook", port: "port:1" });
  world.post({ world: "voice", kind: "lost", reason: "trap" });
  const rtp = [0, 1, 2, 3].map((n) => ({ endpoint: `rtp:${n}` as const, port: 16384 + 2 * n }));
  const again = world.post({ world: "voice", kind: "ready", rtp });
  const kinds = again.flatMap((c) => (c.world === "voice" ? [c.kind] : []));
  assert.deepEqual(kinds.sort(), ["join", "openRtp", "openUsb"]);
});
