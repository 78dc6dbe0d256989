import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext } from "node:test";
import { wavHeader } from "../../src/message/wav.ts";
import { Coder } from "../assembly/coder.ts";
import { numberedFrame, numberOf, randomFrom } from "../assembly/rtp.ts";
import { test } from "./each-edge.ts";
import { FarEnd } from "./far-end.ts";
import { VoiceHouse } from "./house.ts";

const timeout = 20_000;
const folder = mkdtempSync(join(tmpdir(), "offhook-recorded-"));
after(() => rmSync(folder, { recursive: true }));
const coder = new Coder("PCMA");

function open(house: VoiceHouse, stream: number, end: FarEnd): void {
  house.perform({
    kind: "openRtp",
    endpoint: `rtp:${stream}`,
    remote: end.where,
    format: "PCMA",
    payloadType: 8,
    eventPayloadType: null,
    direction: "sendrecv",
  });
}

/** Two far ends of A-law, joined. */
async function pair(context: TestContext) {
  const house = await VoiceHouse.open(context);
  const [a, b] = [await FarEnd.open(), await FarEnd.open()];
  context.after(() => Promise.all([a.close(), b.close()]));
  open(house, 0, a);
  open(house, 1, b);
  house.perform({ kind: "join", a: "rtp:0", b: "rtp:1" });
  return { house, a, b };
}

/** Both say numbered frames until the second has heard so many. */
async function converse(house: VoiceHouse, a: FarEnd, b: FarEnd, frames: number): Promise<void> {
  let heard = 0;
  const enough = () => heard >= frames;
  await Promise.all([
    a.talk(house.portOf(0), 8, (n) => numberedFrame(n), enough),
    b.talk(
      house.portOf(1),
      8,
      (n) => numberedFrame(20_000 + n),
      ({ payload }) => {
        if (numberOf(payload) !== null) heard++;
        return enough();
      },
    ),
  ]);
}

/** The two channels of a recording as frames of A-law. */
function channels(file: string): [Uint8Array[], Uint8Array[]] {
  const octets = readFileSync(file);
  assert.deepEqual(octets.subarray(0, 40), Buffer.from(wavHeader(octets.length - 44, 8000, 2).subarray(0, 40)));
  assert.equal(octets.readUInt32LE(40), octets.length - 44, "the header has the length of the sound");
  const samples = new Int16Array(octets.buffer.slice(octets.byteOffset + 44, octets.byteOffset + octets.length));
  const frames = (channel: number) =>
    Array.from({ length: samples.length / 320 }, (_, n) =>
      coder.encode(samples.subarray(n * 320, (n + 1) * 320).filter((_, k) => k % 2 === channel)),
    );
  return [frames(0), frames(1)];
}

test("a recording has what the far end was sent, and what it said, to the bit", { timeout }, async (context) => {
  const { house, a, b } = await pair(context);
  const file = join(folder, "both.wav");
  await house.voice.files.record("rtp:0", file);
  await converse(house, a, b, 30);
  const end = await house.voice.files.stopRecord("rtp:0");
  assert.deepEqual([end.file, end.reason, end.lostMs], [file, null, 0]);
  assert.deepEqual(await house.until("recordEnded"), { ...house.events.at(-1), kind: "recordEnded", ...end });
  const [said, heard] = channels(file);
  assert.equal(end.durationMs, said.length * 20);
  assert.ok(said.filter((frame) => numberOf(frame) !== null).length >= 25);
  // The far end may miss a packet, the recording never does.
  let at = 0;
  for (const { payload } of a.received) {
    const found = heard.findIndex((frame, n) => n >= at && Buffer.from(frame).equals(payload));
    assert.ok(found >= at, `packet ${payload.subarray(0, 8)} after frame ${at}`);
    at = found + 1;
  }
  assert.ok(a.received.length >= 25);
});

test("a recording ends with its endpoint's session, and its file is closed", { timeout }, async (context) => {
  const { house, a, b } = await pair(context);
  const file = join(folder, "closed.wav");
  house.perform({ kind: "record", endpoint: "rtp:1", file });
  await converse(house, a, b, 10);
  house.perform({ kind: "close", endpoint: "rtp:1" });
  const end = await house.until("recordEnded");
  assert.deepEqual([end.endpoint, end.file, end.reason, end.lostMs], ["rtp:1", file, null, 0]);
  assert.equal(channels(file)[0].length * 20, end.durationMs);
});

