import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameClock } from "../../../src/emulator/device/frame-clock.ts";
import { VoicePath } from "../../../src/emulator/device/voice-path.ts";
import { silentFrame } from "../../../src/emulator/sound/frame.ts";
import { instant } from "../../../src/message/units.ts";
import type { Clock } from "../../../src/vendor/clock/clock.ts";
import { decodeVoiceFrame, encodeVoiceFrame, voiceFlags } from "../../../src/vendor/reference/wire/voice-frame.ts";

/** A clock whose timers come when the test says so, however late. */
class LateClock implements Clock {
  time = 1000;
  due: { at: number; run: () => void } | null = null;

  now() {
    return instant(this.time);
  }

  after(delay: number, run: () => void) {
    const entry = { at: this.time + delay, run };
    this.due = entry;
    return () => {
      if (this.due === entry) this.due = null;
    };
  }

  /** The timer that is due comes now, `late` ms after its time. */
  fire(late = 0): void {
    const { due } = this;
    this.due = null;
    this.time = Math.max(this.time, (due?.at ?? this.time) + late);
    due?.run();
  }
}

test("ticks come every 20 ms of absolute time, however late each timer is", () => {
  const clock = new LateClock();
  const ticks: number[] = [];
  const frames: FrameClock = new FrameClock(clock, () => ticks.push(frames.frameSamples / 160));
  frames.run();
  for (let n = 0; n < 100; n++) clock.fire(n % 7);
  assert.deepEqual(
    ticks,
    Array.from({ length: 100 }, (_, n) => n + 1),
  );
  assert.ok(clock.time <= 1000 + 100 * 20 + 6);
});

test("after a short delay the missing ticks are made up at once", () => {
  const clock = new LateClock();
  const skipped: number[] = [];
  const frames = new FrameClock(clock, (frame) => skipped.push(frame));
  frames.run();
  clock.fire(50);
  assert.deepEqual(skipped, [0, 0, 0]);
});

test("after a long delay all but the newest three are skipped, and told", () => {
  const clock = new LateClock();
  const seen: { skipped: number; frame: number }[] = [];
  const frames: FrameClock = new FrameClock(clock, (skipped) =>
    seen.push({ skipped, frame: frames.frameSamples / 160 }),
  );
  frames.run();
  clock.fire(500);
  assert.deepEqual(seen, [
    { skipped: 23, frame: 24 },
    { skipped: 0, frame: 25 },
    { skipped: 0, frame: 26 },
  ]);
});

test("a rest keeps the clock in step", () => {
  const clock = new LateClock();
  const at: number[] = [];
  const frames = new FrameClock(clock, () => at.push(clock.time));
  frames.run();
  clock.fire();
  frames.rest();
  assert.equal(clock.due, null);
  clock.time += 333;
  frames.run();
  clock.fire();
  assert.deepEqual(at, [1020, 1360]);
});

test("skipped frames are missing from the sequence and flagged", () => {
  const voice = new VoicePath(1);
  voice.open(0, "PCMA");
  voice.run();
  voice.tick(160, 0, () => silentFrame);
  voice.tick(160 * 25, 23, () => silentFrame);
  const read = () => {
    const parts: number[] = [];
    for (let packet = voice.packet(); packet !== "nak"; packet = voice.packet()) {
      parts.push(...packet);
      if (packet.length < 64) break;
    }
    const frame = decodeVoiceFrame("in", Uint8Array.from(parts));
    assert.ok(frame.ok);
    return frame.value;
  };
  const [first, second] = [read(), read()];
  assert.equal(second.sequence - first.sequence, 24);
  assert.equal(second.flags & voiceFlags.overrun, voiceFlags.overrun);
  assert.equal(voice.counters.inDropped, 23);
});

test("play-out begins with two frames, plays silence when it runs empty, and drops the oldest when it is full", () => {
  const voice = new VoicePath(1);
  voice.open(0, "PCMA");
  voice.run();
  const heard: boolean[] = [];
  const listen = (_channel: number, frame: Int16Array) => {
    heard.push(frame !== silentFrame);
    return silentFrame;
  };
  const tick = () => voice.tick(0, 0, listen);
  const send = (sequence: number) =>
    voice.receive(
      encodeVoiceFrame("out", {
        ...{ sequence, mirror: 0, flags: 0, timestamp: 0, fill: 0, lost: 0 },
        channels: [{ channel: 0, format: "PCMA", flags: 0, payload: new Uint8Array(160) }],
      }),
    );
  send(0);
  tick();
  send(1);
  tick();
  tick();
  tick();
  send(2);
  tick();
  assert.deepEqual(heard, [false, true, true, false, false]);
  assert.equal(voice.counters.underruns, 1);
  for (let n = 3; n < 10; n++) send(n);
  assert.equal(voice.counters.outDropped, 3);
});
