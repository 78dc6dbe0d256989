import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import {
  END,
  ENDPOINT_SIZE,
  ENDPOINTS_OFFSET,
  HEADER_MALFORMED,
  PAGE,
  PAGES,
  SINE_OFFSET,
} from "../../assembly/layout.ts";
import { udpPayloads } from "./pcap.ts";
import { Rig } from "./rig.ts";
import { numberedFrame, numberOf, randomFrom, writeRtp } from "./rtp.ts";

const shared = new URL("../../../shared/vectors/", import.meta.url);

function seeds(): Buffer[] {
  return ["fuzz-seeds/pj-rtp/", "fuzz-seeds/webrtc-rtp/", "fuzz-seeds/webrtc-rtcp/", "fuzz-seeds/pj-sip/"].flatMap(
    (folder) => readdirSync(new URL(folder, shared)).map((name) => readFileSync(new URL(folder + name, shared))),
  );
}

function captured(): Buffer[] {
  const folder = new URL("pcap/", shared);
  return readdirSync(folder)
    .filter((name) => name.endsWith(".pcap"))
    .flatMap((name) => udpPayloads(readFileSync(new URL(name, folder))));
}

/** A call on streams 1 and 2 that must go on while stream 0 is attacked. */
function attack(packets: readonly Uint8Array[]): { rig: Rig; heard: (number | null)[] } {
  const rig = new Rig();
  for (const stream of [0, 1, 2]) rig.openRtp(stream, "PCMA");
  rig.join("rtp:1", "rtp:2");
  rig.join("rtp:0", "rtp:0");
  const heard: (number | null)[] = [];
  const ticks = Math.max(50, Math.ceil(packets.length / 20));
  for (let n = 0; n < ticks; n++) {
    for (const packet of packets.slice(n * 20, n * 20 + 20)) rig.deliver(0, packet);
    rig.deliver(1, writeRtp({ sequence: n & 0xffff, timestamp: n * 160, payload: numberedFrame(n & 0xffff) }));
    heard.push(numberOf(rig.tickFor(2) ?? new Uint8Array(160)));
  }
  return { rig, heard };
}

function assertUndisturbed(heard: readonly (number | null)[]): void {
  assert.deepEqual(
    heard.slice(2),
    heard.slice(2).map((_, n) => n & 0xffff),
  );
}

test("seeds that break other RTP stacks, and captures that are no RTP, disturb nobody", () => {
  const { rig, heard } = attack([...seeds(), ...captured()]);
  assertUndisturbed(heard);
  assert.ok(rig.map.word(HEADER_MALFORMED) > 50, `${rig.map.word(HEADER_MALFORMED)} refused`);
});

test("a hundred thousand random packets, half of them nearly right, disturb nobody", () => {
  const random = randomFrom(42);
  const octet = () => Math.floor(random() * 256);
  const packets = Array.from({ length: 100_000 }, (_, n) => {
    const packet = Uint8Array.from({ length: Math.floor(random() * (n % 50 === 0 ? 1500 : 64)) }, octet);
    if (n % 2 === 0 && packet.length > 1) {
      packet[0] = 0x80 | ((packet[0] ?? 0) & 0x3f);
      packet[1] = [8, 0, 13, 101][octet() & 3] ?? 0;
    }
    return packet;
  });
  const { rig, heard } = attack(packets);
  assertUndisturbed(heard);
  const status = rig.status("rtp:0");
  assert.ok(status.received > 0 && status.late >= 0);
});

test("nothing but the memory's own regions is written", () => {
  const random = randomFrom(3);
  const rig = new Rig();
  for (const stream of [0, 1]) rig.openRtp(stream, "PCMA");
  rig.join("rtp:0", "rtp:0");
  const sine = rig.map.octets.slice(SINE_OFFSET, ENDPOINTS_OFFSET);
  const other = rig.map.octets.slice(ENDPOINTS_OFFSET + 2 * ENDPOINT_SIZE, ENDPOINTS_OFFSET + 16 * ENDPOINT_SIZE);
  for (let n = 0; n < 2000; n++) {
    const timestamp = Math.floor(random() * 2 ** 32);
    const payload = new Uint8Array(Math.floor(random() * 1280)).fill(0x55);
    rig.deliver(0, writeRtp({ sequence: n & 0xffff, timestamp, payload }));
    rig.tick();
  }
  assert.deepEqual(rig.map.octets.slice(SINE_OFFSET, ENDPOINTS_OFFSET), sine);
  assert.deepEqual(
    rig.map.octets.slice(ENDPOINTS_OFFSET + 2 * ENDPOINT_SIZE, ENDPOINTS_OFFSET + 16 * ENDPOINT_SIZE),
    other,
  );
  assert.ok(rig.map.octets.subarray(END, PAGE * PAGES).every((octet) => octet === 0));
});

const malformed: Readonly<Record<string, Uint8Array>> = {
  empty: new Uint8Array(0),
  "eleven octets": writeRtp({}).slice(0, 11),
  "version 1": writeRtp({}).fill(0x40, 0, 1),
  "fifteen sources and no room for them": writeRtp({ payload: new Uint8Array(4) }).fill(0x8f, 0, 1),
  "an extension beyond the end": writeRtp({ payload: new Uint8Array(8).fill(0xff) }).fill(0x90, 0, 1),
  "padding longer than the packet": writeRtp({ payload: new Uint8Array(8).fill(200) }).fill(0xa0, 0, 1),
  "padding of zero": writeRtp({ payload: new Uint8Array(8) }).fill(0xa0, 0, 1),
  "a payload type nobody negotiated": writeRtp({ payloadType: 34 }),
  "a payload of 200 ms": writeRtp({ payload: new Uint8Array(1400) }),
  "a telephone event of three octets": writeRtp({ payloadType: 101, payload: new Uint8Array(3) }),
};

