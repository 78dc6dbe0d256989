import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { levelAt } from "./measure.ts";
import { udpPayloads } from "./pcap.ts";
import { listen, Rig } from "./rig.ts";
import { randomFrom, writeEvent, writeRtp } from "./rtp.ts";

/** Packets of one key of 100 ms: five updates, then the end three times. */
function keyPackets(event: number, sequence: number, timestamp: number): Uint8Array[] {
  return [1, 2, 3, 4, 5, 5, 5].map((n, place) =>
    writeEvent(event, place >= 4, n * 160, { sequence: sequence + place, timestamp, marker: place === 0 }),
  );
}

function rigWithStream(): Rig {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  return rig;
}

test("a key is told once, at its end, with its length", () => {
  const rig = rigWithStream();
  keyPackets(5, 10, 1000).forEach((packet, n) => {
    rig.deliver(0, packet);
    rig.tick();
    assert.equal(rig.events.length, n < 4 ? 0 : 1);
  });
  assert.deepEqual(rig.events, [{ kind: "digit", endpoint: "rtp:0", digit: "5", durationMs: 100 }]);
});

test("losses, repeats and disorder of every kind leave each key exactly once, in order", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = randomFrom(seed);
    const rig = rigWithStream();
    const keys = [1, 1, 2, 15, 10, 0];
    keys.forEach((key, n) => {
      const packets = keyPackets(key, n * 20, n * 4000);
      const kept = packets.filter(() => random() > 0.4);
      const arriving = kept.length === 0 ? packets.slice(0, 1) : kept.flatMap((p) => (random() < 0.3 ? [p, p] : [p]));
      if (random() < 0.5) arriving.reverse();
      for (const packet of arriving) {
        rig.deliver(0, packet);
        rig.tick();
      }
      for (let pause = 0; pause < 10; pause++) rig.tick();
    });
    const told = rig.events.map((event) => (event.kind === "digit" ? event.digit : event.kind));
    assert.deepEqual(told, ["1", "1", "2", "D", "*", "0"], `seed ${seed}`);
  }
});

test("a key whose end was lost is told when the next one begins", () => {
  const rig = rigWithStream();
  rig.deliver(0, writeEvent(3, false, 160, { sequence: 1, timestamp: 0, marker: true }));
  rig.deliver(0, writeEvent(4, true, 160, { sequence: 9, timestamp: 2000, marker: true }));
  rig.tick();
  const told = rig.events.map((event) => (event.kind === "digit" ? event.digit : event.kind));
  assert.deepEqual(told, ["3", "4"]);
});

test("a key held for ten seconds is one key", () => {
  const rig = rigWithStream();
  for (let n = 0; n < 500; n++) {
    const elapsed = n * 160 + 160;
    const segment = elapsed > 0xffff ? 1 : 0;
    const timestamp = segment * 0xffff;
    rig.deliver(0, writeEvent(7, n === 499, elapsed - timestamp, { sequence: n, timestamp, marker: n === 0 }));
    rig.tick();
  }
  assert.deepEqual(rig.events, [{ kind: "digit", endpoint: "rtp:0", digit: "7", durationMs: 10_000 }]);
});

/** Plays a capture packet by packet; returns the keys told. */
function keysOf(name: string) {
  const rig = new Rig();
  rig.openRtp(0, "PCMU");
  const file = new URL(`../../../shared/vectors/sipp/${name}`, import.meta.url);
  for (const payload of udpPayloads(readFileSync(file))) {
    rig.deliver(0, payload);
    rig.tick();
  }
  for (let n = 0; n < 10; n++) rig.tick();
  return rig.events.flatMap((event) => (event.kind === "digit" ? [event] : []));
}

test("a key of forty thousand segments has a length", () => {
  const rig = rigWithStream();
  for (let n = 0; n < 40_000; n++) {
    const timestamp = (n * 0xffff) >>> 0;
    rig.deliver(0, writeEvent(5, false, 0xffff, { sequence: n & 0xffff, timestamp, marker: n === 0 }));
    if (n % 32 === 31) rig.tickEngine();
  }
  for (let n = 0; n < 10; n++) rig.tick();
  assert.deepEqual(rig.events, [
    { kind: "digit", endpoint: "rtp:0", digit: "5", durationMs: Math.floor((0x3fffffff + 0xffff) / 8) },
  ]);
});

