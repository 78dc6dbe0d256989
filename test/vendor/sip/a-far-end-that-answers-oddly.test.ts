import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { header, type SipMessage } from "../../../src/vendor/sip/wire/message.ts";
import { directLine, House } from "./house.ts";
import { offer, RawPeer } from "./raw-peer.ts";
import { VirtualNetwork } from "./virtual-network.ts";

const here = { address: "127.0.0.1", port: 5060 };
const there = { address: "127.0.0.2", port: 5060 };

function calling(t: TestContext, over = {}) {
  const network = new VirtualNetwork();
  const house = new House(network, here, [directLine(there, over)]);
  const peer = new RawPeer(network, there, here);
  t.after(() => house.close());
  return { network, house, peer };
}

test("a 180 without Contact and To tag rings", async (t) => {
  const { network, house, peer } = calling(t);
  house.call("sip:out-1");
  await network.pass(20);
  peer.respond(peer.requested("INVITE"), "180 Ringing", { tag: null });
  await network.pass(20);
  assert.equal(house.story(), "calling ringing");
});

test("a 200 without Contact is acknowledged to the Request-URI", async (t) => {
  const { network, house, peer } = calling(t);
  house.call("sip:out-1");
  await network.pass(20);
  peer.respond(peer.requested("INVITE"), "200 OK", { body: offer });
  await network.pass(20);
  assert.equal(house.story(), "calling answered");
  assert.equal(peer.requested("ACK").uri, "sip:600@127.0.0.2");
});

test("a Contact with reserved characters comes back as it was", async (t) => {
  const { network, house, peer } = calling(t);
  house.call("sip:out-1");
  await network.pass(20);
  const target = "sip:+4930;tgrp=TG1;trunk-context=x@127.0.0.2:5060;transport=udp";
  const route = "<sip:127.0.0.2;lr;ftag=a.b>";
  peer.respond(peer.requested("INVITE"), "200 OK", {
    body: offer,
    extra: [`Contact: "Ü" <${target}>;q=0.5`, `Record-Route: ${route}`],
  });
  await network.pass(20);
  const ack = peer.requested("ACK");
  assert.equal(ack.uri, target);
  assert.equal(header(ack, "route"), route);
});

test("a strict router gets the Request-URI, the remote target goes last", async (t) => {
  const { network, house, peer } = calling(t);
  house.call("sip:out-1");
  await network.pass(20);
  const extra = [peer.contact, "Record-Route: <sip:127.0.0.2:5060>"];
  peer.respond(peer.requested("INVITE"), "200 OK", { body: offer, extra });
  await network.pass(20);
  const ack = peer.requested("ACK");
  assert.equal(ack.uri, "sip:127.0.0.2:5060");
  assert.equal(header(ack, "route"), "<sip:peer@127.0.0.2:5060>");
});

test("a 183 with a session description is early media, once", async (t) => {
  const { network, house, peer } = calling(t);
  house.call("sip:out-1");
  await network.pass(20);
  const invite = peer.requested("INVITE");
  for (const status of ["183 Session Progress", "183 Session Progress", "180 Ringing"])
    peer.respond(invite, status, { extra: [peer.contact], body: status.startsWith("183") ? offer : "" });
  await network.pass(20);
  assert.equal(house.story(), "calling progressed ringing");
  peer.respond(invite, "200 OK", { extra: [peer.contact] });
  await network.pass(20);
  assert.deepEqual(house.find("answered").media, house.find("progressed").media, "a 200 without SDP means the same");
});

test("the 200 of another branch than the 183 is the one that counts", async (t) => {
  const { network, house, peer } = calling(t);
  house.call("sip:out-1");
  await network.pass(20);
  const invite = peer.requested("INVITE");
  peer.respond(invite, "183 Session Progress", { extra: [peer.contact], body: offer, tag: "branch-a" });
  peer.respond(invite, "200 OK", {
    extra: [peer.contact],
    body: offer.replaceAll("10.0.0.2", "10.0.0.3"),
    tag: "branch-b",
  });
  await network.pass(20);
  assert.equal(house.find("answered").media.remote.address, "10.0.0.3");
  peer.respond(invite, "200 OK", { extra: [peer.contact], body: offer, tag: "branch-a" });
  await network.pass(20);
  assert.equal(house.story(), "calling progressed answered");
  assert.match(header(peer.requested("BYE"), "to") ?? "", /branch-a/, "the second 2xx is acknowledged and ended");
});

test("a 200 that nobody can talk to is acknowledged, ended and refused as 488", async (t) => {
  const { network, house, peer } = calling(t);
  house.call("sip:out-1");
  await network.pass(20);
  peer.respond(peer.requested("INVITE"), "200 OK", { extra: [peer.contact], body: "v=0\r\nm=nonsense\r\n" });
  await network.pass(20);
  assert.equal(peer.log(), "INVITE ACK BYE");
  assert.equal(house.find("refused").status, 488);
});

test("a 200 that crosses the CANCEL is acknowledged and ended", async (t) => {
  const { network, house, peer } = calling(t);
  house.call("sip:out-1");
  await network.pass(20);
  const invite = peer.requested("INVITE");
  peer.respond(invite, "180 Ringing", { extra: [peer.contact] });
  await network.pass(20);
  house.do({ kind: "release", leg: "sip:out-1", cause: "cancelled" });
  peer.respond(invite, "200 OK", { extra: [peer.contact], body: offer });
  await network.pass(20);
  assert.equal(peer.log(), "INVITE CANCEL ACK BYE");
  assert.equal(house.story(), "calling ringing");
});

