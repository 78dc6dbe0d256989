import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamDirection } from "../../src/proxy/stream-direction.ts";

test("the recvonly that answers our hold is no wish of theirs: the resume asks for both ways", () => {
  const stream = new StreamDirection();
  assert.equal(stream.offer(), "sendrecv");
  stream.theirAnswer("sendrecv");
  stream.held = true;
  assert.equal(stream.offer(), "sendonly");
  stream.theirAnswer("recvonly");
  assert.equal(stream.ours, "sendonly");
  assert.equal(stream.heldByThem, false);
  stream.held = false;
  assert.equal(stream.offer(), "sendrecv");
  stream.theirAnswer("sendrecv");
  assert.equal(stream.ours, "sendrecv");
});

test("their hold is answered recvonly, and held from both sides nothing flows", () => {
  const stream = new StreamDirection();
  stream.theirOffer("sendonly");
  assert.equal(stream.ours, "recvonly");
  assert.equal(stream.heldByThem, true);
  stream.held = true;
  assert.equal(stream.offer(), "inactive");
  stream.theirAnswer("inactive");
  assert.equal(stream.ours, "inactive");
  stream.held = false;
  assert.equal(stream.offer(), "recvonly", "they still hold us");
  stream.theirOffer("sendrecv");
  assert.equal(stream.ours, "sendrecv");
});

test("an inactive answer to our wish for both ways holds us", () => {
  const stream = new StreamDirection();
  stream.offer();
  stream.theirAnswer("inactive");
  assert.equal(stream.ours, "inactive");
  assert.equal(stream.heldByThem, true);
});

test("a far end that only listens gets our sound and is answered sendonly", () => {
  const stream = new StreamDirection();
  stream.theirOffer("recvonly");
  assert.equal(stream.ours, "sendonly");
  assert.equal(stream.heldByThem, false);
});
