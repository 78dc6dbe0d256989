import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { SipAccount } from "../../../src/vendor/sip/options.ts";
import { header, type SipMessage } from "../../../src/vendor/sip/wire/message.ts";
import { directLine, House } from "./house.ts";
import { RawPeer } from "./raw-peer.ts";
import { VirtualNetwork } from "./virtual-network.ts";

const here = { address: "127.0.0.1", port: 5060 };
const there = { address: "127.0.0.2", port: 5060 };

type Answer = (request: SipMessage, peer: RawPeer) => void;

function registering(t: TestContext, answer: Answer, over: Partial<SipAccount> = {}) {
  const network = new VirtualNetwork();
  const peer = new RawPeer(network, there, here);
  peer.react = (message) => {
    if (message.kind === "request" && message.method === "REGISTER") answer(message, peer);
  };
  const account = {
    mode: "register",
    user: "anna",
    authUser: "anna",
    password: "secret",
    domain: "example.com",
  } as const;
  const house = new House(network, here, [directLine(there, { ...account, line: "line:office", ...over })]);
  t.after(() => house.close());
  return { network, peer, house };
}

/** A 200 as a good registrar gives it. */
function granted(request: SipMessage, peer: RawPeer, seconds: number | null = null): void {
  const contact = header(request, "contact") ?? "";
  const extra = [`Contact: ${seconds === null ? contact : contact.replace(/expires=\d+/, `expires=${seconds}`)}`];
  peer.respond(request, "200 OK", { extra });
}

/** How many REGISTERs were sent. */
function times(network: VirtualNetwork): number {
  return network.ladder(here).filter((what) => what === "REGISTER").length;
}

test("it registers, refreshes before the time is over, and takes the binding back at the end", async (t) => {
  const { network, peer, house } = registering(t, (request, registrar) => granted(request, registrar));
  await network.pass(50);
  assert.deepEqual(
    house.events.map(({ kind }) => kind),
    ["registered"],
  );
  assert.equal(house.find("registered").expiresSeconds, 60);
  assert.equal(house.find("registered").server, "127.0.0.2:5060");
  await network.pass(47_000);
  assert.equal(times(network), 1);
  await network.pass(2_000);
  assert.equal(times(network), 2, "at 80 %");
  const [first, second] = [peer.requested("REGISTER"), peer.requested("REGISTER", 1)];
  assert.equal(header(first, "call-id"), header(second, "call-id"));
  assert.equal(header(second, "cseq"), "2 REGISTER");
  assert.equal(first.uri, "sip:example.com");
  assert.match(header(first, "to") ?? "", /<sip:anna@example\.com>/);
  assert.equal(house.story(), "registered", "a refresh changes nothing");
  await house.close();
  assert.match(header(peer.requested("REGISTER", 2), "contact") ?? "", /;expires=0$/);
  assert.equal(house.story(), "registered unregistered");
});

for (const algorithm of ["MD5", "SHA-256"])
  test(`it answers a ${algorithm} challenge, and a stale nonce once more`, async (t) => {
    let nonce = 0;
    const { network, peer, house } = registering(t, (request, registrar) => {
      const authorization = header(request, "authorization") ?? "";
      if (authorization.includes('nonce="n2"')) granted(request, registrar);
      else {
        const stale = authorization === "" ? "" : ", stale=true";
        const challenge = `Digest realm="r", nonce="n${++nonce}", qop="auth", algorithm=${algorithm}${stale}`;
        registrar.respond(request, "401 Unauthorized", { extra: [`WWW-Authenticate: ${challenge}`] });
      }
    });
    await network.pass(50);
    assert.equal(house.story(), "registered");
    assert.match(header(peer.requested("REGISTER", 2), "authorization") ?? "", new RegExp(`algorithm=${algorithm}`));
    assert.equal(times(network), 3);
  });

