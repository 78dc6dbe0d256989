import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { header, headers } from "../../../src/vendor/sip/wire/message.ts";
import { directLine, House, media } from "./house.ts";
import { offer, RawPeer } from "./raw-peer.ts";
import { VirtualNetwork } from "./virtual-network.ts";

const here = { address: "127.0.0.1", port: 5060 };
const there = { address: "127.0.0.2", port: 5070 };

function called(t: TestContext, accounts = [directLine(there)]) {
  const network = new VirtualNetwork();
  const house = new House(network, here, accounts);
  const peer = new RawPeer(network, there, here);
  t.after(async () => {
    await house.close();
    assert.equal(network.clock.pending, 0);
  });
  return { network, house, peer };
}

/** Sends the ACK to a 2xx, or another request inside the dialog. */
function inDialog(peer: RawPeer, method: string, cseq: number, more = {}): void {
  const to = header(peer.answered("INVITE"), "to") ?? "";
  peer.request(method, { to, cseq, branch: `z9hG4bK${method}${cseq}`, ...more });
}

test("without a word from above 100 goes out after 200 ms", async (t) => {
  const { network, peer } = called(t);
  peer.request("INVITE", { body: offer });
  await network.pass(190);
  assert.equal(peer.log(), "");
  await network.pass(20);
  assert.equal(peer.log(), "100");
});

test("a repeated INVITE gets the last response again and rings nobody twice", async (t) => {
  const { network, house, peer } = called(t);
  house.react = (event) => {
    if (event.kind === "invited") house.do({ kind: "ring", leg: event.leg });
  };
  for (let times = 0; times < 3; times++) peer.request("INVITE", { body: offer });
  await network.pass(20);
  assert.equal(peer.log(), "180 180 180");
  assert.equal(house.story(), "invited");
});

test("responses go where the request came from, with received and rport", async (t) => {
  const { network, peer } = called(t);
  const behindNat = new RawPeer(network, { address: "127.0.0.3", port: 33_333 }, here);
  behindNat.send(
    "OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.168.1.5:5060;rport;branch=z9hG4bKn1, SIP/2.0/UDP b;branch=z9hG4bK2\r\nVia: SIP/2.0/TCP c\r\nMax-Forwards: 70\r\nf: <sip:a@b>;tag=1\r\nt: <sip:127.0.0.1>\r\ni: 77\r\nCSeq: 5 OPTIONS\r\n\r\n",
  );
  await network.pass(20);
  const answer = behindNat.answered("OPTIONS");
  assert.equal(answer.status, 200);
  assert.deepEqual(headers(answer, "via"), [
    "SIP/2.0/UDP 192.168.1.5:5060;branch=z9hG4bKn1;received=127.0.0.3;rport=33333, SIP/2.0/UDP b;branch=z9hG4bK2",
    "SIP/2.0/TCP c",
  ]);
  assert.equal(peer.log(), "");
});

test("a refusal is repeated by Timer G until its ACK comes", async (t) => {
  const { network, house, peer } = called(t);
  house.react = (event) => {
    if (event.kind === "invited") house.do({ kind: "release", leg: event.leg, cause: "busy" });
  };
  peer.request("INVITE", { body: offer });
  await network.pass(4000);
  assert.equal(peer.log(), "486 486 486 486", "at 0, 0.5, 1.5 and 3.5 s");
  peer.request("ACK", { to: header(peer.answered("INVITE"), "to") ?? "" });
  await network.pass(10_000);
  assert.equal(peer.log(), "486 486 486 486");
  assert.match(header(peer.answered("INVITE"), "reason") ?? "", /^Q\.850;cause=17/);
});

test("an INVITE without an offer gets ours in the 200 and its answer in the ACK", async (t) => {
  const { network, house, peer } = called(t);
  house.react = (event) => {
    if (event.kind === "invited") house.do({ kind: "accept", leg: event.leg, media });
  };
  peer.request("INVITE");
  await network.pass(20);
  assert.equal(house.find("invited").media, null);
  assert.match(peer.answered("INVITE").body, /m=audio 4000 RTP\/AVP 8 0 101\r\n/);
  inDialog(peer, "ACK", 1, { body: offer });
  await network.pass(20);
  assert.equal(house.find("confirmed").media?.remote.port, 6000);
});