test("a gateway that stops closes the files of its recordings", { timeout }, async (context) => {
  const { house, a, b } = await pair(context);
  const file = join(folder, "stopped.wav");
  await house.voice.files.record("rtp:0", file);
  await converse(house, a, b, 10);
  await house.voice.close();
  assert.ok(channels(file)[0].length >= 10);
});

test("a worker that dies closes them too, and recordings go on with the next", { timeout }, async (context) => {
  const { house, a, b } = await pair(context);
  const file = join(folder, "died.wav");
  await house.voice.files.record("rtp:0", file);
  await converse(house, a, b, 10);
  // Nothing more arrives: Node dies with a worker that is ended while a datagram comes in.
  for (let turn = 0; turn < 3; turn++) await house.voice.status();
  house.voice.abortWorker();
  assert.equal((await house.until("recordEnded")).reason, "the voice worker died");
  assert.ok(channels(file)[0].length >= 9);
  await assert.rejects(house.voice.files.record("rtp:0", file), /not ready|gone|closed: open it first/);
  await house.until("ready", 2);
  open(house, 0, a);
  await house.voice.files.record("rtp:0", join(folder, "again.wav"));
  await a.hear(() => true);
  assert.equal((await house.voice.files.stopRecord("rtp:0")).reason, null);
});

test("what can not be recorded is told with its way out, and leaves no file", { timeout }, async (context) => {
  const { house } = await pair(context);
  const { files } = house.voice;
  const file = join(folder, "none.wav");
  await assert.rejects(files.record("rtp:2", file), /rtp:2 is closed: open it first/);
  assert.ok(!existsSync(file));
  await assert.rejects(files.record("rtp:0", "/dev/full"), /\/dev\/full: cannot be written \(ENOSPC/);
  await assert.rejects(files.record("rtp:0", join(folder, "no", "such.wav")), /such\.wav: cannot be written \(ENOENT/);
  const pipe = join(mkdtempSync(join(folder, "pipe-")), "pipe");
  execFileSync("mkfifo", [pipe]);
  await assert.rejects(files.record("rtp:0", pipe), /pipe.*: cannot be written \(ENXIO/, "nobody reads: no waiting");
  await assert.rejects(files.play("rtp:0", pipe, false), /pipe.*: cannot be read \(ESPIPE/);
  await assert.rejects(files.stopRecord("rtp:0"), /rtp:0 is not recorded/);
  house.perform({ kind: "record", endpoint: "rtp:0", file: "/dev/full" });
  assert.match((await house.until("recordEnded")).reason ?? "", /ENOSPC/);
  house.perform({ kind: "play", endpoint: "rtp:0", file: join(folder, "missing.wav"), repeat: false });
  assert.match((await house.until("playEnded")).reason ?? "", /missing\.wav: cannot be read \(ENOENT/);
});

test("a file is heard to the bit and to its end, then the peer; and again until it is stopped", {
  timeout,
}, async (context) => {
  const { house, a, b } = await pair(context);
  const random = randomFrom(5);
  const frames = Array.from({ length: 12 }, () => Uint8Array.from({ length: 160 }, () => random() * 256));
  const samples = Int16Array.from(frames.flatMap((frame) => [...coder.decode(frame)]));
  const file = join(folder, "played.wav");
  writeFileSync(file, Buffer.concat([wavHeader(2 * samples.length, 8000), Buffer.from(samples.buffer)]));
  const first = Buffer.from(frames[0] ?? []);
  const last = b.hear(({ payload }) => Buffer.from(frames[11] ?? []).equals(payload));
  await house.voice.files.play("rtp:1", file, false);
  await last;
  assert.deepEqual(await house.until("playEnded"), {
    ...house.events.at(-1),
    kind: "playEnded",
    endpoint: "rtp:1",
    file,
    reason: null,
  });
  await converse(house, a, b, 5);
  const heard = b.received.map(({ payload }) => Buffer.from(payload).toString("hex")).join();
  assert.ok(heard.includes(frames.map((frame) => Buffer.from(frame).toString("hex")).join()));
  await house.voice.files.play("rtp:1", file, true);
  for (let times = 0; times < 3; times++) await b.hear(({ payload }) => first.equals(payload));
  await house.voice.files.stopPlay("rtp:1");
  assert.equal((await house.until("playEnded", 2)).reason, null);
});
