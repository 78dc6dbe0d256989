import assert from "node:assert/strict";
import { test } from "node:test";
import { isReachable } from "../../../src/vendor/sip/hub/next-hop.ts";
import { gate } from "../../../src/vendor/sip/wire/gate.ts";
import { readUri } from "../../../src/vendor/sip/wire/name-addr.ts";
import { directLine, House, media } from "./house.ts";
import { VirtualNetwork } from "./virtual-network.ts";

function register(uri: string, via: string, contact: string): Uint8Array {
  const lines = [`REGISTER ${uri} SIP/2.0`, "To: sip:user@example.com", "From: sip:user@example.com;tag=81x2"];
  const rest = [`Via: SIP/2.0/UDP ${via}`, "Call-ID: a@b", "CSeq: 9 REGISTER", `Contact: ${contact}`];
  return Buffer.from([...lines, ...rest, "Max-Forwards: 70", "Content-Length: 0", "", ""].join("\r\n"));
}

/** The situations of RFC 5118 §4.1-4.10 in words of our own. */
const forms: readonly (readonly [string, Uint8Array, "message" | "fault"])[] = [
  [
    "a reference in brackets",
    register("sip:[2001:db8::10]", "[2001:db8::9:1];branch=z9hG4bKas3", '"C" <sip:c@[2001:db8::9:1]>'),
    "message",
  ],
  [
    "an address without brackets",
    register("sip:2001:db8::10", "[2001:db8::9:1];branch=z9hG4bKas3", "<sip:c@h>"),
    "fault",
  ],
  [
    "a port outside the brackets",
    register("sip:[2001:db8::10]:5070", "[2001:db8::9:1]:5070;branch=z9hG4bK4", "<sip:c@h>"),
    "message",
  ],
  [
    "a port that is part of the address",
    register("sip:[2001:db8::10:5070]", "[2001:db8::9:1];branch=z9hG4bK5", "<sip:c@h>"),
    "message",
  ],
  [
    "received in brackets",
    register("sip:h", "[2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3", "<sip:c@h>"),
    "message",
  ],
  [
    "received without brackets",
    register("sip:h", "[2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3", "<sip:c@h>"),
    "message",
  ],
  [
    "an IPv4 address mapped into it",
    register("sip:[::ffff:192.0.2.10]", "[::ffff:192.0.2.2]:19823;branch=z9hG4bK7", "<sip:c@h>"),
    "message",
  ],
];

for (const [what, octets, kind] of forms)
  test(`${what} is a ${kind}`, () => {
    assert.equal(gate(octets).kind, kind);
  });

test("the port is what stands behind the brackets", () => {
  assert.deepEqual(
    [readUri("sip:[2001:db8::10]:5070")?.host, readUri("sip:[2001:db8::10]:5070")?.port],
    ["[2001:db8::10]", 5070],
  );
  assert.equal(readUri("sip:[2001:db8::10:5070]")?.port, null);
});

test("nothing is sent to unspecified, multicast or broadcast addresses of either version", () => {
  for (const address of [
    "::",
    "ff02::1",
    "::ffff:224.0.0.1",
    "::ffff:0.0.0.0",
    "0.0.0.0",
    "239.1.2.3",
    "255.255.255.255",
    "x",
  ])
    assert.equal(isReachable(address), false, address);
  for (const address of ["::1", "2001:db8::1", "::ffff:192.0.2.1", "192.0.2.1"])
    assert.equal(isReachable(address), true, address);
});

test("two houses on IPv6 call each other", async () => {
  const network = new VirtualNetwork();
  const [here, there] = [
    { address: "::1", port: 5060 },
    { address: "2001:db8::2", port: 5060 },
  ];
  const caller = new House(network, here, [directLine(there, { domain: "[2001:db8::2]" })]);
  const callee = new House(network, there, [directLine(here, { domain: "[::1]" })]);
  callee.react = (event) => {
    if (event.kind === "invited") callee.do({ kind: "accept", leg: event.leg, media });
  };
  caller.call("sip:out-1");
  await network.pass(50);
  assert.equal(caller.find("answered").media.remote.address, "2001:db8::2");
  caller.do({ kind: "release", leg: "sip:out-1", cause: "normal" });
  await network.pass(50);
  assert.equal(callee.story(), "invited confirmed ended");
  await caller.close();
  await callee.close();
});
