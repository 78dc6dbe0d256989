import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { freePorts } from "../harness/free-ports.ts";
import { Scratch } from "../harness/scratch.ts";
import { Sipp } from "../harness/sipp.ts";
import { account, RealHouse } from "./real-house.ts";

const cancelAfter180 = new URL("../scenario/uac-cancel-after-180.xml", import.meta.url).pathname;
const ringsUntilCancelled = new URL("uas-rings-until-cancelled.xml", import.meta.url).pathname;

async function opened(t: TestContext) {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const [own, peer] = [await freePorts(1), await freePorts(1)];
  const house = await RealHouse.start(own, account({ server: { host: "127.0.0.1", port: peer } }));
  scratch.atEnd(() => house.close());
  return { scratch, house, own, peer };
}

test("SIPp calls twenty times, is answered and hangs up", async (t) => {
  const { scratch, house, own } = await opened(t);
  house.answersAll();
  const args = ["-d", "200", "-r", "20"];
  const sipp = await Sipp.start(scratch, {
    scenario: "uac",
    target: `127.0.0.1:${own}`,
    service: "600",
    calls: 20,
    args,
  });
  await sipp.succeeds();
  const kinds = house.events.map(({ kind }) => kind).sort();
  const each = (kind: string) => Array<string>(20).fill(kind);
  assert.deepEqual(kinds, [...each("confirmed"), ...each("ended"), ...each("invited")]);
  assert.equal(house.vendor.figures().legs, 0);
  assert.deepEqual(house.reports, []);
});

test("SIPp is called and hung up on", async (t) => {
  const { scratch, house, peer } = await opened(t);
  const sipp = await Sipp.start(scratch, { scenario: "uas", target: null, port: peer });
  house.call("sip:out-1", "*21*5#");
  await house.event("answered");
  house.do({ kind: "release", leg: "sip:out-1", cause: "normal" });
  const messages = await sipp.succeeds();
  assert.match(messages[0]?.text ?? "", /^INVITE sip:\*21\*5%23@127\.0\.0\.1:/);
  assert.equal(house.story(), "calling ringing answered");
});

test("SIPp rings and is cancelled", async (t) => {
  const { scratch, house, peer } = await opened(t);
  const sipp = await Sipp.start(scratch, { scenario: ringsUntilCancelled, target: null, port: peer });
  house.call("sip:out-1", "600");
  await house.event("ringing");
  house.do({ kind: "release", leg: "sip:out-1", cause: "answeredElsewhere" });
  const messages = await sipp.succeeds();
  assert.match(messages.find(({ what }) => what === "CANCEL")?.text ?? "", /cause=200;text="Call completed elsewhere"/);
});

test("SIPp cancels its call: 100, 180, 200 to the CANCEL, 487", async (t) => {
  const { scratch, house, own } = await opened(t);
  house.react = (event) => {
    if (event.kind === "invited") for (const kind of ["trying", "ring"] as const) house.do({ kind, leg: event.leg });
    if (event.kind === "cancelled") house.do({ kind: "release", leg: event.leg, cause: "cancelled" });
  };
  const sipp = await Sipp.start(scratch, { scenario: cancelAfter180, target: `127.0.0.1:${own}`, service: "600" });
  await sipp.succeeds();
  assert.deepEqual(sipp.ladder(), [
    "> INVITE",
    "< 100 INVITE",
    "< 180 INVITE",
    "> CANCEL",
    "< 200 CANCEL",
    "< 487 INVITE",
    "> ACK",
  ]);
});
