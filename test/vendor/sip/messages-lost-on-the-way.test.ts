import assert from "node:assert/strict";
import { test } from "node:test";
import { directLine, House, media } from "./house.ts";
import { VirtualNetwork } from "./virtual-network.ts";

const here = { address: "127.0.0.1", port: 5060 };
const there = { address: "127.0.0.2", port: 5060 };

/** sip.js repeats a 2xx to INVITE by timers of the system clock, so those two are left to the test over real sockets. */
const repeatedBySipJs = new Set(["200 INVITE", "ACK"]);

/** One whole call, `ending` after it was answered or rang; the nth datagram is lost. */
async function call(ending: "bye" | "cancel" | "refuse", nth: number) {
  const network = new VirtualNetwork();
  let count = 0;
  let lost = "";
  network.lose = ({ what }) => {
    if (count++ !== nth || (repeatedBySipJs.has(what) && ending === "bye")) return false;
    lost = what;
    return true;
  };
  const caller = new House(network, here, [directLine(there)]);
  const callee = new House(network, there, [directLine(here)]);
  callee.react = (event) => {
    if (event.kind === "invited") {
      callee.do({ kind: "trying", leg: event.leg });
      if (ending === "refuse") callee.do({ kind: "release", leg: event.leg, cause: "rejected" });
      else callee.do({ kind: "ring", leg: event.leg });
      if (ending === "bye") callee.do({ kind: "accept", leg: event.leg, media });
    }
    if (event.kind === "cancelled") callee.do({ kind: "release", leg: event.leg, cause: "cancelled" });
  };
  caller.call("sip:out-1");
  await network.pass(1500);
  if (ending !== "refuse") caller.do({ kind: "release", leg: "sip:out-1", cause: "normal" });
  await network.pass(6000);
  const stories = { caller: caller.story(), callee: callee.story(), lost };
  await caller.close();
  await callee.close();
  return { ...stories, left: network.clock.pending };
}

test("whichever message of an answered call is lost, the call comes up and ends", async () => {
  for (let nth = 0; nth < 7; nth++) {
    const { caller, callee, lost, left } = await call("bye", nth);
    assert.match(caller, /^calling (ringing )?answered$/, `${lost} lost`);
    assert.equal(callee, "invited confirmed ended", `${lost} lost`);
    assert.equal(left, 0);
  }
});

test("whichever message of a cancelled call is lost, both sides end", async () => {
  for (let nth = 0; nth < 7; nth++) {
    const { caller, callee, lost } = await call("cancel", nth);
    assert.match(caller, /^calling(?: ringing)?$/, `${lost} lost`);
    assert.equal(callee, "invited cancelled", `${lost} lost`);
  }
});

test("whichever message of a refused call is lost, the refusal arrives once", async () => {
  for (let nth = 0; nth < 4; nth++) {
    const { caller, callee, lost } = await call("refuse", nth);
    assert.equal(caller, "calling refused", `${lost} lost`);
    assert.equal(callee, "invited", `${lost} lost`);
  }
});

test("an INVITE that nobody answers is sent seven times in 32 s and ends as 408", async () => {
  const network = new VirtualNetwork();
  const caller = new House(network, here, [directLine(there)]);
  caller.call("sip:out-1");
  await network.pass(31_900);
  assert.equal(network.ladder().length, 7, "at 0, 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s");
  assert.equal(caller.story(), "calling");
  await network.pass(200);
  assert.equal(caller.find("refused").status, 408);
  assert.deepEqual([...new Set(network.ladder())], ["INVITE"], "a 408 of our own making gets no ACK");
  await caller.close();
});

test("a BYE that nobody answers is sent eleven times in 32 s", async () => {
  const network = new VirtualNetwork();
  const caller = new House(network, here, [directLine(there)]);
  const callee = new House(network, there, [directLine(here)]);
  callee.react = (event) => {
    if (event.kind === "invited") callee.do({ kind: "accept", leg: event.leg, media });
  };
  caller.call("sip:out-1");
  await network.pass(50);
  network.lose = ({ what }) => what === "BYE";
  caller.do({ kind: "release", leg: "sip:out-1", cause: "normal" });
  await network.pass(40_000);
  assert.equal(network.ladder().filter((what) => what === "BYE").length, 11);
  await caller.close();
  await callee.close();
});
