import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { ms } from "../../src/message/units.ts";
import { wavHeader } from "../../src/message/wav.ts";
import { VirtualClock } from "../../src/vendor/clock/clock.ts";
import { FilePaths } from "../../src/voice/file-paths.ts";
import type { FromWorker, Happening, ToWorker } from "../../src/voice/messages.ts";
import type { OpenSink } from "../../src/voice/tap-file.ts";
import { Rig } from "../assembly/rig.ts";

const folder = mkdtempSync(join(tmpdir(), "offhook-files-"));
after(() => rmSync(folder, { recursive: true }));

function loopTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The tick and the host's files on one thread, with a clock of the test's. */
class House {
  readonly rig = new Rig();
  readonly files: FilePaths;
  readonly events: Happening[] = [];
  worker = true;
  readonly #clock = new VirtualClock();
  #told = 0;

  constructor(open?: OpenSink) {
    this.files = new FilePaths(
      this.rig.map,
      this.#clock,
      { send: (message) => this.#send(message), tell: (event) => this.events.push(event) },
      open,
    );
    this.rig.openRtp(0, "L16/16000");
  }

  #send(message: ToWorker): boolean {
    if (this.worker && message.kind === "tap") this.rig.control.tap(message.task);
    return this.worker;
  }

  /** Ticks, and what the files have to do meanwhile. */
  async run(ticks: number): Promise<void> {
    for (let n = 0; n < ticks; n++) {
      this.rig.tick();
      await this.settle();
      if (n % 5 === 4) this.#clock.advance(ms(100));
      await this.settle();
    }
  }