test("a captured call of another gateway gives the digits it is known to hold", () => {
  const told = keysOf("asterisk/ulaw-2013785496.pcap");
  assert.equal(told.map((key) => key.digit).join(""), "2013785496");
  // The capture's last packets of each key say 1600 samples.
  assert.deepEqual(new Set(told.map((key) => key.durationMs)), new Set([200]));
});

test("the captures of single keys give that key, once", () => {
  const files = { "*": "star", "#": "pound" } as const;
  for (const digit of "0123456789*#") {
    const file = digit === "*" || digit === "#" ? files[digit] : digit;
    const told = keysOf(`sipp/pcap/dtmf_2833_${file}.pcap`);
    assert.deepEqual(told, [{ kind: "digit", endpoint: "rtp:0", digit, durationMs: 280 }]);
  }
});

test("a key is sent as events of one timestamp, its end three times, and no voice meanwhile", () => {
  const rig = rigWithStream();
  rig.tick();
  rig.perform({ kind: "sendDigit", endpoint: "rtp:0", digit: "#", durationMs: 100 });
  const sent = Array.from({ length: 12 }, () => rig.tick().map(({ packet }) => packet)).flat();
  const events = sent.filter((packet) => packet.payloadType === 101);
  assert.equal(events.length, 7);
  assert.deepEqual(
    events.map((packet) => ((packet.payload[2] ?? 0) << 8) | (packet.payload[3] ?? 0)),
    [160, 320, 480, 640, 800, 800, 800],
  );
  assert.deepEqual(
    events.map((packet) => (packet.payload[1] ?? 0) >= 0x80),
    [false, false, false, false, true, true, true],
  );
  assert.ok(events.every((packet) => packet.payload[0] === 11 && packet.timestamp === events[0]?.timestamp));
  assert.deepEqual(
    events.map((packet) => packet.marker),
    [true, false, false, false, false, false, false],
  );
  sent.forEach((packet, n) => {
    if (n > 0) assert.equal(packet.sequence, ((sent[n - 1]?.sequence ?? 0) + 1) & 0xffff);
  });
  assert.equal(sent.length, 12, "one packet a tick");
});

test("what one gateway sends another one tells once", () => {
  const rig = rigWithStream();
  rig.openRtp(1, "PCMA");
  const keys = ["1", "1", "0", "A", "*"] as const;
  for (const digit of keys) rig.perform({ kind: "sendDigit", endpoint: "rtp:0", digit, durationMs: 80 });
  for (let n = 0; n < 100; n++) {
    for (const { stream, packet } of rig.tick()) if (stream === 0) rig.deliver(1, writeRtp(packet));
  }
  const told = rig.events.flatMap((event) => (event.kind === "digit" ? [event.digit] : []));
  assert.deepEqual(told, keys);
});

test("a key towards a phone is its two frequencies for its time", () => {
  const frequencies = { "1": [697, 1209], "6": [770, 1477], "*": [941, 1209], D: [941, 1633] } as const;
  for (const [digit, [low, high]] of Object.entries(frequencies)) {
    const rig = new Rig();
    rig.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
    rig.perform({ kind: "sendDigit", endpoint: "usb:dongle:1:0", digit: digit as "1", durationMs: 100 }); // Object.entries forgets
    const heard = listen(rig, 12);
    assert.ok(Math.abs(levelAt(heard.subarray(0, 800), low) + 10) < 0.3, digit);
    assert.ok(Math.abs(levelAt(heard.subarray(0, 800), high) + 8) < 0.3, digit);
    assert.ok(heard.subarray(800).every((sample) => sample === 0));
  }
});

test("a key towards a stream without telephone events is sound", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMU", { eventPayloadType: null });
  rig.perform({ kind: "sendDigit", endpoint: "rtp:0", digit: "9", durationMs: 100 });
  const sent = Array.from({ length: 5 }, () => rig.tick()[0]?.packet);
  assert.ok(sent.every((packet) => packet?.payloadType === 0 && packet.payload.some((octet) => octet !== 0xff)));
});