for (const [what, packet] of Object.entries(malformed)) {
  test(`malformed: ${what} is dropped and counted`, () => {
    const rig = new Rig();
    rig.openRtp(0, "PCMA");
    rig.deliver(0, packet);
    rig.tick();
    assert.equal(rig.map.word(HEADER_MALFORMED), 1);
    assert.equal(rig.status("rtp:0").received, 0);
  });
}

test("sources, extension and padding of a right packet are left out of what is heard", () => {
  const rig = new Rig({ jitterMs: 0 });
  rig.openRtp(0, "PCMA");
  rig.join("rtp:0", "rtp:0");
  const body = Uint8Array.from([
    ...new Uint8Array(8).fill(1),
    ...[0xbe, 0xde, 0, 1, 9, 9, 9, 9],
    ...numberedFrame(77),
    ...[0, 0, 0, 4],
  ]);
  rig.deliver(0, writeRtp({ payload: body }).fill(0xb2, 0, 1));
  assert.equal(numberOf(rig.tickFor(0) ?? new Uint8Array(160)), 77);
});

test("a flood is cut at what one tick takes, and the next tick is as ever", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  rig.openRtp(1, "PCMA");
  rig.join("rtp:1", "rtp:1");
  for (let n = 0; n < 5000; n++) rig.deliver(0, writeRtp({ sequence: n, timestamp: n * 160 }));
  rig.tick();
  const heard: (number | null)[] = [];
  for (let n = 0; n < 10; n++) {
    rig.deliver(1, writeRtp({ sequence: n, timestamp: n * 160, payload: numberedFrame(n) }));
    heard.push(numberOf(rig.tickFor(1) ?? new Uint8Array(160)));
  }
  assert.deepEqual(heard.slice(2), [...Array(8).keys()]);
});

test("one stray packet with other numbers does not move the stream", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  rig.join("rtp:0", "rtp:0");
  const heard: (number | null)[] = [];
  for (let n = 0; n < 40; n++) {
    rig.deliver(0, writeRtp({ sequence: n, timestamp: n * 160, payload: numberedFrame(n) }));
    if (n === 20) rig.deliver(0, writeRtp({ sequence: 30_000, timestamp: 99_999_999 }));
    heard.push(numberOf(rig.tickFor(0) ?? new Uint8Array(160)));
  }
  assert.deepEqual(heard.slice(2), [...Array(38).keys()]);
});

test("packets of other sources, alone or between those of the one that is heard, are counted and not heard", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  rig.join("rtp:0", "rtp:0");
  const heard: (number | null)[] = [];
  const stray = (ssrc: number, sequence: number) =>
    rig.deliver(0, writeRtp({ ssrc, sequence, timestamp: 99_999_999, payload: numberedFrame(7777) }));
  for (let n = 0; n < 60; n++) {
    rig.deliver(0, writeRtp({ sequence: n, timestamp: n * 160, payload: numberedFrame(n) }));
    // Ever others; then a second one that sends all the time.
    if (n >= 20 && n < 40) stray(n, 5);
    if (n >= 40) stray(99, n);
    heard.push(numberOf(rig.tickFor(0) ?? new Uint8Array(160)));
  }
  assert.deepEqual(heard.slice(2), [...Array(58).keys()]);
  assert.equal(rig.map.word(HEADER_MALFORMED), 39, "all but the last, of which nothing is known yet");
});

test("a stream without packets is told once, and again only after it has lived", () => {
  const rig = new Rig({ rtpTimeoutMs: 1000 });
  rig.openRtp(0, "PCMA");
  for (let n = 0; n < 200; n++) rig.tick();
  assert.deepEqual(rig.events, [{ kind: "rtpTimeout", endpoint: "rtp:0", silentMs: 1000 }]);
  rig.deliver(0, writeRtp({}));
  for (let n = 0; n < 60; n++) rig.tick();
  assert.equal(rig.events.length, 2);
});

test("a stream that should not receive, or whose far end is unknown, never times out", () => {
  const rig = new Rig({ rtpTimeoutMs: 100 });
  rig.openRtp(0, "PCMA", { direction: "sendonly" });
  rig.openRtp(1, "PCMA", { direction: "inactive" });
  rig.openRtp(2, "PCMA", { remote: null });
  for (let n = 0; n < 50; n++) rig.tick();
  assert.deepEqual(rig.events, []);
});

test("ticks that could not be held are skipped: no burst, the clock counts on, the delay stays", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  rig.join("rtp:0", "rtp:0");
  const sent: { sequence: number; timestamp: number; number: number | null }[] = [];
  const step = (periods: number) => {
    for (const { packet } of rig.tick(periods)) sent.push({ ...packet, number: numberOf(packet.payload) });
  };
  for (let n = 0; n < 30; n++) {
    rig.deliver(0, writeRtp({ sequence: n, timestamp: n * 160, payload: numberedFrame(n) }));
    // Three packets wait for the tick that comes 40 ms late.
    if (n === 15 || n === 16) continue;
    step(n === 17 ? 3 : 1);
  }
  assert.equal(sent.length, 28);
  const [before, after] = [sent[14], sent[15]];
  assert.deepEqual([before?.number, after?.number], [12, 15]);
  assert.equal(((after?.timestamp ?? 0) - (before?.timestamp ?? 0)) >>> 0, 480);
  assert.equal(((after?.sequence ?? 0) - (before?.sequence ?? 0)) & 0xffff, 1);
  assert.equal(sent.at(-1)?.number, 27);
});
