import assert from "node:assert/strict";
import { test } from "node:test";
import { ms } from "../../../src/message/units.ts";
import { referenceBase } from "../../../src/vendor/dect/reference/family.ts";
import { referenceDongle } from "../../../src/vendor/fxs/reference/family.ts";
import { requestOf } from "../../../src/vendor/reference/wire/control.ts";
import { Bench, settle } from "./bench.ts";
import { ScriptedDevice } from "./scripted-device.ts";

const hardware = "controlTransferOut error: hardware fault or protocol violation (errno 71)";
const stalled = "controlTransferOut error: endpoint stalled";

/** A device on which the next requests of one name fail, and a list of those that were made. */
class Unlucky extends ScriptedDevice {
  readonly asked: string[] = [];
  readonly #failing: string;
  readonly #words: string[] = [];
  unclaimable = 0;

  constructor(kind: "base" | "dongle", failing: string) {
    super(kind);
    this.#failing = failing;
  }

  fail(...words: readonly string[]): void {
    this.#words.push(...words);
  }

  override async controlTransferOut(...args: Parameters<ScriptedDevice["controlTransferOut"]>) {
    const name = requestOf(args[0]) ?? "";
    this.asked.push(name);
    const words = name === this.#failing ? this.#words.shift() : undefined;
    if (words !== undefined) throw new Error(words);
    return super.controlTransferOut(...args);
  }

  override async releaseInterface(number: number): Promise<void> {
    if (this.unclaimable-- > 0) throw new Error("releaseInterface error: errno 5");
    await super.releaseInterface(number);
  }

  count(name: string): number {
    return this.asked.filter((asked) => asked === name).length;
  }
}

async function ringing(device: Unlucky) {
  const bench = new Bench();
  const attached = await bench.attach(referenceDongle(), device);
  attached.perform({ world: "fxs", kind: "ring", port: "port:1", cadenceMs: [1000, 4000], frequencyHz: 25 });
  await settle();
  return { bench, attached };
}

for (const words of [hardware, stalled])
  test(`a bell is stopped all the same when the request fails once: ${words}`, async () => {
    const device = new Unlucky("dongle", "slicWrite");
    const { bench, attached } = await ringing(device);
    assert.equal(device.registers[0]?.[64], 4, "it rings");
    device.fail(words);
    attached.perform({ world: "fxs", kind: "stopRing", port: "port:1" });
    await settle();
    assert.equal(device.registers[0]?.[34], 0, "the SLIC's ring timers are off");
    assert.notEqual(device.registers[0]?.[64], 4, "it rings no more");
    assert.equal(bench.reports.length, 1);
    assert.ok(!bench.kinds().includes("detached"));
  });

test("a device whose request fails twice is given up: nobody knows what it does", async () => {
  const device = new Unlucky("dongle", "slicWrite");
  const { bench, attached } = await ringing(device);
  device.fail(hardware, hardware);
  attached.perform({ world: "fxs", kind: "stopRing", port: "port:1" });
  await settle();
  bench.clock.advance(ms(2000));
  assert.match(await attached.gone, /^slicWrite: .*errno 71/);
  assert.equal(bench.kinds().at(-1), "detached");
});

test("a device that refuses a request twice stays: it does what it can", async () => {
  const device = new Unlucky("dongle", "slicWrite");
  const { bench, attached } = await ringing(device);
  device.fail(stalled, stalled);
  attached.perform({ world: "fxs", kind: "stopRing", port: "port:1" });
  await settle();
  assert.ok(!bench.kinds().includes("detached"));
  assert.ok(bench.reports.some((report) => /SLIC register not written/.test(report)));
});

function based() {
  const device = new Unlucky("base", "linkSend");
  device.subscriptions = [{ handset: 1, located: true, ipui: "0009f0e0001", formats: ["L16"] }];
  return device;
}

const setup = {
  world: "dect",
  kind: "setup",
  handset: "handset:1",
  call: "cc:out-1",
  caller: { number: null, name: null },
  signal: "alertingExternal",
  channel: 0,
} as const;

test("a message to a handset that may have left is not sent twice: the base is attached anew", async () => {
  const device = based();
  const bench = new Bench();
  const attached = await bench.attach(referenceBase(), device);
  device.fail(hardware);
  attached.perform(setup);
  await settle();
  bench.clock.advance(ms(2000));
  assert.match(await attached.gone, /^linkSend: /);
  assert.equal(device.count("linkSend"), 1);
  assert.ok(bench.kinds().includes("detached"));
});

test("a message that a base refused once is sent again, and no call is lost by it", async () => {
  const device = based();
  const bench = new Bench();
  const attached = await bench.attach(referenceBase(), device);
  device.fail(stalled);
  attached.perform(setup);
  await settle();
  assert.equal(device.links.length, 1);
  assert.deepEqual(bench.kinds(), ["attached"]);
});

test("an interface that could not be released once is free for the next to come", async () => {
  const device = new Unlucky("dongle", "none");
  const { attached, bench } = await ringing(device);
  device.unclaimable = 1;
  const detached = attached.detach();
  await settle();
  bench.clock.advance(ms(4000));
  await detached;
  assert.equal(device.claimed, false);
  const again = await new Bench().attach(referenceDongle(), device);
  assert.ok(again);
});
