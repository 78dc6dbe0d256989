import assert from "node:assert/strict";
import { test } from "node:test";
import { level, levelAt, sine } from "./measure.ts";
import { Rig } from "./rig.ts";
import { numberedFrame, numberOf, writeRtp } from "./rtp.ts";

const silencePcma = new Uint8Array(160).fill(0xd5);

function pushSine(rig: Rig, channel: number, n: number, hertz: number, sequence = n): void {
  const samples = sine(hertz, -10, 160, n * 160);
  rig.device.push(channel, "L16", sequence & 0xffff, new Uint8Array(samples.buffer));
}

/** Opens both channels of the device and joins them. */
function rigWithTwoPhones(): Rig {
  const rig = new Rig();
  rig.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
  rig.perform({ kind: "openUsb", endpoint: "usb:dongle:1:1", format: "L16" });
  rig.join("usb:dongle:1:0", "usb:dongle:1:1");
  rig.tick();
  return rig;
}

test("two streams of one law get each other's octets untouched", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  rig.openRtp(1, "PCMA");
  rig.join("rtp:0", "rtp:1");
  const heard: [number[], number[]] = [[], []];
  for (let n = 0; n < 40; n++) {
    rig.deliver(0, writeRtp({ sequence: n, timestamp: n * 160, payload: numberedFrame(n) }));
    rig.deliver(1, writeRtp({ sequence: n, timestamp: n * 160, payload: numberedFrame(1000 + n) }));
    for (const { stream, packet } of rig.tick()) {
      const number = numberOf(packet.payload);
      if (number !== null) heard[stream === 0 ? 0 : 1].push(number);
    }
  }
  const numbers = [...Array(38).keys()];
  assert.deepEqual(heard[1], numbers);
  assert.deepEqual(
    heard[0],
    numbers.map((n) => 1000 + n),
  );
});

test("streams of different laws hear each other transcoded, and no louder or softer", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  rig.openRtp(1, "PCMU");
  rig.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
  rig.openRtp(2, "PCMU");
  rig.join("rtp:0", "rtp:1");
  rig.join("rtp:2", "usb:dongle:1:0");
  // A tone in A-law, made by the gateway itself, goes to stream 0; what stream 1 then sends is heard by the phone.
  rig.openRtp(3, "PCMA");
  rig.perform({ kind: "tone", endpoint: "rtp:3", tone: "dial", country: "DE" });
  const heard: number[] = [];
  for (let n = 0; n < 40; n++) {
    const sent = rig.tick();
    for (const { stream, packet } of sent) {
      if (stream === 3) rig.deliver(0, writeRtp({ ...packet, sequence: n, timestamp: n * 160 }));
      if (stream === 1) rig.deliver(2, writeRtp({ ...packet, sequence: n, timestamp: n * 160 }));
    }
    const frame = new Uint8Array(320);
    if (rig.device.pull(0, frame) === 320) heard.push(...new Int16Array(frame.buffer));
  }
  const end = Int16Array.from(heard.slice(-1600));
  assert.ok(Math.abs(levelAt(end, 425) + 12) < 0.3, `${levelAt(end, 425)} dBm0`);
  assert.ok(Math.abs(level(end) + 12) < 0.3, "and nothing else");
});

test("an endpoint joined to itself hears itself", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMU");
  rig.join("rtp:0", "rtp:0");
  const heard: (number | null)[] = [];
  for (let n = 0; n < 20; n++) {
    rig.deliver(0, writeRtp({ payloadType: 0, sequence: n, timestamp: n * 160, payload: numberedFrame(n) }));
    heard.push(numberOf(rig.tickFor(0) ?? silencePcma));
  }
  assert.deepEqual(heard.slice(2), [...Array(18).keys()]);
});

