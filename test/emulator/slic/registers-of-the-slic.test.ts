import assert from "node:assert/strict";
import { test } from "node:test";
import { Slic } from "../../../src/emulator/slic/slic.ts";
import { ms } from "../../../src/message/units.ts";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";
import { dtmfDigit } from "../../../src/vendor/reference/wire/slic.ts";

interface Seen {
  readonly slic: Slic;
  readonly clock: VirtualClock;
  readonly interrupts: (readonly [number, number, number])[];
  /** What the line did, each change once: code of the feed. */
  readonly feeds: number[];
}

function chip(): Seen {
  const clock = new VirtualClock();
  const interrupts: (readonly [number, number, number])[] = [];
  const feeds: number[] = [];
  const slic: Slic = new Slic(clock, {
    line: () => feeds.at(-1) !== slic.feed && feeds.push(slic.feed),
    interrupt: () => interrupts.push(slic.takeInterrupts()),
  });
  return { slic, clock, interrupts, feeds };
}

/** Brought up as docs/device-protocol.md §7.3 has it. */
function broughtUp(): Seen {
  const seen = chip();
  const { slic } = seen;
  slic.write(8, 0);
  slic.write(14, 0);
  for (const [register, value] of [
    [63, 0x54],
    [67, 0x1f],
    [69, 0x0a],
    [70, 0x0a],
    [18, 0xff],
    [19, 0xff],
    [20, 0xff],
    [22, 0xff],
    [23, 0x01],
    [64, 1],
  ] as const)
    slic.write(register, value);
  return seen;
}

test("after reset the chip tells that it is alive and was reset", () => {
  const { slic } = chip();
  assert.equal(slic.read(11), 0x33);
  assert.equal(slic.read(8), 2);
  assert.equal(slic.read(14), 0x10);
  assert.equal((slic.read(0) ?? 0) & 0x30, 0);
  assert.ok(((slic.read(0) ?? 0) & 0x0f) >= 2);
  assert.equal(slic.read(64), 0);
  assert.equal(slic.read(68), 0);
});

test("there is nothing beyond direct register 108 and indirect register 43", () => {
  const { slic } = chip();
  assert.equal(slic.read(109), null);
  assert.equal(slic.write(109, 1), false);
  assert.equal(slic.readIndirect(44), null);
  assert.equal(slic.writeIndirect(44, 1), false);
  assert.equal(slic.write(108, 0xeb), true);
  assert.equal(slic.read(108), 0xeb);
  assert.equal(slic.writeIndirect(20, 0x7e6d), true);
  assert.equal(slic.readIndirect(20), 0x7e6d);
});

test("read-only registers take a write and keep their value", () => {
  const { slic } = chip();
  for (const register of [0, 11, 24, 68, 82]) {
    const before = slic.read(register);
    assert.equal(slic.write(register, 0xff), true);
    assert.equal(slic.read(register), before, `DR ${register}`);
  }
});

test("the battery comes up when the converter is switched on, and a calibration ends by itself", () => {
  const { slic, clock } = chip();
  assert.equal(slic.read(82), 0);
  slic.write(14, 0);
  assert.ok((slic.read(82) ?? 0) < 160);
  clock.advance(ms(100));
  assert.ok((slic.read(82) ?? 0) >= 160);
  slic.write(96, 0x47);
  assert.notEqual(slic.read(96), 0);
  clock.advance(ms(200));
  assert.equal(slic.read(96), 0);
});

test("without a battery the line stays dead", () => {
  const { slic, feeds } = chip();
  slic.write(64, 1);
  assert.equal(slic.read(64), 0x01);
  assert.deepEqual(feeds, [0]);
  slic.write(14, 0);
  assert.equal(slic.read(64), 0x11);
});

test("a loop that closes for longer than the debounce is off-hook, with one interrupt", () => {
  const { slic, clock, interrupts } = broughtUp();
  slic.setLoop(true);
  clock.advance(ms(12));
  assert.equal(slic.read(68), 0);
  clock.advance(ms(1));
  assert.equal(slic.read(68), 1);
  assert.deepEqual(interrupts, [[0, 0x02, 0]]);
  assert.equal(slic.read(19), 0);
  slic.setLoop(false);
  clock.advance(ms(20));
  assert.equal(slic.read(68), 0);
  assert.equal(interrupts.length, 2);
});

test("a contact that bounces is not believed", () => {
  const { slic, clock, interrupts } = broughtUp();
  for (let n = 0; n < 5; n++) {
    slic.setLoop(true);
    clock.advance(ms(5));
    slic.setLoop(false);
    clock.advance(ms(5));
  }
  clock.advance(ms(100));
  assert.deepEqual(interrupts, []);
});

