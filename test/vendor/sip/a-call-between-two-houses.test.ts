import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { SipEvent } from "../../../src/message/sip.ts";
import { directLine, House, media } from "./house.ts";
import { VirtualNetwork } from "./virtual-network.ts";

const here = { address: "127.0.0.1", port: 5060 };
const there = { address: "127.0.0.2", port: 5060 };

function twoHouses(t: TestContext) {
  const network = new VirtualNetwork();
  const caller = new House(network, here, [directLine(there)]);
  const callee = new House(network, there, [directLine(here)]);
  t.after(async () => {
    await caller.close();
    await callee.close();
    assert.equal(network.clock.pending, 0, "no timer is left behind");
  });
  return { network, caller, callee };
}

function answers(house: House): (event: SipEvent) => void {
  return (event) => {
    if (event.kind !== "invited") return;
    house.do({ kind: "trying", leg: event.leg });
    house.do({ kind: "ring", leg: event.leg });
    house.do({ kind: "accept", leg: event.leg, media });
  };
}

test("a call is set up, confirmed and ended by the caller", async (t) => {
  const { network, caller, callee } = twoHouses(t);
  callee.react = answers(callee);
  caller.call("sip:out-1");
  await network.pass(50);
  assert.equal(caller.story(), "calling ringing answered");
  assert.equal(callee.story(), "invited confirmed");
  const invited = callee.find("invited");
  assert.equal(invited.dialled, "600");
  assert.deepEqual(invited.from, { number: "611", name: "Anna" });
  assert.deepEqual(caller.find("answered").media, {
    remote: { address: there.address, port: 4000 },
    codecs: media.codecs,
    eventPayloadType: 101,
    direction: "sendrecv",
    packetMs: 20,
  });
  caller.do({ kind: "release", leg: "sip:out-1", cause: "normal" });
  await network.pass(50);
  assert.equal(callee.story(), "invited confirmed ended");
  assert.equal(callee.find("ended").cause, "normal");
  callee.do({ kind: "release", leg: invited.leg, cause: "normal" });
  assert.deepEqual(network.ladder(), ["INVITE", "100 INVITE", "180 INVITE", "200 INVITE", "ACK", "BYE", "200 BYE"]);
});

test("the callee hangs up and says why", async (t) => {
  const { network, caller, callee } = twoHouses(t);
  callee.react = answers(callee);
  caller.call("sip:out-1");
  await network.pass(50);
  callee.do({ kind: "release", leg: callee.find("invited").leg, cause: "mediaTimeout" });
  await network.pass(50);
  assert.equal(caller.story(), "calling ringing answered ended");
  assert.equal(callee.story(), "invited confirmed");
});

test("every cause refuses with its status from the table", async (t) => {
  const { network, caller, callee } = twoHouses(t);
  callee.react = (event) => {
    if (event.kind === "invited") callee.do({ kind: "release", leg: event.leg, cause: "busy" });
  };
  caller.call("sip:out-1");
  await network.pass(50);
  const refused = caller.find("refused");
  assert.deepEqual([refused.status, refused.reason], [486, "Busy Here"]);
  assert.deepEqual(network.ladder(), ["INVITE", "486 INVITE", "ACK"]);
});

test("the alert was taken before the CANCEL: 100, 180, 200 to CANCEL, 487", async (t) => {
  const { network, caller, callee } = twoHouses(t);
  callee.react = (event) => {
    if (event.kind === "invited") {
      callee.do({ kind: "trying", leg: event.leg });
      callee.do({ kind: "ring", leg: event.leg });
    }
    if (event.kind === "cancelled") callee.do({ kind: "release", leg: event.leg, cause: "cancelled" });
  };
  caller.call("sip:out-1");
  await network.pass(50);
  caller.do({ kind: "release", leg: "sip:out-1", cause: "cancelled" });
  await network.pass(50);
  assert.deepEqual(network.ladder(there), ["100 INVITE", "180 INVITE", "200 CANCEL", "487 INVITE"]);
  assert.equal(callee.story(), "invited cancelled");
  assert.equal(caller.story(), "calling ringing", "a released leg says no more");
});

test("a 180 that was decided before the CANCEL was heard of still precedes the 487", async (t) => {
  const { network, caller, callee } = twoHouses(t);
  callee.react = (event) => {
    if (event.kind === "invited") callee.do({ kind: "trying", leg: event.leg });
  };
  caller.call("sip:out-1");
  await network.pass(50);
  caller.do({ kind: "release", leg: "sip:out-1", cause: "cancelled" });
  await network.pass(50);
  const { leg } = callee.find("cancelled");
  callee.do({ kind: "ring", leg });
  callee.do({ kind: "release", leg, cause: "cancelled" });
  await network.pass(50);
  assert.deepEqual(network.ladder(there), ["100 INVITE", "200 CANCEL", "180 INVITE", "487 INVITE"]);
});

