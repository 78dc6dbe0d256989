/** ITU-T V.152 by RFC 3261 §14: a call in which a machine speaks goes on in G.711, and nothing is done to its sound. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { MediaDescription, RtpFormat } from "../../src/message/media.ts";
import type { SipLeg } from "../../src/message/sip.ts";
import { house, line, media, World } from "../logic/world.ts";

const G722 = { format: "G722", payloadType: 9 } as const;
const PCMA = { format: "PCMA", payloadType: 8 } as const;
const wideband: MediaDescription = { ...media, codecs: [G722] };
const channel = "usb:dongle:1:0";

/** Both ports have a fax machine, if any; the line speaks wideband, too, and keeps quiet in silence. */
function faxHouse(codecs: readonly RtpFormat[] = ["G722", "PCMA", "PCMU"], fax = true): World {
  return new World({
    ...house,
    lines: house.lines.map((plan) => ({ ...plan, codecs, comfortNoise: true as const })),
    phones: house.phones.map((plan) =>
      plan.phone.startsWith("port:") ? { ...plan, echoTailMs: 16, ...(fax ? { fax: true as const } : {}) } : plan,
    ),
  });
}

/** The phone at port 1 calls 700, which answers in this. */
function callOut(world: World, answer: MediaDescription): SipLeg {
  world.dial("port:1", "700");
  const { leg } = world.invited();
  world.post({ world: "sip", kind: "answered", line, leg, media: answer });
  return leg;
}

function hearFax(world: World, tone: "cng" | "ced" | "ansam" = "cng", from: "phone" | "farEnd" = "phone") {
  return world.post({ world: "voice", kind: "faxTone", endpoint: channel, tone, from });
}

/** What the last command of each endpoint says. */
function opened(world: World) {
  const last = (kind: "openUsb" | "openRtp") =>
    world.commands.findLast((command) => command.world === "voice" && command.kind === kind);
  const [usb, rtp] = [last("openUsb"), last("openRtp")];
  assert.ok(usb?.world === "voice" && usb.kind === "openUsb" && rtp?.world === "voice" && rtp.kind === "openRtp");
  return { usb, rtp };
}

function reoffers(world: World, leg: SipLeg): RtpFormat[][] {
  return world.commands.flatMap((c) =>
    c.world === "sip" && c.kind === "reoffer" && c.leg === leg ? [c.media.codecs.map(({ format }) => format)] : [],
  );
}

test("a port's channel is searched while it talks to somebody, not while it dials, and not when the port says so", () => {
  const world = faxHouse();
  world.dial("port:1", "70");
  const dialling = world.commands.findLast((c) => c.world === "voice" && c.kind === "openUsb");
  assert.ok(dialling?.world === "voice" && dialling.kind === "openUsb");
  assert.equal(dialling.faxSearch, undefined);
  const talking = faxHouse();
  callOut(talking, media);
  assert.equal(opened(talking).usb.faxSearch, true);
  const without = faxHouse(["PCMA"], false);
  callOut(without, media);
  assert.equal(opened(without).usb.faxSearch, undefined);
});

test("a fax tone ends canceller, muting of keys, comfort noise and search, and both ends carry a machine", () => {
  const world = faxHouse(["PCMA", "PCMU"]);
  const leg = callOut(world, { ...media, codecs: [PCMA], comfortNoise: true });
  const before = opened(world);
  assert.deepEqual([before.usb.echoTailMs, before.usb.muteKeys, before.rtp.comfortNoise], [16, true, true]);
  hearFax(world);
  const { usb, rtp } = opened(world);
  assert.deepEqual(
    [usb.echoTailMs, usb.muteKeys, usb.faxSearch, usb.voiceBandData],
    [undefined, undefined, undefined, true],
  );
  assert.deepEqual([rtp.comfortNoise, rtp.voiceBandData, rtp.format], [undefined, true, "PCMA"]);
  assert.deepEqual(reoffers(world, leg), [], "it is G.711 already");
});

test("a call in another codec is offered G.711 and nothing else, and the port follows the answer", () => {
  const world = faxHouse();
  const leg = callOut(world, wideband);
  assert.equal(opened(world).rtp.format, "G722");
  hearFax(world);
  assert.deepEqual(reoffers(world, leg), [["PCMA", "PCMU"]]);
  assert.equal(opened(world).rtp.format, "G722", "until it is answered");
  const answer = { ...media, codecs: [{ format: "PCMU", payloadType: 0 }] as const };
  world.post({ world: "sip", kind: "reanswered", line, leg, media: answer });
  const { usb, rtp } = opened(world);
  assert.deepEqual([rtp.format, rtp.voiceBandData, usb.format, usb.voiceBandData], ["PCMU", true, "PCMU", true]);
});

test("G.711 is offered though the line does not list it, and in the order in which it lists it", () => {
  for (const [codecs, offered] of [
    [["G722"], ["PCMA", "PCMU"]],
    [
      ["G722", "PCMU"],
      ["PCMU", "PCMA"],
    ],
  ] as const) {
    const world = faxHouse(codecs);
    const leg = callOut(world, wideband);
    hearFax(world);
    assert.deepEqual(reoffers(world, leg), [offered]);
  }
});

