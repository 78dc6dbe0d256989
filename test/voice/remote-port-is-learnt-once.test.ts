import assert from "node:assert/strict";
import { test } from "node:test";
import { Remote } from "../../src/voice/remote.ts";

const at = (port: number, address = "192.0.2.1") => ({ address, port });

test("packets from the signalled address are taken, from any other they are not", () => {
  const remote = new Remote(at(4000));
  assert.equal(remote.accepts(at(4000)), true);
  assert.equal(remote.accepts(at(4000, "192.0.2.2")), false);
});

test("behind a NAT the first port heard is where voice goes, and no other is learnt", () => {
  const remote = new Remote(at(4000));
  assert.equal(remote.accepts(at(31_000)), true);
  assert.deepEqual(remote.target, at(31_000));
  assert.deepEqual(remote.rtcpTarget, at(31_001));
  assert.equal(remote.accepts(at(31_002)), false);
  assert.deepEqual(remote.target, at(31_000));
});

test("the signalled port wins over a learnt one, for good", () => {
  const remote = new Remote(at(4000));
  remote.accepts(at(31_000));
  assert.equal(remote.accepts(at(4000)), true);
  assert.deepEqual(remote.target, at(4000));
  assert.equal(remote.accepts(at(31_000)), false);
});

test("an IPv6 address is the same however it is written", () => {
  const remote = new Remote(at(4000, "2001:db8:0:0::1"));
  assert.equal(remote.accepts(at(4000, "2001:DB8::1")), true);
  assert.equal(remote.isAt(at(4000, "2001:db8::0:1")), true);
});

test("port 0, to which nothing can be sent, is not learnt", () => {
  const remote = new Remote(at(4000));
  assert.equal(remote.accepts(at(0)), false);
  assert.deepEqual(remote.target, at(4000));
});
