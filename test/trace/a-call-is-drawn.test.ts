import assert from "node:assert/strict";
import { test } from "node:test";
import { stepsOf } from "../../src/trace/steps.ts";
import { svgOf } from "../../src/trace/svg.ts";
import { textOf } from "../../src/trace/text.ts";
import { windowOf } from "../../src/trace/window.ts";
import { house, line, media, World } from "../logic/world.ts";
import { type RigName, rig } from "../proxy/rigs.ts";
import { inOrder, journalOf, ladder, said } from "./journal-of.ts";
import { readXml } from "./xml.ts";

const nothingMeasured = {
  lost: null,
  jitterMs: null,
  lostShare: null,
  discardedShare: null,
  burstDensity: null,
  levelDbm0: null,
  r: null,
  mos: null,
  mosListening: null,
};

const heardWell = {
  codec: "PCMA",
  received: 900,
  sent: 900,
  lost: 0,
  late: 0,
  concealed: 0,
  lostShare: null,
  lateShare: null,
  jitterMs: null,
  bufferMs: null,
  roundTripMs: null,
  delayMs: null,
  levelDbm0: null,
  echoReturnLossDb: null,
  echoEnhancementDb: null,
  r: null,
  mos: null,
  mosListening: null,
  farEnd: null,
};

const kinds: readonly RigName[] = ["line", "handset", "port"];

/** What leaves and comes, as the picture has it, for the two sides of a call. */
const calls: Readonly<Record<RigName, RegExp>> = {
  line: /provider>gateway INVITE/,
  handset: /phone>gateway handset:1 CC-SETUP/,
  port: /phone>gateway port:1 off-hook/,
};
const rings: Readonly<Record<RigName, RegExp>> = {
  line: /gateway>provider INVITE/,
  handset: /gateway>phone handset:2 CC-SETUP/,
  port: /gateway>phone port:2 ring/,
};
const answers: Readonly<Record<RigName, RegExp>> = {
  line: /provider>gateway 200 OK/,
  handset: /phone>gateway handset:2 CC-CONNECT/,
  port: /phone>gateway port:2 off-hook/,
};

for (const caller of kinds)
  for (const callee of kinds) {
    if (caller === "line" && callee === "line") continue;
    test(`${caller} calls ${callee}: who rang, answered, was joined and hung up stands in the picture in that order`, async (t) => {
      const world = new World();
      const [a, b] = [rig(world, caller, "caller"), rig(world, callee, "callee")];
      a.call(b.number === "701" ? "701" : b.number);
      b.alert();
      world.pass(1500);
      b.answer();
      world.pass(2000);
      a.hangUp();
      world.pass(40_000);
      const made = await ladder(t, world);
      inOrder(said(made), [calls[caller], rings[callee], answers[callee], /gateway: .* joined/, /gateway: over: /]);
      assert.equal(made.end, "one of the two hung up");
      assert.match(made.title, /^call:1: .* calls /);
      const times = made.rungs.map(({ at }) => at);
      assert.deepEqual(
        times,
        times.toSorted((x, y) => x - y),
      );
    });
  }

test("a caller who gives up while a handset alerts: CANCEL, 487, and the release of all three, with the cause in words", async (t) => {
  const world = new World();
  const leg = world.invite("600");
  world.post({ world: "dect", kind: "alerting", handset: "handset:2", call: world.setupOf("handset:2") });
  world.post({ world: "sip", kind: "cancelled", line, leg });
  const made = await ladder(t, world);
  inOrder(said(made), [
    /^provider>gateway INVITE .*700.* calls 600 \(PCMU PCMA\)$/,
    /^gateway>phone handset:1 CC-SETUP, .*700.* calls$/,
    /^gateway>phone port:1 ring, 25 Hz$/,
    /^gateway: timer noAnswer of call:1, 60 s$/,
    /^gateway>provider 100 Trying$/,
    /^phone>gateway handset:2 CC-ALERTING/,
    /^gateway>provider 180 Ringing$/,
    /^provider>gateway CANCEL$/,
    /^gateway: timer noAnswer stops$/,
    /^gateway>phone handset:1 CC-RELEASE: /,
    /^gateway>provider 487 Request Terminated: the caller gave up before an answer$/,
    /^gateway: over: the caller gave up before an answer$/,
  ]);
});