test("a far end that refuses keeps its codec, and a later hold offers that", () => {
  const world = faxHouse();
  const leg = callOut(world, wideband);
  hearFax(world);
  world.post({ world: "sip", kind: "reofferRefused", line, leg, status: 488 });
  assert.equal(opened(world).rtp.format, "G722");
  assert.equal(world.upper.view().calls[0]?.state, "answered");
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  world.pass(150);
  world.post({ world: "fxs", kind: "wentOffHook", port: "port:1" });
  assert.deepEqual(reoffers(world, leg), [["PCMA", "PCMU"], ["G722"]]);
});

test("a call that came in is switched in the same way", () => {
  const world = faxHouse();
  const leg = world.invite("601", "700", wideband);
  world.pass(0);
  world.post({ world: "fxs", kind: "wentOffHook", port: "port:1" });
  hearFax(world, "ced");
  assert.deepEqual(reoffers(world, leg), [["PCMA", "PCMU"]]);
});

test("a machine heard before the answer is switched at once, and G.711 offered when the call is up", () => {
  const world = faxHouse();
  world.dial("port:1", "700");
  const { leg } = world.invited();
  world.post({ world: "sip", kind: "progressed", line, leg, media: wideband });
  hearFax(world, "ced", "farEnd");
  assert.equal(opened(world).usb.voiceBandData, true);
  assert.deepEqual(reoffers(world, leg), []);
  world.post({ world: "sip", kind: "answered", line, leg, media: wideband });
  assert.deepEqual(reoffers(world, leg), [["PCMA", "PCMU"]]);
});

test("the far end that offers G.711 itself gets it, and nothing is offered besides", () => {
  const world = faxHouse();
  const leg = callOut(world, wideband);
  world.post({ world: "sip", kind: "reoffered", line, leg, media: { ...media, codecs: [G722, PCMA] } });
  assert.equal(opened(world).rtp.format, "G722", "voice stays in what it is");
  hearFax(world);
  world.post({ world: "sip", kind: "reoffered", line, leg, media: { ...media, codecs: [G722, PCMA] } });
  const { usb, rtp } = opened(world);
  assert.deepEqual([rtp.format, usb.format], ["PCMA", "PCMA"]);
  assert.equal(reoffers(world, leg).length, 1, "the one of before");
});

test("more tones change nothing, each call begins as a voice, and who watches is told once", () => {
  const world = faxHouse();
  callOut(world, media);
  const first = hearFax(world);
  assert.deepEqual(
    first.flatMap((c) => (c.world === "notify" ? [c.fact] : [])),
    [{ kind: "callCarriesFax", call: "call:1", party: "port:1", tone: "cng" }],
  );
  assert.deepEqual(hearFax(world, "ced", "farEnd"), []);
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  world.pass(2000);
  assert.deepEqual(hearFax(world), [], "nobody speaks");
  callOut(world, media);
  const { usb, rtp } = opened(world);
  assert.deepEqual([usb.faxSearch, usb.voiceBandData, rtp.voiceBandData], [true, undefined, undefined]);
});

test("keys that a machine's sound was taken for are not sent, those of a call of voices are", () => {
  const sent = (world: World) => world.commands.filter((c) => c.world === "voice" && c.kind === "sendDigit").length;
  for (const isFax of [false, true]) {
    const world = faxHouse();
    callOut(world, media);
    if (isFax) hearFax(world);
    world.post({ world: "fxs", kind: "digit", port: "port:1", digit: "5" });
    assert.equal(sent(world), isFax ? 0 : 1);
  }
});

test("from port to port both are left alone", () => {
  const world = faxHouse();
  world.dial("port:1", "602");
  world.pass(0);
  world.post({ world: "fxs", kind: "wentOffHook", port: "port:2" });
  const commands = hearFax(world);
  const data = commands.flatMap((c) =>
    c.world === "voice" && c.kind === "openUsb" && c.voiceBandData === true ? [c.endpoint] : [],
  );
  assert.deepEqual(data.sort(), ["usb:dongle:1:0", "usb:dongle:1:1"]);
});

test("calls of handsets and of two lines are not searched", () => {
  const world = faxHouse();
  world.invite("611");
  world.post({ world: "dect", kind: "connect", handset: "handset:1", call: world.setupOf("handset:1") });
  world.invite("mobile");
  assert.ok(!world.commands.some((c) => c.world === "voice" && c.kind === "openUsb" && c.faxSearch === true));
});

test("after the voice worker died a call between machines is opened as one", () => {
  const world = faxHouse(["PCMA"]);
  callOut(world, media);
  hearFax(world);
  world.post({ world: "voice", kind: "lost", reason: "trap" });
  const rtp = [0, 1, 2, 3].map((n) => ({ endpoint: `rtp:${n}` as const, port: 16384 + 2 * n }));
  const again = world.post({ world: "voice", kind: "ready", rtp });
  for (const c of again)
    if (c.world === "voice" && (c.kind === "openUsb" || c.kind === "openRtp")) assert.equal(c.voiceBandData, true);
});