test("a cancelled leg that nobody releases gets its 487 after four seconds", async (t) => {
  const { network, caller, callee } = twoHouses(t);
  caller.call("sip:out-1");
  await network.pass(300);
  caller.do({ kind: "release", leg: "sip:out-1", cause: "cancelled" });
  await network.pass(3500);
  assert.equal(network.ladder(there).includes("487 INVITE"), false);
  await network.pass(1000);
  assert.deepEqual(network.ladder(there), ["100 INVITE", "200 CANCEL", "487 INVITE"]);
  callee.do({ kind: "release", leg: callee.find("cancelled").leg, cause: "cancelled" });
  await network.pass(50);
  assert.equal(network.ladder(there).filter((what) => what === "487 INVITE").length, 1);
});

test("a leg that rang in vain is cancelled with the word that another answered", async (t) => {
  const { network, caller } = twoHouses(t);
  caller.call("sip:out-1");
  await network.pass(300);
  caller.do({ kind: "release", leg: "sip:out-1", cause: "answeredElsewhere" });
  await network.pass(50);
  const cancel = network.passed.find(({ what }) => what === "CANCEL");
  assert.match(cancel?.text ?? "", /\r\nReason: SIP;cause=200;text="Call completed elsewhere"\r\n/);
});

test("an INVITE let go before any answer is cancelled at the first provisional", async (t) => {
  const { network, caller } = twoHouses(t);
  caller.call("sip:out-1");
  caller.do({ kind: "release", leg: "sip:out-1", cause: "cancelled" });
  await network.pass(150);
  assert.deepEqual(network.ladder(here), ["INVITE"]);
  await network.pass(150);
  assert.deepEqual(network.ladder(here), ["INVITE", "CANCEL"]);
});

test("hold and resume go through a re-INVITE, both ways", async (t) => {
  const { network, caller, callee } = twoHouses(t);
  callee.react = answers(callee);
  caller.call("sip:out-1");
  await network.pass(50);
  const { leg } = callee.find("invited");
  caller.do({ kind: "reoffer", leg: "sip:out-1", media: { ...media, direction: "sendonly" } });
  await network.pass(20);
  assert.equal(callee.find("reoffered").media?.direction, "sendonly");
  callee.do({ kind: "acceptReoffer", leg, media });
  await network.pass(50);
  assert.equal(caller.find("reanswered").media.direction, "recvonly");
  callee.do({ kind: "reoffer", leg, media });
  await network.pass(20);
  caller.do({ kind: "refuseReoffer", leg: "sip:out-1", cause: "codecMismatch" });
  await network.pass(50);
  assert.equal(callee.find("reofferRefused").status, 488);
  assert.equal(callee.story(), "invited confirmed reoffered reofferRefused", "the call goes on");
});

/** The direction the callee was last offered. */
function lastOffered(callee: { readonly events: readonly SipEvent[] }): string | undefined {
  const offers = callee.events.flatMap((event) => (event.kind === "reoffered" ? [event.media?.direction] : []));
  return offers.at(-1);
}

test("a resume asked for while the hold is still unanswered follows it: the far end is not left on hold", async (t) => {
  const { network, caller, callee } = twoHouses(t);
  callee.react = answers(callee);
  caller.call("sip:out-1");
  await network.pass(50);
  const { leg } = callee.find("invited");
  caller.do({ kind: "reoffer", leg: "sip:out-1", media: { ...media, direction: "sendonly" } });
  await network.pass(20);
  caller.do({ kind: "reoffer", leg: "sip:out-1", media });
  await network.pass(1000);
  assert.equal(lastOffered(callee), "sendonly", "the hold waits for its answer");
  callee.react = (event) => {
    if (event.kind === "reoffered") callee.do({ kind: "acceptReoffer", leg, media });
  };
  callee.do({ kind: "acceptReoffer", leg, media });
  await network.pass(100);
  assert.equal(lastOffered(callee), "sendrecv");
  assert.equal(caller.story(), "calling ringing answered reanswered reanswered");
});