test("a challenge after the caller has given up does not ring on", async (t) => {
  const { network, house, peer } = calling(t, { password: "secret" });
  house.call("sip:out-1");
  await network.pass(20);
  house.do({ kind: "release", leg: "sip:out-1", cause: "cancelled" });
  const extra = ['Proxy-Authenticate: Digest realm="a", nonce="b", qop="auth"'];
  peer.respond(peer.requested("INVITE"), "407 Proxy Authentication Required", { extra });
  await network.pass(50);
  assert.equal(peer.log(), "INVITE ACK");
  assert.equal(house.story(), "calling");
});

test("a challenge is answered with the strongest algorithm, and a loop of challenges ends after one try", async (t) => {
  const { network, house, peer } = calling(t, { password: "secret" });
  peer.react = (message) => {
    if (message.kind === "request" && message.method === "INVITE")
      peer.respond(message, "401 Unauthorized", {
        extra: [
          'WWW-Authenticate: Digest realm="a", nonce="b", qop="auth", algorithm=SHA-256, Digest realm="a", nonce="c"',
          'WWW-Authenticate: Basic realm="a"',
        ],
      });
  };
  house.call("sip:out-1");
  await network.pass(200);
  assert.equal(peer.log(), "INVITE ACK INVITE ACK");
  assert.match(header(peer.requested("INVITE", 1), "authorization") ?? "", /algorithm=SHA-256.*qop=auth/);
  assert.equal(house.find("refused").status, 401);
});

test("a stranger's challenge gets no credentials", async (t) => {
  const { network, house, peer } = calling(t, { password: "secret" });
  house.call("sip:out-1");
  await network.pass(20);
  const stranger = new RawPeer(network, { address: "127.0.0.9", port: 5060 }, here);
  stranger.respond(peer.requested("INVITE"), "401 Unauthorized", {
    extra: ['WWW-Authenticate: Digest realm="a", nonce="b"'],
  });
  await network.pass(50);
  assert.equal(
    peer.inbox.some((message) => header(message, "authorization") !== null),
    false,
  );
  assert.equal(house.find("refused").status, 401);
});

test("a repeated final response gets its ACK again and nothing else", async (t) => {
  const { network, house, peer } = calling(t);
  house.call("sip:out-1");
  await network.pass(20);
  const invite = peer.requested("INVITE");
  for (let times = 0; times < 3; times++) peer.respond(invite, "486 Busy Here");
  await network.pass(50);
  assert.equal(peer.log(), "INVITE ACK ACK ACK");
  const branches = peer.inbox.map((message) => /branch=[^;]+/.exec(header(message, "via") ?? "")?.[0]);
  assert.equal(new Set(branches).size, 1, "the ACK has the INVITE's branch");
  assert.equal(house.story(), "calling refused");
});

test("a far end that never answers the CANCELled INVITE is given up after 32 s", async (t) => {
  const { network, house, peer } = calling(t);
  peer.react = (message) => {
    if (message.kind === "request" && message.method === "CANCEL") peer.respond(message, "200 OK");
  };
  house.call("sip:out-1");
  await network.pass(20);
  peer.respond(peer.requested("INVITE"), "180 Ringing", { extra: [peer.contact] });
  await network.pass(20);
  house.do({ kind: "release", leg: "sip:out-1", cause: "cancelled" });
  await network.pass(31_000);
  assert.equal(house.side.figures().clientTransactions, 1);
  await network.pass(2_000);
  assert.equal(house.side.figures().clientTransactions, 0);
});

const malformed: readonly (readonly [string, (invite: SipMessage) => string])[] = [
  ["without a branch", (invite) => String(header(invite, "via")).replace(/;branch=[^;]+/, "")],
  ["with somebody's branch", (invite) => String(header(invite, "via")).replace(/branch=[^;]+/, "branch=z9hG4bKx")],
];

test("a response that belongs to nothing is dropped", async (t) => {
  const { network, house, peer } = calling(t);
  house.call("sip:out-1");
  await network.pass(20);
  const invite = peer.requested("INVITE");
  for (const [, via] of malformed)
    peer.send(
      `SIP/2.0 180 Ringing\r\nVia: ${via(invite)}\r\nFrom: ${header(invite, "from")}\r\nTo: <sip:a@b>;tag=x\r\nCall-ID: ${header(invite, "call-id")}\r\nCSeq: 1 INVITE\r\n\r\n`,
    );
  await network.pass(20);
  assert.equal(house.story(), "calling");
});

test("a redirect is a refusal with its status", async (t) => {
  const { network, house, peer } = calling(t);
  house.call("sip:out-1");
  await network.pass(20);
  peer.respond(peer.requested("INVITE"), "302 Moved Temporarily", { extra: ["Contact: <sip:elsewhere@example.com>"] });
  await network.pass(20);
  assert.equal(house.find("refused").status, 302);
  assert.equal(peer.log(), "INVITE ACK");
});

test("a server whose name is not to be found is 503", async (t) => {
  const { network, house } = calling(t, { server: { host: "0.0.0.0", port: 5060 } });
  house.call("sip:out-1");
  await network.pass(20);
  assert.equal(house.find("refused").status, 503);
});

test("a reliable 18x is acknowledged by PRACK, asked for or not", async (t) => {
  const { network, house, peer } = calling(t);
  house.call("sip:out-1");
  await network.pass(20);
  const extra = [peer.contact, "Require: 100rel", "RSeq: 71"];
  peer.respond(peer.requested("INVITE"), "183 Session Progress", { extra, body: offer });
  await network.pass(20);
  assert.equal(header(peer.requested("PRACK"), "rack"), "71 1 INVITE");
});