test("wrong credentials fail once a challenge, and are not tried again for half a minute", async (t) => {
  const challenge = { extra: ['WWW-Authenticate: Digest realm="r", nonce="n"'] };
  const refuse: Answer = (request, registrar) => registrar.respond(request, "401 Unauthorized", challenge);
  const { network, house } = registering(t, refuse);
  await network.pass(25_000);
  assert.equal(times(network), 2);
  assert.deepEqual([house.story(), house.find("registrationFailed").status], ["registrationFailed", 401]);
  await network.pass(30_000);
  assert.equal(times(network), 4);
});

test("failures back off, and Retry-After is kept", async (t) => {
  let retry: string[] = [];
  const { network, house } = registering(t, (request, registrar) =>
    registrar.respond(request, "503 Service Unavailable", { extra: retry }),
  );
  await network.pass(60_000);
  assert.equal(times(network), 5, "after 3, 6, 12 and 24 s");
  assert.equal(house.events.length, 5);
  retry = ["Retry-After: 500"];
  await network.pass(48_000);
  const before = times(network);
  await network.pass(240_000);
  assert.equal(times(network), before);
});

test("423 is answered with the longer time, and one that goes in circles counts as a failure", async (t) => {
  const { network, peer, house } = registering(t, (request, registrar) => {
    const asked = Number(/expires=(\d+)/.exec(header(request, "contact") ?? "")?.[1]);
    if (asked < 1800) registrar.respond(request, "423 Interval Too Brief", { extra: ["Min-Expires: 1800"] });
    else registrar.respond(request, "423 Interval Too Brief", { extra: ["Min-Expires: 60"] });
  });
  await network.pass(1000);
  assert.equal(times(network), 2);
  assert.match(header(peer.requested("REGISTER", 1), "contact") ?? "", /expires=1800/);
  assert.equal(house.story(), "registrationFailed");
});

const odd: readonly (readonly [string, readonly string[], number])[] = [
  ["without expires in the Contact", ["Contact: <sip:{token}@127.0.0.1:5060>", "Expires: 120"], 120],
  ["without any expires", ["Contact: <sip:{token}@127.0.0.1:5060>"], 60],
  ["without a Contact", [], 60],
  ["with a time no timer can hold", ["Contact: <sip:{token}@127.0.0.1:5060>;expires=3000000000"], 2_000_000],
  ["with others' bindings around ours", ["Contact: <sip:x@y>;expires=9,<sip:{token}@1.2.3.4>;expires=33", "m: *"], 33],
];

test("a 200 that sip.js would storm or lock up on registers all the same", async (t) => {
  for (const [what, extra, expires] of odd) {
    const { network, house } = registering(t, (request, registrar) => {
      const token = /<sip:([^@]+)@/.exec(header(request, "contact") ?? "")?.[1] ?? "";
      registrar.respond(request, "200 OK", { extra: extra.map((line) => line.replace("{token}", token)) });
    });
    await network.pass(3000);
    assert.equal(house.find("registered").expiresSeconds, expires, what);
    assert.equal(times(network), 1, what);
    await house.close();
  }
});

test("a registrar that is silent fails with 408 and does not hold up the close", async (t) => {
  const { network, house } = registering(t, () => {});
  await network.pass(33_000);
  assert.equal(house.find("registrationFailed").status, 408);
  const closing = house.close();
  await closing;
  assert.equal(network.clock.pending, 0);
});

test("a call to our Contact says what was dialled", async (t) => {
  const { network, peer, house } = registering(t, (request, registrar) => granted(request, registrar));
  await network.pass(20);
  const token = /<sip:([^@]+)@/.exec(header(peer.requested("REGISTER"), "contact") ?? "")?.[1];
  const extra = ['P-Asserted-Identity: "Bob B" <tel:+4930>'];
  peer.request("INVITE", { uri: `sip:${token}@127.0.0.1:5060`, to: "<sip:+49401@example.com>", extra });
  await network.pass(20);
  const invited = house.find("invited");
  assert.deepEqual(
    [invited.line, invited.dialled, invited.from],
    ["line:office", "+49401", { number: "+4930", name: "Bob B" }],
  );
});