test("a wish changed while a refused re-INVITE waits for its retry is what the retry asks for", async (t) => {
  const { network, caller, callee } = twoHouses(t);
  callee.react = (event) => {
    answers(callee)(event);
    if (event.kind === "reoffered") callee.do({ kind: "acceptReoffer", leg: event.leg, media });
  };
  caller.react = (event) => {
    if (event.kind === "reoffered") caller.do({ kind: "acceptReoffer", leg: event.leg, media });
  };
  caller.call("sip:out-1");
  await network.pass(50);
  caller.do({ kind: "reoffer", leg: "sip:out-1", media: { ...media, direction: "sendonly" } });
  callee.do({ kind: "reoffer", leg: callee.find("invited").leg, media });
  await network.pass(50);
  caller.do({ kind: "reoffer", leg: "sip:out-1", media });
  await network.pass(5000);
  assert.equal(lastOffered(callee), "sendrecv");
  assert.equal(callee.events.filter((event) => event.kind === "reoffered").length, 1);
});

test("a re-INVITE that met another one is not tried again when the call has ended meanwhile", async (t) => {
  const { network, caller, callee } = twoHouses(t);
  callee.react = answers(callee);
  caller.call("sip:out-1");
  await network.pass(50);
  caller.do({ kind: "reoffer", leg: "sip:out-1", media });
  callee.do({ kind: "reoffer", leg: callee.find("invited").leg, media });
  caller.do({ kind: "release", leg: "sip:out-1", cause: "normal" });
  await network.pass(20_000);
  const ladder = network.ladder();
  const afterBye = ladder.slice(ladder.indexOf("BYE"));
  assert.ok(!afterBye.includes("INVITE"), `${ladder}`);
  assert.deepEqual(
    caller.events.filter(({ kind }) => kind === "reofferRefused"),
    [],
  );
});

test("two re-INVITEs that meet are both refused with 491 and tried again, the owner of the Call-ID last", async (t) => {
  const { network, caller, callee } = twoHouses(t);
  callee.react = (event) => {
    answers(callee)(event);
    if (event.kind === "reoffered") callee.do({ kind: "acceptReoffer", leg: event.leg, media });
  };
  caller.react = (event) => {
    if (event.kind === "reoffered") caller.do({ kind: "acceptReoffer", leg: event.leg, media });
  };
  caller.call("sip:out-1");
  await network.pass(50);
  caller.do({ kind: "reoffer", leg: "sip:out-1", media });
  callee.do({ kind: "reoffer", leg: callee.find("invited").leg, media });
  await network.pass(50);
  assert.equal(network.ladder().filter((what) => what === "491 INVITE").length, 2);
  await network.pass(4000);
  assert.equal(caller.story(), "calling ringing answered reoffered reanswered");
  assert.equal(callee.story(), "invited confirmed reanswered reoffered");
});

test("digits by INFO arrive in order though the first is lost once", async (t) => {
  const { network, caller, callee } = twoHouses(t);
  callee.react = answers(callee);
  caller.call("sip:out-1");
  await network.pass(50);
  let first = true;
  network.lose = ({ what }) => {
    const lost = what === "INFO" && first;
    if (lost) first = false;
    return lost;
  };
  for (const digit of ["1", "*", "#", "D"] as const)
    caller.do({ kind: "sendDigit", leg: "sip:out-1", digit, durationMs: 160 });
  await network.pass(4000);
  const digits = callee.events.filter((event) => event.kind === "digit").map((event) => event.digit);
  assert.deepEqual(digits, ["1", "*", "#", "D"]);
});

test("commands for a leg that is gone or never was do nothing", async (t) => {
  const { network, caller, callee } = twoHouses(t);
  for (const leg of ["sip:in-9", "sip:out-9"] as const) {
    caller.do({ kind: "ring", leg });
    caller.do({ kind: "accept", leg, media });
    caller.do({ kind: "reoffer", leg, media });
    caller.do({ kind: "release", leg, cause: "busy" });
  }
  callee.react = answers(callee);
  caller.call("sip:out-1");
  await network.pass(50);
  const { leg } = callee.find("invited");
  callee.do({ kind: "ring", leg });
  callee.do({ kind: "accept", leg, media });
  callee.do({ kind: "acceptReoffer", leg, media });
  caller.do({ kind: "ring", leg: "sip:out-1" });
  caller.do({ kind: "refuseReoffer", leg: "sip:out-1", cause: "busy" });
  caller.call("sip:out-1");
  await network.pass(50);
  assert.equal(network.ladder().length, 5);
  assert.deepEqual(caller.reports, []);
});

test("an INVITE for a line there is not is refused at once", async (t) => {
  const { caller } = twoHouses(t);
  caller.side.perform({
    world: "sip",
    line: "line:nowhere",
    kind: "invite",
    leg: "sip:out-7",
    to: "1",
    from: { number: null, name: null },
    media,
  });
  assert.equal(caller.find("refused").status, 503);
});
