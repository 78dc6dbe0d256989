import assert from "node:assert/strict";
import { test } from "node:test";
import { seconds } from "../../src/message/units.ts";
import { VirtualClock } from "../../src/vendor/clock/clock.ts";
import { Complaints } from "../../src/vendor/notify/complaints.ts";

test("every refusal is counted, each peer is told of once a minute, and the memory of peers is bounded", () => {
  const clock = new VirtualClock();
  const told: string[] = [];
  const complaints = new Complaints(clock, (sentence) => told.push(sentence));
  for (let n = 0; n < 100; n++) complaints.about("sip", "10.0.0.1:5060", "no Via");
  complaints.about("sip", "10.0.0.2:5060", "no Via");
  complaints.about("rtp", "", "malformed packet", 7);
  assert.deepEqual(told, ["sip 10.0.0.1:5060: no Via", "sip 10.0.0.2:5060: no Via", "rtp: malformed packet"]);
  assert.deepEqual(complaints.counts(), { sip: 101, rtp: 7 });
  clock.advance(seconds(60));
  complaints.about("sip", "10.0.0.1:5060", "no Via");
  assert.equal(told.length, 4);
  for (let n = 0; n < 5000; n++) complaints.about("sip", `peer ${n}`, "no Via");
  complaints.about("sip", "peer 4999", "no Via");
  assert.equal(told.length, 5004);
});