test("a stream that is joined to nobody sends silence every tick, its sequence and time counting on", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  const sent = Array.from({ length: 50 }, () => rig.tick()).flat();
  assert.equal(sent.length, 50);
  sent.forEach(({ packet }, n) => {
    const before = sent[n - 1]?.packet;
    assert.deepEqual(packet.payload, silencePcma);
    assert.equal(packet.marker, n === 0);
    if (before === undefined) return;
    assert.equal(packet.sequence, (before.sequence + 1) & 0xffff);
    assert.equal(packet.timestamp, (before.timestamp + 160) >>> 0);
    assert.equal(packet.ssrc, before.ssrc);
  });
});

test("parted endpoints do not hear each other any more, and a third one never did", () => {
  const rig = new Rig();
  for (const stream of [0, 1, 2]) rig.openRtp(stream, "PCMA");
  rig.join("rtp:0", "rtp:1");
  const heard = (n: number) => {
    rig.deliver(0, writeRtp({ sequence: n, timestamp: n * 160, payload: numberedFrame(n) }));
    return rig.tick().map(({ stream, packet }) => [stream, numberOf(packet.payload)]);
  };
  for (let n = 0; n < 10; n++) heard(n);
  assert.deepEqual(heard(10), [
    [0, null],
    [1, 8],
    [2, null],
  ]);
  rig.perform({ kind: "part", a: "rtp:1", b: "rtp:0" });
  assert.deepEqual(heard(11), [
    [0, null],
    [1, null],
    [2, null],
  ]);
});

test("on hold each direction keeps what it is told", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA", { direction: "sendonly" });
  rig.openRtp(1, "PCMA", { direction: "recvonly" });
  rig.join("rtp:0", "rtp:1");
  for (let n = 0; n < 20; n++) {
    for (const stream of [0, 1])
      rig.deliver(stream, writeRtp({ sequence: n, timestamp: n * 160, payload: numberedFrame(stream * 1000 + n) }));
    const sent = rig.tick();
    assert.deepEqual(
      sent.map(({ stream }) => stream),
      [0],
      "recvonly and unknown far ends are not sent to",
    );
    if (n >= 2) assert.equal(numberOf(sent[0]?.packet.payload ?? silencePcma), 998 + n);
  }
  assert.equal(rig.status("rtp:0").received, 20, "counted all the same");
});

test("nothing is sent before the far end's address is known, and its packets begin with a marker then", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA", { remote: null });
  assert.deepEqual(rig.tick(), []);
  rig.openRtp(0, "PCMA");
  const [first] = rig.tick();
  assert.equal(first?.packet.marker, true);
});

test("a new codec in mid-call makes no gap", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  rig.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
  rig.join("rtp:0", "usb:dongle:1:0");
  const tone = new Rig();
  for (const [stream, format] of [
    [0, "PCMA"],
    [1, "PCMU"],
  ] as const) {
    tone.openRtp(stream, format);
    tone.perform({ kind: "tone", endpoint: `rtp:${stream}`, tone: "dial", country: "DE" });
  }
  const heard: number[] = [];
  for (let n = 0; n < 40; n++) {
    if (n === 20) rig.openRtp(0, "PCMU");
    const source = n < 20 ? 0 : 1;
    const payload = tone.tick().find(({ stream }) => stream === source)?.packet.payload ?? silencePcma;
    rig.deliver(0, writeRtp({ payloadType: source === 0 ? 8 : 0, sequence: n, timestamp: n * 160, payload }));
    heard.push(...(rig.tickSamples(0) ?? []));
  }
  const sounding = Int16Array.from(heard.slice(-34 * 160));
  assert.ok(Math.abs(levelAt(sounding, 425) + 12) < 0.3, `${levelAt(sounding, 425)} dBm0`);
  assert.equal(rig.status("rtp:0").concealed, 0);
});