test("a far end that is busy is told as its status and in words, and the tone and the hook of the caller afterwards are there", async (t) => {
  const world = new World();
  world.dial("port:1", "701");
  const { leg } = world.invited();
  world.post({ world: "sip", kind: "refused", line, leg, status: 486, reason: "Busy Here" });
  world.pass(3000);
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  inOrder(said(await ladder(t, world)), [
    /phone>gateway port:1 digit 7/,
    /gateway>provider INVITE .* calls 701/,
    /provider>gateway 486 Busy Here: the called party is busy/,
    /gateway: sip:out-1 released: the called party is busy/,
    /gateway: usb:dongle:1:0 tone busy/,
    /phone>gateway port:1 on-hook/,
    /gateway: usb:dongle:1:0 closed/,
  ]);
});

test("nobody answers: the timer that ran out stands before the end it caused", async (t) => {
  const world = new World();
  world.invite("611");
  world.pass(60_000);
  inOrder(said(await ladder(t, world)), [
    /gateway: timer noAnswer runs out/,
    /gateway>phone handset:1 CC-RELEASE: too long without an answer/,
    /gateway>provider 480 .*: nobody answered in time/,
    /over: nobody answered in time/,
  ]);
});

test("hold and its end are there, by flash at a port and by re-INVITE at the far end", async (t) => {
  const world = new World();
  world.dial("port:1", "701");
  const { leg } = world.invited();
  world.post({ world: "sip", kind: "answered", line, leg, media });
  for (let times = 0; times < 2; times++) {
    world.pass(1000);
    world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
    world.pass(100);
    world.post({ world: "fxs", kind: "wentOffHook", port: "port:1" });
    world.post({ world: "sip", kind: "reanswered", line, leg, media });
  }
  inOrder(said(await ladder(t, world)), [
    /provider>gateway 200 OK \(/,
    /gateway>provider re-INVITE \(.*sendonly\)/,
    /gateway: held by port:1/,
    /gateway>provider re-INVITE \([^,]*\)/,
    /gateway: taken back by port:1/,
  ]);
});

test("keys that dial are shown, keys pressed in the call are not: they may be a PIN", async (t) => {
  const world = new World();
  world.dial("port:1", "701");
  const { leg } = world.invited();
  world.post({ world: "sip", kind: "answered", line, leg, media });
  for (const digit of ["9", "8", "9"] as const) world.post({ world: "fxs", kind: "digit", port: "port:1", digit });
  world.post({ world: "voice", kind: "digit", endpoint: "rtp:0", digit: "9", durationMs: 100 });
  world.post({ world: "sip", kind: "digit", line, leg, digit: "8", durationMs: 100 });
  const words = said(await ladder(t, world));
  inOrder(words, [/port:1 digit 7/, /port:1 digit 0/, /port:1 digit 1/, /200 OK/, /port:1 digit •/, /key •/]);
  const answered = words.findIndex((text) => text.includes("200 OK"));
  assert.ok(words.slice(answered).every((text) => !/(digit|keys?) [0-9]/.test(text)));
});

test("a fax machine in a call is there with the codec it goes on in", async (t) => {
  const phones = house.phones.map((plan) => ({ ...plan, fax: true as const }));
  const world = new World({ ...house, phones });
  world.dial("port:1", "701");
  world.post({ world: "sip", kind: "answered", line, leg: world.invited().leg, media });
  world.post({ world: "voice", kind: "faxTone", endpoint: "usb:dongle:1:0", tone: "cng", from: "phone" });
  inOrder(said(await ladder(t, world)), [
    /phone>gateway usb:dongle:1:0 fax tone cng/,
    /gateway: rtp:0 open, PCM[AU] .*fax/,
    /gateway: a fax machine at port:1 \(cng\)/,
  ]);
});

test("of two calls at the same time each picture has its own legs, timers and voice only", async (t) => {
  const world = new World();
  const [first, second] = [world.invite("611", "0301"), world.invite("601", "0302")];
  world.post({ world: "dect", kind: "connect", handset: "handset:1", call: world.setupOf("handset:1") });
  world.post({ world: "fxs", kind: "wentOffHook", port: "port:1" });
  world.pass(1000);
  // Both phones' devices go at once: one event, two calls.
  world.post({ world: "voice", kind: "rtpTimeout", endpoint: "rtp:0", silentMs: 30_000 });
  world.post({ world: "sip", kind: "ended", line, leg: second, cause: "normal" });
  assert.notEqual(first, second);
  const one = said(await ladder(t, world, "call:1")).join("\n");
  const two = said(await ladder(t, world, "call:2")).join("\n");
  assert.match(one, /0301[\s\S]*handset:1[\s\S]*rtp:0/);
  assert.doesNotMatch(one, /0302|port:1|rtp:1|dongle|call:2/);
  assert.match(two, /0302[\s\S]*port:1[\s\S]*rtp:1/);
  assert.doesNotMatch(two, /0301|handset:|rtp:0|base|call:1/);
});

test("an event that ends several calls at once is in the picture of each, with the commands of its own", async (t) => {
  const world = new World();
  for (const handset of ["handset:1", "handset:2"] as const) {
    world.invite(handset === "handset:1" ? "611" : "612");
    world.post({ world: "dect", kind: "connect", handset, call: world.setupOf(handset) });
  }
  world.post({ world: "dect", kind: "detached", base: "base:1", reason: "unplugged" });
  for (const [call, own, other] of [
    ["call:1", "handset:1", "handset:2"],
    ["call:2", "handset:2", "handset:1"],
  ] as const) {
    const made = await ladder(t, world, call);
    inOrder(said(made), [/gateway: base:1 is gone: unplugged/, /gateway>provider BYE: the device was unplugged/]);
    assert.ok(said(made).some((words) => words.includes(own)));
    assert.ok(!said(made).some((words) => words.includes(other)));
  }
});

test("the words fit terminals of 80 to 120 columns, long ones on lines of their own, in straight lanes", async (t) => {
  const world = new World();
  world.invite("600", `0${"123456789".repeat(4)}`);
  const made = await ladder(t, world);
  for (const columns of [10, 80, 93, 120, 500]) {
    const lines = textOf(made, columns).split("\n");
    const most = Math.min(120, Math.max(80, columns));
    assert.ok(
      lines.every((text) => text.length <= most),
      `${columns}: ${lines.filter((text) => text.length > most)}`,
    );
    const poles = lines.filter((text) => text.includes("|")).map((text) => text.lastIndexOf("|"));
    assert.equal(new Set(poles).size <= 2, true, `${poles}`);
    assert.ok(lines.join("").includes("123456789"), "nothing is lost by wrapping");
  }
  assert.doesNotMatch(textOf(made, 80).replaceAll("\n", ""), /\p{Cc}/u);
});

test("what becomes of a phone after its call is no part of the call, nor of its capsule", async (t) => {
  const world = new World();
  world.dial("port:1", "602");
  world.post({ world: "fxs", kind: "wentOffHook", port: "port:2" });
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:1" });
  world.pass(1000);
  world.post({ world: "fxs", kind: "wentOnHook", port: "port:2" });
  world.pass(5000);
  const before = (await ladder(t, world)).rungs.length;
  world.pass(3_600_000);
  world.post({ world: "fxs", kind: "detached", dongle: "dongle:1", reason: "unplugged" });
  const made = await ladder(t, world);
  assert.equal(made.rungs.length, before);
  inOrder(said(made), [/port:2 on-hook/, /closed/]);
  const window = await windowOf(await journalOf(t, world), "call:1");
  assert.ok(window?.entries.every(({ event }) => event.kind !== "detached"));
});

test("what a pause leaves out is marked, and below stand the end, who answered after how long, and how long it was", async (t) => {
  const world = new World();
  world.dial("port:1", "701");
  const { leg } = world.invited();
  world.post({ world: "sip", kind: "calling", line, leg, callId: "77@us" });
  world.pass(2500);
  world.post({ world: "sip", kind: "answered", line, leg, media });
  world.pass(150_000);
  world.post({ world: "sip", kind: "ended", line, leg, cause: "normal" });
  const made = await ladder(t, world);
  const text = textOf(made, 80);
  assert.match(text, /^call:1: .*\nbegan .*\nCall-ID 77@us\n\n +phone/);
  const [waits, talks] = [/\n +: +: 2\.5 s +:\n +\+/, /\n +: +: 2 min 30 s +:\n +\+/];
  assert.ok(text.search(waits) > text.search(/INVITE/) && text.search(waits) < text.search(/200 OK/));
  assert.ok(text.search(talks) > text.search(/200 OK/) && text.search(talks) < text.search(/BYE/));
  assert.match(
    text,
    /\nover: one of the two hung up;\sanswered\sby\sline:local\safter\s2\.\d\d\d\ss,\s150\.000\ss\slong$/,
  );
  assert.doesNotMatch(text.slice(0, text.search(/INVITE/)), /: {2}/, "keys follow each other without a pause");
  const { text: svg, elements } = readXml(svgOf(made));
  assert.match(svg, /Call-ID 77@us[\s\S]*2\.5 s[\s\S]*2 min 30 s[\s\S]*answered by line:local/);
  const ids = elements.map(({ attributes }) => attributes.get("id"));
  for (const id of elements[0]?.attributes.get("aria-labelledby")?.split(" ") ?? []) assert.ok(ids.includes(id));
  assert.equal(elements.filter(({ name }) => name === "title").length, 1 + made.rungs.length);
});

test("how a call was heard stands at its end: opinion, loss, jitter and delay, and what the far end says", async (t) => {
  const world = new World();
  world.dial("port:1", "701");
  const { leg } = world.invited();
  world.post({ world: "sip", kind: "answered", line, leg, media });
  world.post({ world: "sip", kind: "ended", line, leg, cause: "normal" });
  const farEnd = { ...nothingMeasured, mos: 3.9, lostShare: 0.031, discardedShare: 0, jitterMs: 12.5 };
  const own = { ...heardWell, lostShare: 0.0125, lateShare: 0.002, jitterMs: 3.4, delayMs: 61.3, mos: 4.26, farEnd };
  world.post({ world: "voice", kind: "measured", call: "call:1", party: "line:local", quality: own });
  const device = { ...heardWell, codec: "L16", lost: 2, mosListening: 4.4 };
  world.post({ world: "voice", kind: "measured", call: "call:1", party: "port:1", quality: device });
  const words = said(await ladder(t, world));
  inOrder(words, [
    /^gateway: line:local was heard in PCMA, MOS 4\.3, 900 packets, lost 1\.3 %, late 0\.2 %, jitter 3\.4 ms, delay 61 ms; it says it heard us with MOS 3\.9, lost 3\.1 %, jitter 12\.5 ms$/,
    /^gateway: port:1 was heard in L16, MOS 4\.4 of listening, 900 frames, 2 lost$/,
  ]);
  assert.ok(!words.some((text) => text.includes("?")));
});

test("a call that the journal does not have has no steps, and those it has are named", async (t) => {
  const world = new World();
  world.invite("611");
  const found = await stepsOf(await journalOf(t, world), "call:7");
  assert.deepEqual([found.steps, found.calls], [[], ["call:1"]]);
});