test("an interrupt that is not enabled waits in its status until a 1 is written", () => {
  const { slic, clock, interrupts } = broughtUp();
  slic.write(22, 0);
  slic.setLoop(true);
  clock.advance(ms(20));
  assert.equal(slic.read(19), 0x02);
  assert.deepEqual(interrupts, []);
  slic.write(19, 0x01);
  assert.equal(slic.read(19), 0x02);
  slic.write(22, 0xff);
  assert.deepEqual(interrupts, [[0, 0x02, 0]]);
  slic.write(22, 0);
  slic.setLoop(false);
  clock.advance(ms(20));
  slic.write(19, 0x02);
  assert.equal(slic.read(19), 0);
});

test("with its timers the SLIC rings and pauses by itself", () => {
  const { slic, clock, feeds } = broughtUp();
  feeds.length = 0;
  for (const [register, value] of [
    [48, 8000 & 0xff],
    [49, 8000 >> 8],
    [50, 32000 & 0xff],
    [51, 32000 >> 8],
    [34, 0x30],
    [64, 4],
  ] as const)
    slic.write(register, value);
  assert.equal(slic.read(64), 0x44);
  assert.equal(slic.read(34), 0x38);
  clock.advance(ms(999));
  assert.deepEqual(feeds, [4]);
  clock.advance(ms(1));
  assert.equal(slic.read(64), 0x24);
  assert.equal(slic.read(34), 0x30);
  assert.equal(slic.ringing, true);
  clock.advance(ms(9000));
  assert.deepEqual(feeds, [4, 2, 4, 2, 4]);
  slic.write(64, 2);
  clock.advance(ms(20_000));
  assert.deepEqual(feeds, [4, 2, 4, 2, 4, 2]);
  assert.equal(clock.pending, 0);
});

test("without timers it rings without a pause", () => {
  const { slic, clock } = broughtUp();
  slic.write(64, 4);
  clock.advance(ms(30_000));
  assert.equal(slic.read(64), 0x44);
});

test("lifting while it rings trips the ring: forward active, loop closed, one interrupt with both bits", () => {
  const { slic, clock, interrupts } = broughtUp();
  slic.write(64, 4);
  slic.setLoop(true);
  clock.advance(ms(13));
  assert.equal(slic.read(64), 0x11);
  assert.equal(slic.read(68), 0x03);
  assert.deepEqual(interrupts, [[0, 0x03, 0]]);
  slic.setLoop(false);
  clock.advance(ms(20));
  assert.equal(slic.read(68), 0);
});

test("lifting in the pause of the ringing trips it after the longer debounce", () => {
  const { slic, clock } = broughtUp();
  slic.write(49, 0x10);
  slic.write(51, 0x40);
  slic.write(34, 0x30);
  slic.write(64, 4);
  clock.advance(ms(600));
  assert.equal(slic.feed, 2);
  slic.setLoop(true);
  clock.advance(ms(104));
  assert.equal(slic.read(68), 0);
  clock.advance(ms(2));
  assert.equal(slic.read(68), 3);
});

test("an open line reads on-hook, and a phone that was off-hook all the time is found when it is fed again", () => {
  const { slic, clock, interrupts } = broughtUp();
  slic.setLoop(true);
  clock.advance(ms(20));
  slic.write(64, 0);
  assert.equal(slic.read(68), 0);
  clock.advance(ms(100));
  assert.equal(interrupts.length, 1);
  slic.write(64, 1);
  clock.advance(ms(20));
  assert.equal(slic.read(68), 1);
  assert.equal(interrupts.length, 2);
});

test("a power alarm opens the line, interrupts, and is no reset", () => {
  const { slic, interrupts } = broughtUp();
  slic.powerAlarm();
  assert.equal(slic.read(64), 0);
  assert.equal(slic.read(8), 0);
  assert.deepEqual(interrupts, [[0, 0x04, 0]]);
  slic.write(64, 1);
  assert.equal(slic.read(64), 0x11);
});

test("the DTMF register is valid while the key sounds", () => {
  const { slic, interrupts } = broughtUp();
  for (const digit of ["1", "0", "#", "D"] as const) {
    slic.setDigit(digit);
    assert.equal(dtmfDigit(slic.read(24) ?? 0), digit);
    slic.setDigit(null);
    assert.equal((slic.read(24) ?? 0) & 0x10, 0);
  }
  assert.deepEqual(
    interrupts,
    Array.from({ length: 4 }, () => [0, 0, 1]),
  );
});