  async settle(): Promise<void> {
    for (; this.#told < this.rig.taps.length; this.#told++) {
      const told = this.rig.taps[this.#told] as { ring: number; rateHz?: 8000 | 16_000; refused?: string | null }; // as Rig writes it
      const message: FromWorker =
        told.rateHz === undefined
          ? { kind: "tapEnded", ring: told.ring, refused: told.refused ?? null }
          : { kind: "tapBegan", ring: told.ring, rateHz: told.rateHz };
      this.files.hear(message);
    }
    await loopTurn();
  }

  /** Waits for a promise while the files work. */
  async during<T>(promise: Promise<T>): Promise<T> {
    let over = false;
    const end = () => {
      over = true;
    };
    promise.then(end, end);
    while (!over) await this.settle();
    return promise;
  }
}

/** A disk in memory: its samples, and what becomes of each write. */
function disk(write: (n: number) => Promise<void>): { readonly open: OpenSink; readonly samples: number[] } {
  const samples: number[] = [];
  let writes = 0;
  const open: OpenSink = async (_, { rateHz, channels }) => ({
    get seconds() {
      return samples.length / channels / rateHz;
    },
    write: async (more) => {
      const copy = [...more];
      await write(writes++);
      samples.push(...copy);
    },
    close: async () => {},
  });
  return { open, samples };
}

test("a disk that is full in mid-recording ends the recording, once, with its reason, and nothing else", async () => {
  const { open } = disk((n) => (n < 3 ? Promise.resolve() : Promise.reject(new Error("x.wav: is full (ENOSPC)"))));
  const house = new House(open);
  await house.during(house.files.record("rtp:0", "x.wav"));
  await house.run(60);
  const end = { kind: "recordEnded", endpoint: "rtp:0", file: "x.wav", reason: "x.wav: is full (ENOSPC)" };
  assert.deepEqual(house.events, [{ ...end, durationMs: 300, lostMs: 0 }]);
  await assert.rejects(house.files.stopRecord("rtp:0"), /rtp:0 is not recorded/);
  assert.equal(house.rig.tick().length, 1);
});

test("a disk that stalls for a second and a half loses nothing, also of two channels at 16 kHz", async () => {
  let free: () => void = () => {};
  const stall = new Promise<void>((resolve) => {
    free = resolve;
  });
  const { open, samples } = disk((n) => (n === 2 ? stall : Promise.resolve()));
  const house = new House(open);
  house.rig.perform({ kind: "tone", endpoint: "rtp:0", tone: "dial", country: "DE" });
  await house.during(house.files.record("rtp:0", "slow.wav"));
  await house.run(20 + 75);
  free();
  await house.run(20);
  const end = await house.during(house.files.stopRecord("rtp:0"));
  assert.deepEqual([end.durationMs, end.lostMs, end.reason], [2300, 0, null]);
  assert.equal(samples.length, 115 * 640);
  assert.ok(samples.filter((sample, n) => n % 2 === 1 && sample !== 0).length > 115 * 300, "the tone all the time");
});

test("a disk that stalls for longer loses what there is no room for, and that is told; the recording's time stays true", async () => {
  let free: () => void = () => {};
  const stall = new Promise<void>((resolve) => {
    free = resolve;
  });
  const { open, samples } = disk((n) => (n === 0 ? stall : Promise.resolve()));
  const house = new House(open);
  await house.during(house.files.record("rtp:0", "slow.wav"));
  await house.run(200);
  free();
  await house.run(10);
  const end = await house.during(house.files.stopRecord("rtp:0"));
  assert.equal(end.durationMs, 210 * 20);
  assert.equal(samples.length, 210 * 640);
  assert.ok(end.lostMs >= 1700 && end.lostMs <= 2000, `${end.lostMs} ms`);
  assert.deepEqual(house.events, [{ kind: "recordEnded", ...end }]);
});

test("eight rings are there; the ninth is refused until one is free", async () => {
  const { open } = disk(() => Promise.resolve());
  const house = new House(open);
  for (let n = 0; n < 9; n++) house.rig.openRtp(n, "PCMA");
  for (let n = 0; n < 8; n++) await house.during(house.files.record(`rtp:${n}`, `${n}.wav`));
  await assert.rejects(house.files.record("rtp:8", "8.wav"), /8 recordings and players are at work: stop one first/);
  await assert.rejects(house.files.record("rtp:3", "b.wav"), /rtp:3 is recorded to 3\.wav: stop that first/);
  await house.during(house.files.stopRecord("rtp:3"));
  await house.during(house.files.record("rtp:8", "8.wav"));
  house.rig.perform({ kind: "close", endpoint: "rtp:8" });
  await house.run(5);
  assert.deepEqual(
    house.events.map((event) => event.kind === "recordEnded" && [event.endpoint, event.reason]),
    [
      ["rtp:3", null],
      ["rtp:8", null],
    ],
  );
});

test("a worker that dies ends recordings and players: files are closed, and it is told", async () => {
  const house = new House();
  const [recorded, played] = [join(folder, "cut.wav"), join(folder, "played.wav")];
  writeFileSync(played, Buffer.concat([wavHeader(2 * 160_000, 8000), Buffer.alloc(2 * 160_000)]));
  await house.during(house.files.record("rtp:0", recorded));
  await house.during(house.files.play("rtp:0", played, false));
  await house.run(25);
  house.worker = false;
  await house.during(house.files.workerLost("the voice worker died"));
  assert.deepEqual(house.events.map(({ kind }) => kind).sort(), ["playEnded", "recordEnded"]);
  for (const event of house.events) assert.equal("reason" in event && event.reason, "the voice worker died");
  const octets = readFileSync(recorded);
  assert.equal(octets.length, 44 + 25 * 1280);
  assert.equal(octets.readUInt32LE(40), 25 * 1280);
  await assert.rejects(house.files.record("rtp:0", recorded), /the voice path is not ready: try again/);
});

test("an endpoint that closes while its file is being opened leaves a file of no sound, and is told", async () => {
  let opened: () => void = () => {};
  const opening = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const { open } = disk(() => Promise.resolve());
  const house = new House(async (file, shape) => {
    await opening;
    return open(file, shape);
  });
  const begun = house.files.record("rtp:0", "x.wav");
  await house.settle();
  house.rig.perform({ kind: "close", endpoint: "rtp:0" });
  await house.settle();
  opened();
  await house.during(begun);
  await house.settle();
  assert.deepEqual(house.events, [
    { kind: "recordEnded", endpoint: "rtp:0", file: "x.wav", reason: null, durationMs: 0, lostMs: 0 },
  ]);
});

test("a file that is to be played is stopped while it is being opened, and is never heard", async () => {
  const house = new House();
  const file = join(folder, "stopped.wav");
  writeFileSync(file, Buffer.concat([wavHeader(640, 8000), Buffer.alloc(640, 1)]));
  const begun = assert.rejects(house.files.play("rtp:0", file, true), /stopped before it was heard/);
  await house.during(house.files.stopPlay("rtp:0"));
  await begun;
  assert.deepEqual(house.rig.taps, []);
});

test("two recordings never have one file, nor is one heard while it is being written", async () => {
  const house = new House(disk(() => Promise.resolve()).open);
  house.rig.openRtp(1, "PCMA");
  await house.during(house.files.record("rtp:0", "/tmp/x/same.wav"));
  await assert.rejects(
    house.files.record("rtp:1", "/tmp/x/../x/same.wav"),
    /same\.wav: rtp:0 is recorded to it: name another/,
  );
  await assert.rejects(
    house.files.play("rtp:1", "/tmp/x/same.wav", false),
    /same\.wav: rtp:0 is recorded to it: name another/,
  );
  await house.during(house.files.stopRecord("rtp:0"));
  await house.during(house.files.record("rtp:1", "/tmp/x/same.wav"));
  await house.during(house.files.stopRecord("rtp:1"));
});
