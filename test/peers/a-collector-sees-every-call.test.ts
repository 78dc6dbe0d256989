import assert from "node:assert/strict";
import { test } from "node:test";
import { freePorts } from "./harness/free-ports.ts";
import { SipCapture, Sngrep } from "./harness/hep-collectors.ts";
import { Kamailio } from "./harness/kamailio.ts";
import { Scratch } from "./harness/scratch.ts";
import { header, Sipp } from "./harness/sipp.ts";
import { World } from "./harness/world.ts";

//   gateway --HEP--> Kamailio sipcapture | sngrep          every SIP message, and what phones, timers and voice did
//      |---INVITE---> SIPp

function hep(port: number): { readonly extra: string } {
  return { extra: `[hep]\ncollector = "127.0.0.1:${port}"\nid = 4242\npassword = "k3y"\n` };
}

/** port:1 calls SIPp, which answers, and hangs up; SIPp's own trace of it. */
async function aCall({ house, scratch }: World) {
  const far = await Sipp.start(scratch, { scenario: "uas", target: null, port: house.peerPort });
  const port = house.phone("port:1");
  await port.dial("702");
  await house.fact("callAnswered");
  await port.hangUp();
  await far.received("BYE", 2000);
  await house.isQuiet();
  const [entry] = await house.log();
  const callId = header(far.messages()[0] ?? assert.fail("no message"), "Call-ID") ?? assert.fail("no Call-ID");
  return { far, callId, call: entry?.call ?? assert.fail("no entry in the log") };
}

test("Kamailio collects the SIP of a call, and under its Call-ID what phone, timers and voice did, and RTCP, live and by hand", async (t) => {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const collector = await SipCapture.start(scratch);
  const world = await World.open(t, hep(collector.port));
  const { house } = world;
  const began = Date.now() / 1000;
  const { callId, call } = await aCall(world);
  const us = `127.0.0.1:${house.sipPort}`;
  const them = `127.0.0.1:${house.peerPort}`;
  for (const message of [
    `request INVITE ${callId} ${us}`,
    `response 180 ${callId} ${them}`,
    `response 200 ${callId} ${them}`,
    `request ACK ${callId} ${us}`,
    `request BYE ${callId} ${us}`,
  ])
    await collector.program.says(new RegExp(message), 2000);
  const { hep: figures } = await house.status();
  assert.ok(figures !== null && figures.sent > 20 && figures.dropped === 0, JSON.stringify(figures));
  const shown = await house.cli("status", "--data", house.dataDir);
  assert.match(shown.output, new RegExp(`HEP +127.0.0.1:${collector.port}, [0-9]+ sent, 0 dropped`));
  const byHand = await house.cli("trace", call, "--hep", `127.0.0.1:${collector.port}`, "--data", house.dataDir);
  assert.equal(byHand.code, 0, byHand.output);
  const logs = await collector.stored("logs_capture");
  const live = logs.filter(({ agent }) => agent.endsWith(":4242"));
  const words = live.map(({ text }) => text).join("\n");
  assert.match(
    words,
    /port:1 off-hook[\s\S]*digit 7[\s\S]*timer noAnswer[\s\S]*joined[\s\S]*port:1 on-hook[\s\S]*over: one of the two/,
  );
  assert.doesNotMatch(words, /INVITE|BYE/, "SIP is there as it was on the wire");
  const late = logs.filter(({ agent }) => agent.endsWith(":255"));
  assert.match(late.map(({ text }) => text).join("\n"), /port:1 off-hook[\s\S]*INVITE[\s\S]*BYE/);
  for (const kept of logs) {
    assert.equal(kept.correlation, callId, kept.text);
    assert.ok(Math.abs(kept.atSeconds - began) < 30, "when it happened");
  }
  assert.ok(live.some(({ from }) => from === us));
  // A call that is over says so to its far end.
  const [report] = await collector.stored("rtcp_capture");
  assert.equal(report?.correlation, callId);
  assert.match(report.from, /^127\.0\.0\.1:\d+$/);
  const { type, sender_information: sender } = JSON.parse(report.text);
  assert.ok(type === 200 && sender.packets > 5, report.text);
});

test("sngrep gets octet for octet what the far end got and sent, from and to the addresses of the wire", async (t) => {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const collector = await Sngrep.start(scratch);
  const world = await World.open(t, hep(collector.port));
  const { far } = await aCall(world);
  const messages = await far.succeeds(10_000);
  const us = `127.0.0.1:${world.house.sipPort}`;
  const them = `127.0.0.1:${world.house.peerPort}`;
  const captured = await collector.captured();
  const sip = captured.filter(({ octets }) => /SIP\/2\.0/.test(octets.toString("latin1")));
  const times = sip.map(({ atUs }) => atUs);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  assert.equal(sip.length, messages.length);
  messages.forEach(({ direction, text, at }, n) => {
    const seen = sip[n];
    assert.ok(seen !== undefined);
    assert.equal(seen.octets.toString("latin1").trimEnd(), text.trimEnd());
    assert.deepEqual([seen.from, seen.to], direction === "sent" ? [them, us] : [us, them]);
    assert.ok(Math.abs(seen.atUs / 1e6 - at) < 0.5, `${seen.atUs / 1e6} and ${at}`);
  });
});

test("what a registrar is told to prove the password, a collector does not get; everything else it does", async (t) => {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const [collector, registrar] = [
    await Sngrep.start(scratch),
    await Kamailio.start(scratch, { password: "open sesame", maxExpiresSeconds: 60 }),
  ];
  const account = `[[line]]\nname = "office"\nuser = "house"\nregistrar = "${registrar.address}"\npassword = "open sesame"\n`;
  const { house } = await World.open(t, { extra: `${account}${hep(collector.port).extra}` });
  await registrar.registered("house", 1, 5000);
  await house.fact("lineChanged", 3000, 0, (fact) => fact.line === "line:office" && fact.state === "registered");
  const texts = (await collector.captured()).map(({ octets }) => octets.toString("latin1"));
  assert.deepEqual(
    texts.map((text) =>
      text
        .split(" ")
        .slice(0, 2)
        .join(" ")
        .replace(/ sip:.*/, ""),
    ),
    ["REGISTER", "SIP/2.0 401", "REGISTER", "SIP/2.0 200"],
  );
  const [line = ""] = /^Authorization: .*/im.exec(texts[2] ?? "") ?? [];
  assert.match(line, /username="house", .*nonce="[^"]{10,}", .*response="x{32}"/);
});

for (const [what, where] of [
  ["nobody listens at the collector's port", async () => `127.0.0.1:${await freePorts(1)}`],
  ["the collector's name can not be found", async () => "collector.invalid"],
] as const)
  test(`${what}: calls go on as ever, and status says what is lost`, async (t) => {
    const collector = await where();
    const world = await World.open(t, { extra: `[hep]\ncollector = "${collector}"\n` });
    const { house } = world;
    await aCall(world);
    const { hep: figures } = await house.untilStatus(
      "something was dropped",
      5000,
      (now) => (now.hep?.dropped ?? 0) > 0,
    );
    assert.match(figures?.trouble ?? "", /ECONNREFUSED|can not be found/);
    assert.match(house.program.output, /hep .*(ECONNREFUSED|can not be found)/);
  });
