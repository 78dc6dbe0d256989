import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { cli, type Parts } from "../../src/api/cli/cli.ts";
import { hepOf } from "../../src/trace/hep.ts";
import { Screen } from "../api/stand-in.ts";
import { line, World } from "../logic/world.ts";
import { folder, journalText, ladder } from "./journal-of.ts";

/** The chunks of a HEP3 packet by their type. @throws AssertionError where a length does not fit */
function chunksOf(packet: Buffer): Map<number, Buffer> {
  assert.equal(packet.toString("latin1", 0, 4), "HEP3");
  assert.equal(packet.readUInt16BE(4), packet.length);
  const chunks = new Map<number, Buffer>();
  let at = 6;
  while (at < packet.length) {
    const length = packet.readUInt16BE(at + 4);
    assert.ok(length >= 6 && at + length <= packet.length);
    assert.equal(packet.readUInt16BE(at), 0, "vendor");
    chunks.set(packet.readUInt16BE(at + 2), packet.subarray(at + 6, at + length));
    at += length;
  }
  return chunks;
}

function aCall(): World {
  const world = new World();
  world.post({ world: "sip", kind: "cancelled", line, leg: world.invite("611") });
  return world;
}

test("each rung is a HEP packet with its lanes, its time, its words and the Call-ID that joins it to the SIP of others", async (t) => {
  const made = await ladder(t, aCall());
  const packets = hepOf(made).map(chunksOf);
  assert.equal(packets.length, made.rungs.length);
  let last = 0;
  packets.forEach((chunks, n) => {
    const rung = made.rungs[n];
    assert.ok(rung !== undefined);
    assert.deepEqual([...(chunks.get(1) ?? []), ...(chunks.get(2) ?? []), ...(chunks.get(11) ?? [])], [2, 17, 100]);
    const lane = { phone: 1, gateway: 2, provider: 3 };
    assert.deepEqual([chunks.get(3)?.at(3), chunks.get(4)?.at(3)], [lane[rung.from], lane[rung.to]]);
    const [seconds, microseconds] = [chunks.get(9)?.readUInt32BE() ?? 0, chunks.get(10)?.readUInt32BE() ?? 0];
    assert.equal(seconds * 1000 + Math.floor(microseconds / 1000), rung.at);
    assert.ok(n === 0 || seconds * 1e6 + microseconds > last, "a collector that sorts by time keeps their order");
    last = seconds * 1e6 + microseconds;
    assert.equal(chunks.get(17)?.toString(), "c1", "the Call-ID of the INVITE");
    assert.equal(chunks.get(15)?.toString(), `offhook call:1 ${rung.text}`.replace("call:1 call:1:", "call:1:"));
  });
});

test("the picture is sent to a collector, and what is no collector is refused", async (t) => {
  const collector = createSocket("udp4");
  t.after(() => collector.close());
  collector.bind(0, "127.0.0.9");
  await once(collector, "listening");
  const dir = await folder(t);
  await writeFile(join(dir, "j.jsonl"), journalText(aCall().events));
  const screen = new Screen(dir);
  const type = (where: string) => cli(["trace", "1", "--journal", "j.jsonl", "--hep", where], screen, {} as Parts);
  const first = once(collector, "message");
  assert.equal(await type(`127.0.0.9:${collector.address().port}`), 0);
  const [packet] = (await first) as [Buffer];
  assert.match(chunksOf(packet).get(15)?.toString() ?? "", /INVITE/);
  assert.match(screen.text, /sent to 127\.0\.0\.9:\d+: \d+ packets/);
  for (const bad of ["", "a b", "127.0.0.1:0", "127.0.0.1:70000", "[zz]:1"]) assert.equal(await type(bad), 2, bad);
});
