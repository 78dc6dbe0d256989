import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ms } from "../../src/message/units.ts";
import { decodeWav, wavHeader } from "../../src/message/wav.ts";
import { VirtualClock } from "../../src/vendor/clock/clock.ts";
import { TapRing, tapOctets } from "../../src/voice/tap.ts";
import { TapPlayer, TapRecorder } from "../../src/voice/tap-file.ts";
import { WavReader, WavWriter } from "../../src/voice/wav.ts";
import { KernelRig } from "../assembly/kernel-rig.ts";
import { randomFrom } from "../assembly/rtp.ts";

const folder = mkdtempSync(join(tmpdir(), "offhook-tap-"));
after(() => rmSync(folder, { recursive: true }));

const FRAME = 160;
const mono = { rateHz: 8000, channels: 1 } as const;

function noise(count: number, seed = 1): Int16Array {
  const random = randomFrom(seed);
  return Int16Array.from({ length: count }, () => 65_536 * random() - 32_768);
}

function wav(samples: Int16Array, rateHz = 8000): Uint8Array {
  const sound = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  return Buffer.concat([wavHeader(sound.length, rateHz), sound]);
}

function file(name: string, octets: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, octets);
  return path;
}

/** A ring in the kernels' memory, and the tick's ends of it. */
class Tick {
  readonly rig = new KernelRig();
  readonly ring: TapRing;
  readonly #at: number;
  readonly #frame = this.rig.take(2 * FRAME);

