import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { ms } from "../../../src/message/units.ts";
import { header } from "../../../src/vendor/sip/wire/message.ts";
import { directLine, House, media } from "./house.ts";
import { offer, RawPeer } from "./raw-peer.ts";
import { VirtualNetwork } from "./virtual-network.ts";

const here = { address: "127.0.0.1", port: 5060 };
const there = { address: "127.0.0.2", port: 5070 };

/** An answered call whose ACK is for the test to send. sip.js's own timers go with the virtual clock here. */
async function answered(t: TestContext) {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const network = new VirtualNetwork();
  const house = new House(network, here, [directLine(there)]);
  const peer = new RawPeer(network, there, here);
  const pass = (milliseconds: number) => {
    for (let left = milliseconds; left > 0; left -= 10) {
      t.mock.timers.tick(10);
      network.clock.advance(ms(10));
    }
  };
  t.after(async () => {
    t.mock.timers.reset();
    await house.close();
  });
  peer.request("INVITE", { body: offer });
  pass(10);
  const { leg } = house.find("invited");
  house.do({ kind: "accept", leg, media });
  pass(10);
  const acknowledge = (cseq: number) =>
    peer.request("ACK", { to: header(peer.answered("INVITE"), "to") ?? "", cseq, branch: `z9hG4bKack${cseq}` });
  return { house, peer, pass, leg, acknowledge };
}

test("a 200 is repeated until its ACK comes", async (t) => {
  const { house, peer, pass, acknowledge } = await answered(t);
  pass(3600);
  assert.equal(peer.log(), "200 200 200 200", "at 0, 0.5, 1.5 and 3.5 s");
  acknowledge(1);
  pass(10_000);
  assert.equal(peer.log(), "200 200 200 200");
  assert.equal(house.story(), "invited confirmed");
});

test("a 200 that is never acknowledged ends the call after 32 s with a BYE", async (t) => {
  const { house, peer, pass } = await answered(t);
  pass(31_900);
  assert.equal(house.story(), "invited");
  pass(200);
  assert.equal(house.find("ended").cause, "timeout");
  assert.match(peer.log(), / BYE$/);
});

test("a call let go before an ACK that never comes is ended after 32 s", async (t) => {
  const { house, peer, pass, leg } = await answered(t);
  house.do({ kind: "release", leg, cause: "normal" });
  pass(31_900);
  assert.doesNotMatch(peer.log(), /BYE/);
  pass(200);
  assert.match(peer.log(), / BYE$/);
  assert.equal(house.story(), "invited");
});

test("ACK lost, then BYE: half a minute later nothing more happens", async (t) => {
  const { house, peer, pass } = await answered(t);
  const to = header(peer.answered("INVITE"), "to") ?? "";
  peer.request("BYE", { to, cseq: 2, branch: "z9hG4bKbye" });
  pass(40_000);
  assert.equal(house.story(), "invited ended");
  assert.deepEqual(house.reports, []);
  assert.doesNotMatch(peer.log(), /BYE/);
});

test("a re-INVITE's 200 that is never acknowledged ends the call", async (t) => {
  const { house, peer, pass, leg, acknowledge } = await answered(t);
  acknowledge(1);
  const to = header(peer.answered("INVITE"), "to") ?? "";
  peer.request("INVITE", { to, cseq: 2, branch: "z9hG4bKre", body: offer });
  pass(10);
  house.do({ kind: "acceptReoffer", leg, media });
  pass(32_100);
  assert.equal(house.story(), "invited confirmed reoffered ended");
  assert.match(peer.log(), / BYE$/);
});

test("a far end that keeps ringing hears 180 again every minute", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const network = new VirtualNetwork();
  const house = new House(network, here, [directLine(there)]);
  const peer = new RawPeer(network, there, here);
  house.react = (event) => {
    if (event.kind === "invited") house.do({ kind: "ring", leg: event.leg });
  };
  peer.request("INVITE", { body: offer });
  network.clock.advance(ms(10));
  t.mock.timers.tick(60_000);
  network.clock.advance(ms(10));
  assert.equal(peer.log(), "180 180", "RFC 3261 §13.3.1.1");
  house.do({ kind: "release", leg: house.find("invited").leg, cause: "noAnswer" });
  t.mock.timers.reset();
  await house.close();
});

test("a gateway that is stopped between its 200 and the ACK waits for it, to say BYE", async (t) => {
  const { house, peer, pass, acknowledge } = await answered(t);
  const closed = house.close();
  assert.doesNotMatch(peer.log(), /BYE/, "no BYE before the ACK (RFC 3261 §15)");
  acknowledge(1);
  pass(20);
  assert.match(peer.log(), / BYE$/);
  pass(2000);
  await closed;
});
