import assert from "node:assert/strict";
import { test } from "node:test";
import type { Address } from "../../../src/message/media.ts";
import { directLine, House, media } from "./house.ts";
import { VirtualNetwork } from "./virtual-network.ts";

const here: Address = { address: "192.0.2.1", port: 5060 };
const there: Address = { address: "192.0.2.2", port: 5060 };

test("every message of a call is seen as it is on the wire, once, when it is sent and when it comes, by both sides the same", async () => {
  const network = new VirtualNetwork();
  const seen: Record<"caller" | "callee", string[]> = { caller: [], callee: [] };
  const tap = (list: string[]) => (octets: Uint8Array, from: Address, to: Address) =>
    list.push(`${from.address}>${to.address} ${Buffer.from(octets).toString()}`);
  const caller = new House(network, here, [directLine(there)], tap(seen.caller));
  const callee = new House(network, there, [directLine(here)], tap(seen.callee));
  callee.react = (event) => {
    if (event.kind === "invited") callee.do({ kind: "accept", leg: event.leg, media });
  };
  caller.call("sip:out-1");
  await network.pass(1000);
  caller.do({ kind: "release", leg: "sip:out-1", cause: "normal" });
  await network.pass(1000);
  const first = (text: string) => text.split("\r\n")[0]?.replace(/ sip:\S+/, "");
  assert.deepEqual(seen.caller.map(first), [
    "192.0.2.1>192.0.2.2 INVITE SIP/2.0",
    "192.0.2.2>192.0.2.1 SIP/2.0 200 OK",
    "192.0.2.1>192.0.2.2 ACK SIP/2.0",
    "192.0.2.1>192.0.2.2 BYE SIP/2.0",
    "192.0.2.2>192.0.2.1 SIP/2.0 200 OK",
  ]);
  assert.deepEqual(seen.callee, seen.caller);
  assert.match(seen.caller[0] ?? "", new RegExp(`Call-ID: ${caller.find("calling").callId}\r\n`));
  await caller.close();
  await callee.close();
});