  constructor(capacity: number) {
    this.#at = (this.rig.take(tapOctets(capacity) + 64) + 63) & ~63;
    this.ring = TapRing.make(this.rig.memory.buffer as unknown as SharedArrayBuffer, this.#at, capacity); // it is shared
  }

  write(samples: Int16Array): number {
    this.rig.samples(this.#frame, FRAME).set(samples);
    return this.rig.call("tapWrite", this.#at, this.#frame, samples.length);
  }

  read(): { there: number; samples: Int16Array } {
    const there = this.rig.call("tapRead", this.#at, this.#frame, FRAME);
    return { there, samples: Int16Array.from(this.rig.samples(this.#frame, FRAME)) };
  }
}

function endOf<T>(start: (ended: (problem: string | null) => void) => T): {
  started: T;
  ended: Promise<string | null>;
} {
  let told: (problem: string | null) => void = () => undefined;
  const ended = new Promise<string | null>((resolve) => {
    told = resolve;
  });
  return { started: start((problem) => told(problem)), ended };
}

test("what the tick writes is in the file to the bit, also round the ring's end and the index's", async () => {
  const tick = new Tick(1024);
  const clock = new VirtualClock();
  const path = join(folder, "tapped.wav");
  const { started, ended } = endOf((told) => TapRecorder.start(tick.ring, path, mono, clock, told));
  const recorder = await started;
  const sound = noise(FRAME * 40);
  for (let n = 0; n < sound.length; ) {
    if (tick.ring.room < FRAME) {
      clock.advance(ms(100));
      await new Promise((resolve) => setImmediate(resolve));
      continue;
    }
    assert.equal(tick.write(sound.subarray(n, n + FRAME)), FRAME);
    n += FRAME;
  }
  await recorder.stop();
  assert.equal(await ended, null);
  const { rateHz, samples } = decodeWav(readFileSync(path), path);
  assert.equal(rateHz, 8000);
  assert.deepEqual(samples, sound);
  assert.equal(tick.ring.lost, 0);
});

test("a disk that is too slow loses frames, which are counted and silent in the file, and the tick never waits", async () => {
  const tick = new Tick(512);
  const path = join(folder, "slow.wav");
  const { started, ended } = endOf((told) =>
    TapRecorder.start(tick.ring, path, { rateHz: 16_000, channels: 1 }, new VirtualClock(), told),
  );
  const recorder = await started;
  const frame = noise(FRAME);
  const written = Array.from({ length: 10 }, () => tick.write(frame));
  assert.deepEqual(written, [FRAME, FRAME, FRAME, 0, 0, 0, 0, 0, 0, 0]);
  assert.equal(tick.ring.lost, 7 * FRAME);
  await recorder.stop();
  assert.equal(await ended, null);
  assert.equal(recorder.durationMs, (1000 * 10 * FRAME) / 16_000);
  assert.equal(recorder.lostMs, (1000 * 7 * FRAME) / 16_000);
  const { rateHz, samples } = decodeWav(readFileSync(path), path);
  assert.equal(rateHz, 16_000);
  // What was there before room was wanting stands where it was heard.
  assert.deepEqual(samples, Int16Array.from([...frame, ...frame, ...frame, ...new Int16Array(7 * FRAME)]));
});

test("a file is heard to the bit and ends once, and what comes after it is silence that nobody misses", async () => {
  const tick = new Tick(1024);
  const sound = noise(FRAME * 20 + 37);
  const clock = new VirtualClock();
  const { started, ended } = endOf((told) =>
    TapPlayer.start(tick.ring, file("played.wav", wav(sound)), clock, false, told),
  );
  await started;
  const heard: number[] = [];
  let last = 0;
  for (let n = 0; last >= 0 && n < 10_000; n++) {
    if (tick.ring.fill < FRAME && !tick.ring.ended) {
      clock.advance(ms(100));
      await new Promise((resolve) => setImmediate(resolve));
      continue;
    }
    const { there, samples } = tick.read();
    last = there;
    heard.push(...samples.subarray(0, Math.max(0, there)));
    assert.ok(samples.subarray(Math.max(0, there)).every((sample) => sample === 0));
  }
  assert.deepEqual(Int16Array.from(heard), sound);
  assert.equal(await ended, null);
  assert.equal(tick.ring.dry, 0);
});

test("a file that is repeated is heard again without a gap, until it is stopped", async () => {
  const tick = new Tick(1024);
  const sound = noise(250);
  const { started, ended } = endOf((told) =>
    TapPlayer.start(tick.ring, file("again.wav", wav(sound)), new VirtualClock(), true, told),
  );
  const player = await started;
  for (let n = 0; n < 6; n++)
    for (const [k, sample] of tick.read().samples.entries()) assert.equal(sample, sound[(n * FRAME + k) % 250]);
  await player.stop();
  assert.equal(await ended, null);
  assert.ok(tick.ring.ended);
});

test("a short file that is repeated is read once, not again for each of its samples", async () => {
  const tick = new Tick(1024);
  const clock = new VirtualClock();
  const path = file("one.wav", wav(Int16Array.of(77)));
  const { started, ended } = endOf((told) => TapPlayer.start(tick.ring, path, clock, true, told));
  const player = await started;
  truncateSync(path, 44);
  for (let n = 0; n < 50; n++) {
    clock.advance(ms(20));
    await new Promise(setImmediate);
    if (tick.ring.fill > 0) assert.ok(tick.read().samples.every((sample) => sample === 77));
  }
  assert.equal(tick.ring.ended, false);
  await player.stop();
  assert.equal(await ended, null);
});

test("a tick that finds nothing hears silence, and it is counted", () => {
  const tick = new Tick(256);
  tick.ring.write(noise(100));
  const { there, samples } = tick.read();
  assert.equal(there, 100);
  assert.ok(samples.subarray(100).every((sample) => sample === 0));
  assert.equal(tick.ring.dry, 60);
});

test("indices that wrap at 2^32 change nothing", () => {
  const memory = new SharedArrayBuffer(tapOctets(256));
  const ring = TapRing.make(memory, 0, 256);
  const words = new Int32Array(memory);
  words.fill(-100, 16, 17);
  words.fill(-100, 32, 33);
  const sound = noise(100, 4);
  const heard = new Int16Array(100);
  for (let n = 0; n < 5; n++) {
    assert.ok(ring.write(sound));
    assert.equal(ring.read(heard), 100);
    assert.deepEqual(heard, sound);
  }
  assert.equal(TapRing.at(memory, 0).fill, 0);
});

test("what is no ring, or cannot be one, is refused", () => {
  const memory = new SharedArrayBuffer(4096);
  assert.throws(() => TapRing.make(memory, 0, 1000), /1000 samples: the number must be a power of two/);
  assert.throws(() => TapRing.make(memory, 4, 64), /multiple of 64/);
  assert.throws(() => TapRing.make(memory, 0, 4096), RangeError);
  assert.throws(() => TapRing.at(memory, 0), /no ring of samples at 0/);
});

test("hostile files are refused with the file, what is wrong, and the way out", async () => {
  const sound = wav(noise(320));
  const change = (edit: (view: DataView) => void): Uint8Array => {
    const copy = Uint8Array.from(sound);
    edit(new DataView(copy.buffer));
    return copy;
  };
  const endless = Buffer.concat([sound.subarray(0, 12), Buffer.from("LIST"), Buffer.alloc(4, 0xff), sound]);
  const wrong: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ["empty.wav", new Uint8Array(), /is no WAV file; give 8000 or 16000 Hz/],
    ["text.wav", Buffer.from("hello, I am a text and no sound at all"), /is no WAV file/],
    ["fast.wav", change((view) => view.setUint32(24, 48_000, true)), /is 48000 Hz, 16-bit.*sox/],
    ["stereo.wav", change((view) => view.setUint16(22, 2, true)), /2 channel\(s\)/],
    ["float.wav", change((view) => view.setUint16(20, 3, true)), /coding 3/],
    ["cut.wav", sound.subarray(0, 30), /has no sound \(no data chunk\)/],
    ["no-format.wav", change((view) => view.setUint8(12, 0x78)), /no format chunk/],
    ["endless.wav", endless, /has no sound \(no data chunk\)/],
    ["far.wav", farAway(sound), /has no sound in its first 65536 octets/],
  ];
  for (const [name, octets, sentence] of wrong) {
    const path = file(name, octets);
    await assert.rejects(WavReader.open(path), (error: Error) => {
      assert.match(error.message, sentence);
      assert.ok(error.message.startsWith(path));
      return true;
    });
  }
  await assert.rejects(WavReader.open(join(folder, "none.wav")), /none\.wav: cannot be read \(ENOENT/);
  await assert.rejects(WavReader.open(folder), /cannot be read \(EISDIR/);
  await assert.rejects(WavWriter.open(join(folder, "no", "such.wav"), mono), /such\.wav: cannot be written \(ENOENT/);
});

/** The sound begins behind 70 000 octets of something else. */
function farAway(sound: Uint8Array): Uint8Array {
  const chunk = Buffer.alloc(70_008);
  chunk.write("LIST", 0, "latin1");
  chunk.writeUInt32LE(70_000, 4);
  return Buffer.concat([sound.subarray(0, 36), chunk, sound.subarray(36)]);
}

test("random octets in a header never do more than be refused or read", async () => {
  const random = randomFrom(9);
  for (let n = 0; n < 300; n++) {
    const octets = Uint8Array.from(wav(noise(50)));
    for (let k = 0; k < 4; k++) octets[Math.floor(random() * 44)] = Math.floor(random() * 256);
    const path = file("fuzz.wav", octets.subarray(0, Math.floor(random() * (octets.length + 1))));
    try {
      const reader = await WavReader.open(path);
      assert.ok(reader.length <= octets.length / 2);
      assert.ok((await reader.read(1000)).length <= reader.length);
      await reader.close();
    } catch (error) {
      assert.match((error as Error).message, /fuzz\.wav: (is|has) /);
    }
  }
});

test("a file that is cut while it is heard ends there", async () => {
  const path = file("shrinks.wav", wav(noise(20_000)));
  const reader = await WavReader.open(path);
  assert.equal((await reader.read(1000)).length, 1000);
  truncateSync(path, 44 + 2 * 1500);
  assert.equal((await reader.read(1000)).length, 500);
  assert.equal((await reader.read(1000)).length, 0);
  await reader.close();
});

test("a full disk is told before the recording begins, with the file's name", async () => {
  const { ring } = new Tick(1024);
  const start = TapRecorder.start(ring, "/dev/full", mono, new VirtualClock(), () => assert.fail("it never began"));
  await assert.rejects(start, /\/dev\/full: cannot be written \(ENOSPC/);
});