test("a BYE to the ringing call ends it as a CANCEL would", async (t) => {
  const { network, house, peer } = called(t);
  house.react = (event) => {
    if (event.kind === "invited") house.do({ kind: "ring", leg: event.leg });
    if (event.kind === "cancelled") house.do({ kind: "release", leg: event.leg, cause: "cancelled" });
  };
  peer.request("INVITE", { body: offer });
  await network.pass(20);
  inDialog(peer, "BYE", 2);
  await network.pass(20);
  assert.equal(house.story(), "invited cancelled");
  assert.equal(peer.log(), "180 200 487");
});

test("a BYE before the ACK ends the call once, and a repeated BYE gets the same 200", async (t) => {
  const { network, house, peer } = called(t);
  house.react = (event) => {
    if (event.kind === "invited") house.do({ kind: "accept", leg: event.leg, media });
  };
  peer.request("INVITE", { body: offer });
  await network.pass(20);
  inDialog(peer, "BYE", 2, { extra: ["Reason: Q.850;cause=17"] });
  inDialog(peer, "BYE", 2);
  await network.pass(40_000);
  assert.equal(house.story(), "invited ended");
  assert.equal(house.find("ended").cause, "busy");
  assert.equal(peer.log(), "200 200 200");
});

test("a call released before its ACK is ended as soon as the ACK is there", async (t) => {
  const { network, house, peer } = called(t);
  peer.request("INVITE", { body: offer });
  await network.pass(20);
  const { leg } = house.find("invited");
  house.do({ kind: "accept", leg, media });
  house.do({ kind: "release", leg, cause: "normal" });
  await network.pass(100);
  assert.equal(peer.log(), "200");
  inDialog(peer, "ACK", 1);
  await network.pass(20);
  assert.equal(peer.log(), "200 BYE");
  assert.equal(house.story(), "invited", "a released leg says no more");
});

test("a re-INVITE without Contact is 400, one with nonsense 488, and the call goes on", async (t) => {
  const { network, house, peer } = called(t);
  house.react = (event) => {
    if (event.kind === "invited") house.do({ kind: "accept", leg: event.leg, media });
  };
  peer.request("INVITE", { body: offer });
  await network.pass(20);
  inDialog(peer, "ACK", 1);
  const to = header(peer.answered("INVITE"), "to") ?? "";
  const again = (cseq: number, more = {}) => peer.request("INVITE", { to, cseq, branch: `z9hG4bKr${cseq}`, ...more });
  again(2, { contact: null, body: offer });
  again(3, { body: "v=0\r\nm=audio 99999 RTP/AVP 0\r\n" });
  await network.pass(20);
  assert.equal(peer.log(), "200 400 488");
  assert.equal(house.story(), "invited confirmed");
  again(4, { body: `${offer}a=sendonly\r\n` });
  await network.pass(20);
  assert.equal(house.find("reoffered").media?.direction, "sendonly");
});

test("a re-INVITE to T.38 is refused with 488, beside a closed audio stream too, and the call goes on", async (t) => {
  const { network, house, peer } = called(t);
  house.react = (event) => {
    if (event.kind === "invited") house.do({ kind: "accept", leg: event.leg, media });
    if (event.kind === "reoffered") house.do({ kind: "acceptReoffer", leg: event.leg, media });
  };
  peer.request("INVITE", { body: offer });
  await network.pass(20);
  inDialog(peer, "ACK", 1);
  const to = header(peer.answered("INVITE"), "to") ?? "";
  const again = (cseq: number, body: string) => peer.request("INVITE", { to, cseq, branch: `z9hG4bKt${cseq}`, body });
  const head = offer.slice(0, offer.indexOf("m=audio"));
  const image = "m=image 4002 udptl t38\r\na=T38FaxVersion:0\r\na=T38FaxRateManagement:transferredTCF\r\n";
  again(2, head + image);
  again(3, `${head}m=audio 0 RTP/AVP 0\r\n${image}`);
  await network.pass(20);
  assert.equal(peer.log(), "200 488 488");
  assert.equal(house.story(), "invited confirmed");
  again(4, offer + image);
  await network.pass(20);
  const { body } = peer.answered("INVITE");
  assert.match(body, /^m=audio [1-9]/m, "who offers both gets the sound");
  assert.match(body, /^m=image 0 udptl t38\r$/m);
});

