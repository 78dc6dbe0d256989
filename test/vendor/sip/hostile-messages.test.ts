import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { gate } from "../../../src/vendor/sip/wire/gate.ts";
import { directLine, House, media } from "./house.ts";
import { offer, RawPeer } from "./raw-peer.ts";
import { protosCases, tortureMessages } from "./vectors.ts";
import { VirtualNetwork } from "./virtual-network.ts";

const here = { address: "127.0.0.1", port: 5060 };
const friend = { address: "127.0.0.2", port: 5060 };
const attacker = { address: "127.0.0.9", port: 5060 };

/** A house with one answered call, and an attacker whose datagrams are anything. */
async function inCall(t: TestContext) {
  const network = new VirtualNetwork();
  const house = new House(network, here, [directLine(friend)]);
  const peer = new RawPeer(network, friend, here);
  house.call("sip:out-1");
  await network.pass(20);
  peer.respond(peer.requested("INVITE"), "200 OK", { extra: [peer.contact], body: offer });
  await network.pass(20);
  assert.equal(house.story(), "calling answered");
  t.after(() => house.close());
  /** The call is still there, and still ends when it should. */
  const callLives = async () => {
    house.do({ kind: "sendDigit", leg: "sip:out-1", digit: "5", durationMs: 100 });
    await network.pass(20);
    peer.respond(peer.requested("INFO"), "200 OK");
    peer.request("BYE", { callId: String(callIdOf(peer)), from: toOf(peer), to: fromOf(peer), branch: "z9hG4bKend" });
    await network.pass(20);
    assert.equal(house.find("ended").leg, "sip:out-1");
  };
  const send = (octets: Uint8Array) => network.send(attacker, octets, here);
  return { network, house, callLives, send };
}

function field(peer: RawPeer, key: string): string {
  return peer.requested("ACK").headers.find((entry) => entry.key === key)?.value ?? "";
}
const callIdOf = (peer: RawPeer) => field(peer, "call-id");
const toOf = (peer: RawPeer) => field(peer, "to");
const fromOf = (peer: RawPeer) => field(peer, "from");

const messages = tortureMessages();

test("all 49 messages of RFC 4475 in a call: each gets the answer it should, nothing throws, the call goes on", async (t) => {
  const { network, house, callLives, send } = await inCall(t);
  assert.equal(messages.length, 49);
  house.react = (event) => {
    if (event.kind === "invited") house.do({ kind: "release", leg: event.leg, cause: "busy" });
  };
  const wrong: string[] = [];
  for (const { name, octets, verdict } of messages) {
    // Responses go to the port in the Via, which need not be the one listened at.
    const before = network.passed.length;
    send(octets);
    await network.pass(20);
    const callId = /^(?:call-id|i)\s*:\s*(\S+)/im.exec(Buffer.from(octets).toString("latin1"))?.[1] ?? "";
    const status = network.passed
      .slice(before)
      .filter(({ from, text }) => from === "127.0.0.1:5060" && text.includes(`Call-ID: ${callId}`))
      .map(({ what }) => Number(/^(\d{3}) /.exec(what)?.[1] ?? 0))
      .find((code) => code >= 200);
    const judged = verdict(status);
    if (judged !== null) wrong.push(`${name}: ${judged}`);
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(
    house.reports.filter((report) => /refused:|^sip\.js /.test(report)),
    [],
    "nothing got as far as to make sip.js throw",
  );
  await callLives();
});

test("all PROTOS cases in a call: nothing throws, nothing is left behind, the call goes on", async (t) => {
  const { network, house, callLives, send } = await inCall(t);
  house.react = (event) => {
    if (event.kind === "invited") house.do({ kind: "ring", leg: event.leg });
    if (event.kind === "invited") house.do({ kind: "accept", leg: event.leg, media });
    if (event.kind === "cancelled" || (event.kind === "ended" && event.leg !== "sip:out-1"))
      house.do({ kind: "release", leg: event.leg, cause: "cancelled" });
  };
  let count = 0;
  for (const { invite, teardown } of protosCases(attacker.address)) {
    count++;
    for (const octets of [invite, ...teardown]) send(octets);
    await network.pass(20);
  }
  assert.ok(count > 3000, `${count} cases`);
  const thrown = house.reports.filter((report) => /refused:|^sip\.js /.test(report));
  assert.deepEqual(thrown, []);
  assert.equal(house.side.figures().flooded, 0);
  house.react = () => {};
  for (const event of house.events)
    if (event.kind === "invited") house.do({ kind: "release", leg: event.leg, cause: "normal" });
  await callLives();
  await network.pass(70_000);
  assert.equal(house.side.figures().serverTransactions, 0);
});

test("20,000 mutations of good messages: nothing throws, the call goes on", async (t) => {
  const { network, house, callLives, send } = await inCall(t);
  const seeds = messages.map(({ octets }) => octets);
  let seed = 20_261_122;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return (seed >>> 4) % below;
  };
  const spice = [0, 9, 10, 13, 32, 34, 37, 44, 47, 58, 59, 60, 61, 62, 64, 92, 127, 128, 255];
  for (let round = 0; round < 20_000; round++) {
    const octets = Buffer.from(seeds[random(seeds.length)] ?? Buffer.alloc(0));
    for (let change = 0; change <= random(4); change++)
      octets[random(octets.length)] = spice[random(spice.length)] ?? random(256);
    send(random(3) === 0 ? octets.subarray(0, random(octets.length)) : octets);
    if (round % 50 === 49) await network.pass(200);
  }
  assert.deepEqual(
    house.reports.filter((report) => /refused:|^sip\.js /.test(report)),
    [],
  );
  await callLives();
});

test("a flood from one address is dropped unread, and the others are served", async (t) => {
  const { network, house, callLives } = await inCall(t);
  const flood = new RawPeer(network, { address: "127.0.0.66", port: 5060 }, here);
  for (let count = 0; count < 5000; count++)
    flood.request("OPTIONS", { branch: `z9hG4bKf${count}`, callId: `f${count}` });
  await network.pass(20);
  const { flooded } = house.side.figures();
  assert.ok(flooded > 2900 && flooded < 3100, `${flooded} dropped`);
  await callLives();
});

const slow: readonly (readonly [string, string])[] = [
  ["parameters", `INVITE sip:a${";a=b".repeat(16_000)}@b SIP/2.0\r\n\r\n`],
  ["headers", `INVITE sip:a@b SIP/2.0\r\n${"Contact: <sip:a@b>\r\n".repeat(3000)}\r\n`],
  ["a quote that never closes", `INVITE sip:a@b SIP/2.0\r\nFrom: "${"\\".repeat(7000)}\r\n\r\n`],
  ["commas", `INVITE sip:a@b SIP/2.0\r\nVia: ${",".repeat(4000)}\r\n\r\n`],
  ["brackets", `INVITE sip:a@b SIP/2.0\r\nVia: x\r\nFrom: ${"<".repeat(4000)}\r\n\r\n`],
  ["folded lines", `INVITE sip:a@b SIP/2.0\r\nFrom: x${"\r\n y".repeat(2000)}\r\n\r\n`],
  ["spaces", `INVITE sip:a@b SIP/2.0\r\nVia: SIP${" ".repeat(4000)}x\r\n\r\n`],
  ["a start line of spaces", `INVITE ${" ".repeat(8000)}\r\n\r\n`],
];

test("a message made to be slow is refused in a few milliseconds", () => {
  for (const [what, text] of slow) {
    const began = performance.now();
    assert.equal(gate(Buffer.from(text)).kind, "fault", what);
    assert.ok(performance.now() - began < 100, what);
  }
});
