import assert from "node:assert/strict";
import { test } from "node:test";
import { ms } from "../../../src/message/units.ts";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";
import { Complaints } from "../../../src/vendor/notify/complaints.ts";

function listening() {
  const told: string[] = [];
  const clock = new VirtualClock();
  return { told, clock, complaints: new Complaints(clock, (sentence) => told.push(sentence)) };
}

test("a peer that misbehaves all the time is told of once a minute and counted always", () => {
  const { told, clock, complaints } = listening();
  for (let n = 0; n < 3; n++) complaints.about("sip", "192.0.2.1", `fault ${n}`);
  assert.deepEqual(told, ["sip 192.0.2.1: fault 0"]);
  clock.advance(ms(60_000));
  complaints.about("sip", "192.0.2.1", "fault 3");
  assert.equal(told.length, 2);
  assert.deepEqual(complaints.counts(), { sip: 4 });
});

test("a passing problem of a device does not hide why it can not be opened", () => {
  const { told, complaints } = listening();
  complaints.aboutDevice("usb", "dongle:1", "voice frames missing: the device ran out of sound");
  complaints.aboutDevice("usb", "dongle:1", "voice frames missing: the device ran out of sound");
  complaints.aboutDevice("usb", "dongle:1", "cannot be opened: another program uses it");
  assert.deepEqual(told, [
    "usb dongle:1: voice frames missing: the device ran out of sound",
    "usb dongle:1: cannot be opened: another program uses it",
  ]);
});