test("a CANCEL takes a re-INVITE back that waits for the upper half", async (t) => {
  const { network, house, peer } = called(t);
  house.react = (event) => {
    if (event.kind === "invited") house.do({ kind: "accept", leg: event.leg, media });
  };
  peer.request("INVITE", { body: offer });
  await network.pass(20);
  inDialog(peer, "ACK", 1);
  const to = header(peer.answered("INVITE"), "to") ?? "";
  peer.request("INVITE", { to, cseq: 2, branch: "z9hG4bKre", body: offer });
  await network.pass(20);
  peer.request("CANCEL", { to, cseq: 2, branch: "z9hG4bKre" });
  await network.pass(20);
  assert.equal(peer.log(), "200 200 487");
  house.do({ kind: "acceptReoffer", leg: house.find("invited").leg, media });
  await network.pass(20);
  assert.equal(peer.log(), "200 200 487");
});

test("INFO: a digit is posted, a signal that is none is taken in silence, another type is 415", async (t) => {
  const { network, house, peer } = called(t);
  house.react = (event) => {
    if (event.kind === "invited") house.do({ kind: "accept", leg: event.leg, media });
  };
  peer.request("INVITE", { body: offer });
  await network.pass(20);
  inDialog(peer, "ACK", 1);
  const relay = "application/dtmf-relay";
  inDialog(peer, "INFO", 2, { body: "Signal=5\r\nDuration=250\r\n", type: relay });
  inDialog(peer, "INFO", 3, { body: "Signal=16\r\nDuration=250\r\n", type: relay });
  inDialog(peer, "INFO", 4, { body: "#", type: "application/dtmf" });
  inDialog(peer, "INFO", 5, { body: "<x/>", type: "application/media_control+xml" });
  inDialog(peer, "INFO", 6);
  await network.pass(20);
  assert.equal(peer.log(), "200 200 200 200 415 200");
  const digits = house.events.filter((event) => event.kind === "digit");
  assert.deepEqual(
    digits.map(({ digit, durationMs }) => [digit, durationMs]),
    [
      ["5", 250],
      ["#", 160],
    ],
  );
});

const refusals: readonly (readonly [string, number, Parameters<RawPeer["request"]>])[] = [
  ["an unknown method", 501, ["BREW"]],
  ["a method that is not for us", 405, ["SUBSCRIBE"]],
  ["UPDATE", 405, ["UPDATE"]],
  ["an unknown scheme", 416, ["INVITE", { uri: "nobody:soap" }]],
  ["an extension that is required", 420, ["INVITE", { body: offer, extra: ["Require: 100rel, timer"] }]],
  ["a body that is no SDP", 415, ["INVITE", { body: "<x/>", type: "application/xml" }]],
  ["a packed body", 415, ["INVITE", { body: offer, extra: ["Content-Encoding: gzip"] }]],
  ["an Accept that excludes SDP", 406, ["INVITE", { body: offer, extra: ["Accept: text/plain"] }]],
  ["nonsense for SDP", 488, ["INVITE", { body: "v=0\r\nnonsense\r\n" }]],
  ["an SDP without audio", 488, ["INVITE", { body: offer.replace("m=audio", "m=video") }]],
  ["a BYE outside a dialog", 481, ["BYE"]],
  ["a request for a dialog there is not", 481, ["INVITE", { to: "<sip:600@127.0.0.1>;tag=none", body: offer }]],
  ["a CANCEL for nothing", 481, ["CANCEL"]],
  ["a CSeq of another method", 400, ["INVITE", { body: offer, extra: ["CSeq: 1 ACK"] }]],
];