test("two phones hear each other sample by sample", () => {
  const rig = rigWithTwoPhones();
  const heard: number[] = [];
  for (let n = 0; n < 60; n++) {
    pushSine(rig, 0, n, 440);
    rig.tick();
    const frame = new Uint8Array(320);
    if (rig.device.pull(1, frame) === 320) heard.push(...new Int16Array(frame.buffer));
  }
  const begins = heard.findIndex((sample) => sample !== 0) - 1;
  assert.deepEqual(heard.slice(begins, begins + 50 * 160), [...sine(440, -10, 50 * 160)]);
});

test("a device whose clock is 1 % fast or slow keeps a small delay for minutes", () => {
  for (const every of [100, -100]) {
    const rig = rigWithTwoPhones();
    let pushed = 0;
    for (let tick = 0; tick < 6000; tick++) {
      const frames = tick % 100 !== 99 ? 1 : every > 0 ? 2 : 0;
      for (let n = 0; n < frames; n++) pushSine(rig, 0, pushed++, 440);
      rig.tick();
    }
    const { received, concealed, late } = rig.status("usb:dongle:1:0");
    const waiting = pushed - received - late;
    assert.ok(waiting >= 0 && waiting <= 4, `${waiting} frames wait`);
    assert.ok(concealed <= 70 && late <= 70, `${concealed} concealed, ${late} dropped`);
  }
});

test("gaps in the device's sequence are concealed, one frame each", () => {
  const rig = rigWithTwoPhones();
  let sequence = 65_500;
  for (let n = 0; n < 200; n++) {
    const lost = n % 20 === 19;
    if (!lost) pushSine(rig, 0, n, 440, sequence);
    sequence++;
    rig.tick();
  }
  const { received, concealed, lost } = rig.status("usb:dongle:1:0");
  assert.equal(lost, 9, "the last loss is not yet seen");
  assert.equal(concealed, 9);
  assert.ok(received >= 187, `${received} frames`);
});

test("a device that stops is heard to fade, not to drone", () => {
  const rig = rigWithTwoPhones();
  const heard: Int16Array[] = [];
  for (let n = 0; n < 40; n++) {
    if (n < 20) pushSine(rig, 0, n, 440);
    rig.tick();
    const frame = new Uint8Array(320);
    if (rig.device.pull(1, frame) === 320) heard.push(new Int16Array(frame.buffer));
  }
  const levels = heard.map((samples) => level(samples));
  assert.ok(Math.max(...levels.slice(5, 15)) > -11);
  assert.ok(Math.max(...levels.slice(-8)) < -100);
});

test("frames of the wrong length, of other channels and into too small a room are refused", () => {
  const rig = rigWithTwoPhones();
  rig.device.push(0, "L16", 0, new Uint8Array(160));
  rig.device.push(0, "PCMA", 0, new Uint8Array(161));
  rig.device.push(7, "PCMA", 0, new Uint8Array(160));
  rig.tick();
  rig.tick();
  assert.equal(rig.device.pull(0, new Uint8Array(100)), 0);
  assert.equal(rig.device.pull(9, new Uint8Array(320)), 0);
  assert.equal(rig.device.refused, 4);
  assert.equal(rig.status("usb:dongle:1:0").received, 0);
});

test("a phone that opens again does not hear the last call's end", () => {
  const rig = rigWithTwoPhones();
  for (let n = 0; n < 20; n++) {
    pushSine(rig, 0, n, 440);
    rig.tick();
  }
  rig.perform({ kind: "close", endpoint: "usb:dongle:1:1" });
  rig.device.setFormat(1, null);
  rig.tick();
  assert.equal(rig.device.pull(1, new Uint8Array(320)), 0);
  rig.perform({ kind: "openUsb", endpoint: "usb:dongle:1:1", format: "L16" });
  for (let n = 0; n < 10; n++) {
    rig.tick();
    const frame = new Uint8Array(320);
    rig.device.pull(1, frame);
    assert.ok(
      frame.every((octet) => octet === 0),
      `frame ${n}`,
    );
  }
});
