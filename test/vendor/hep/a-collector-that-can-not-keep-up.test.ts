import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { test } from "node:test";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";
import { Collector } from "../../../src/vendor/hep/collector.ts";
import type { HepPacket } from "../../../src/vendor/hep/packet.ts";

const there = { address: "192.0.2.1", port: 5060 };
const packet: HepPacket = { type: 100, from: there, to: there, atUs: 1, correlation: null, payload: Buffer.from("x") };

/** Resolves when so many have come to an end; looks once in every turn. */
async function settled(collector: Collector, count: number): Promise<void> {
  for (let figures = collector.figures(); figures.sent + figures.dropped < count; figures = collector.figures())
    await new Promise((resolve) => setImmediate(resolve));
}

function open(port: number, reports: string[], clock = new VirtualClock(), host = "127.0.0.1"): Collector {
  return new Collector({ host, port, id: 1, password: "" }, clock, (problem) => reports.push(problem));
}

test("of a burst only what fits is kept for the collector; the rest is dropped at once and counted", async (t) => {
  const listener = createSocket("udp4");
  t.after(() => listener.close());
  listener.bind(0, "127.0.0.1");
  await once(listener, "listening");
  const reports: string[] = [];
  const collector = open(listener.address().port, reports);
  t.after(() => collector.close());
  for (let n = 0; n < 1000; n++) collector.send(packet);
  assert.deepEqual([collector.figures().sent, collector.figures().dropped], [0, 744]);
  await settled(collector, 1000);
  assert.deepEqual([collector.figures().sent, collector.figures().dropped], [256, 744]);
  assert.deepEqual([...new Set(reports)], ["too many packets at once"]);
});

test("a packet that fits into no datagram is dropped, the others go on", async (t) => {
  const listener = createSocket("udp4");
  t.after(() => listener.close());
  listener.bind(0, "127.0.0.1");
  await once(listener, "listening");
  const collector = open(listener.address().port, []);
  t.after(() => collector.close());
  const come = once(listener, "message");
  collector.send({ ...packet, payload: Buffer.alloc(65_500) });
  collector.send(packet);
  const [octets] = (await come) as [Buffer];
  assert.equal(octets.readUInt16BE(4), octets.length);
  await settled(collector, 2);
  assert.deepEqual(collector.figures().dropped, 1);
});

test("a collector that is nowhere is looked for again, meanwhile packets are dropped and nothing waits", async (t) => {
  const [clock, reports] = [new VirtualClock(), [] as string[]];
  // A label of more than 63 octets: no name server is asked.
  const collector = open(9060, reports, clock, `${"a".repeat(64)}.example`);
  t.after(() => collector.close());
  collector.send(packet);
  await settled(collector, 1);
  collector.send(packet);
  assert.equal(collector.figures().dropped, 2);
  assert.match(collector.figures().trouble ?? "", /^a+\.example can not be found \(E/);
  assert.equal(clock.pending, 1, "it is looked for again");
  await collector.close();
  assert.equal(clock.pending, 0);
});