test("a request that cannot be served is refused with its status, without a leg", async (t) => {
  const { network, house, peer } = called(t);
  for (const [what, status, [method, parts]] of refusals) {
    peer.inbox.length = 0;
    peer.request(method, { ...parts, branch: `z9hG4bK${status}${method}`, callId: what.replaceAll(" ", "-") });
    await network.pass(5);
    const answer = peer.answered(method);
    assert.equal(answer.status, status, what);
    assert.match(header(answer, "to") ?? "", /;tag=/, what);
    if (status === 420) assert.equal(header(answer, "unsupported"), "100rel, timer");
    if (status === 405) assert.match(header(answer, "allow") ?? "", /INVITE/);
  }
  assert.equal(house.story(), "");
});

test("a copy of an INVITE that came by another way is 482", async (t) => {
  const { network, house, peer } = called(t);
  peer.request("INVITE", { body: offer, branch: "z9hG4bKa" });
  peer.request("INVITE", { body: offer, branch: "z9hG4bKb" });
  await network.pass(20);
  assert.equal(peer.log(), "482");
  assert.equal(house.story(), "invited");
});

test("the SDP in a multipart body is found, and other streams are refused with port 0", async (t) => {
  const { network, house, peer } = called(t);
  house.react = (event) => {
    if (event.kind === "invited") house.do({ kind: "accept", leg: event.leg, media });
  };
  const sdp = `${offer}m=video 7000 RTP/AVP 31\r\n`;
  const body = `--b1\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b1\r\nContent-Type: application/sdp\r\n\r\n${sdp}\r\n--b1--\r\n`;
  peer.request("INVITE", { body, type: 'multipart/mixed;boundary="b1"' });
  await network.pass(20);
  assert.equal(house.find("invited").media?.remote.port, 6000);
  assert.match(peer.answered("INVITE").body, /m=audio 4000 RTP\/AVP 8 0 101[\s\S]*m=video 0 RTP\/AVP 31\r\n$/);
});

test("what sip.js cannot parse is understood: tel:, UTF-8 names, # and compact names", async (t) => {
  const { network, house, peer } = called(t);
  peer.request("INVITE", { uri: "tel:+49-30-1234;x=y", from: "Jürgen #1 <tel:+4940>;tag=t1", body: offer });
  await network.pass(20);
  const invited = house.find("invited");
  assert.equal(invited.dialled, "+49301234");
  assert.deepEqual(invited.from, { number: "+4940", name: "Jürgen #1" });
});

test("numbers are unescaped, and a caller who hides is not shown", async (t) => {
  const { network, house, peer } = called(t);
  const from = '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=t1';
  peer.request("INVITE", { uri: "sip:*21%23;phone-context=x:pw@127.0.0.1", from, body: offer });
  await network.pass(20);
  const invited = house.find("invited");
  assert.deepEqual(invited.from, { number: null, name: null });
  assert.equal(invited.dialled, "*21#");
});

test("without a direct line a stranger's INVITE is 404", async (t) => {
  const account = directLine(there, { mode: "register", user: "anna", domain: "example.com" });
  const { network, house, peer } = called(t, [account]);
  await network.pass(5);
  peer.inbox.length = 0;
  const stranger = new RawPeer(network, { address: "127.0.0.8", port: 5060 }, here);
  stranger.request("INVITE", { body: offer });
  stranger.request("OPTIONS", { uri: "sip:127.0.0.1" });
  await network.pass(20);
  assert.equal(stranger.log(), "404 200");
  stranger.request("INVITE", { uri: "sip:anna@127.0.0.1", body: offer, branch: "z9hG4bK7", callId: "c7" });
  peer.request("INVITE", { uri: "sip:+49301234@127.0.0.1", body: offer, callId: "c8" });
  await network.pass(20);
  assert.deepEqual(
    house.events.filter((event) => event.kind === "invited").map((event) => event.dialled),
    ["anna", "+49301234"],
    "its user from anywhere, any number from its server",
  );
});
