import assert from "node:assert/strict";
import { encodeFrame } from "../../../src/emulator/sound/g711.ts";
import type { CountryCode } from "../../../src/message/country.ts";
import { countries } from "../../../src/message/country.ts";
import type { DeviceVoice } from "../../../src/message/device-voice.ts";
import type { Event } from "../../../src/message/event.ts";
import type { VoiceFormat } from "../../../src/message/media.ts";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";
import { referenceBase } from "../../../src/vendor/dect/reference/family.ts";
import type { AttachedDevice, Family } from "../../../src/vendor/family.ts";
import { referenceDongle } from "../../../src/vendor/fxs/reference/family.ts";
import { atEveryDoor, type Door } from "../doors.ts";
import { fsk, joined, mdmf, progressTone, silence, sines } from "../sounds.ts";
import { pass, settle, until, when } from "../time.ts";
import { player } from "../wire-host.ts";

/** The voice rings of one channel, as far as a device sees them. */
class OneChannel implements DeviceVoice {
  onChannel: DeviceVoice["onChannel"] = null;
  sound: () => Int16Array = () => new Int16Array(160);
  pushed = 0;
  #format: VoiceFormat | null = null;
  readonly #channel: number;

  constructor(channel: number) {
    this.#channel = channel;
  }

  open(format: VoiceFormat | null): void {
    this.#format = format;
    this.onChannel?.(this.#channel, format);
  }

  push(): void {
    this.pushed++;
  }

  pulled(): number {
    return 0;
  }

  pull(channel: number, into: Uint8Array): number {
    if (channel !== this.#channel || this.#format === null) return 0;
    const octets = encodeFrame(this.#format, this.sound());
    into.set(octets);
    return octets.length;
  }

  formatOf(channel: number): VoiceFormat | null {
    return channel === this.#channel ? this.#format : null;
  }

  close(): void {
    this.#format = null;
  }
}

async function attached(door: Door, kind: "base" | "dongle", country: CountryCode = "DE") {
  const clock = new VirtualClock(1_700_000_000_000);
  const counts = kind === "base" ? { handsets: 1, ports: 0 } : { handsets: 0, ports: 1 };
  const house = door.open({ ...counts, country }, clock);
  const family: Family = kind === "base" ? referenceBase() : referenceDongle();
  const voice = new OneChannel(0);
  const events: Event[] = [];
  const reports: string[] = [];
  const attach = async (): Promise<AttachedDevice> => {
    const [device] = await house.bus.getDevices();
    assert.ok(device);
    return family.attach(device, {
      device: `${kind}:1`,
      firstNumber: 1,
      clock,
      post: (event) => events.push(event),
      openVoice: () => voice,
      report: (problem) => reports.push(problem),
    });
  };
  const device = await until(clock, attach());
  const person = house.person(kind === "base" ? "handset:1" : "port:1");
  assert.ok(person);
  const kinds = () => events.map((event) => event.kind);
  return { clock, house, device, voice, events, reports, person, kinds, attach };
}

atEveryDoor("a call to a handset through the real family, to the end", async (door) => {
  const { clock, house, device, voice, person, kinds, reports } = await attached(door, "base");
  const call = { world: "dect", handset: "handset:1", call: "cc:out-1" } as const;
  device.perform({
    ...call,
    kind: "setup",
    caller: { number: "123", name: "Anna" },
    signal: "alertingExternal",
    channel: 0,
  });
  await when(clock, () => person.look().ringing, 1000);
  assert.deepEqual(person.look().display, ["Anna", "123"]);
  await person.act({ kind: "offhook" });
  await when(clock, () => kinds().includes("connect"), 1000);
  voice.sound = player(sines([1000], -10, 5000));
  voice.open("L16");
  device.perform({ ...call, kind: "connectAck" });
  await when(clock, () => person.look().hearing.what === "sound", 1000);
  assert.equal(Math.round(person.look().hearing.frequencyHz ?? 0) > 900, true);
  await person.act({ kind: "onhook" });
  await when(clock, () => kinds().includes("released"), 1000);
  device.perform({ ...call, kind: "release", reason: "normal" });
  await pass(clock, 100);
  assert.deepEqual(kinds(), ["attached", "alerting", "connect", "released"]);
  assert.ok(voice.pushed > 5);
  assert.deepEqual(reports, []);
  await until(clock, device.detach());
  await house.close();
});

atEveryDoor("an absent handset fails its page, and a release is the end of it", async (door) => {
  const { clock, house, device, person, kinds } = await attached(door, "base");
  await person.act({ kind: "away" });
  const call = { world: "dect", handset: "handset:1", call: "cc:out-1" } as const;
  const caller = { number: null, name: null };
  device.perform({ ...call, kind: "setup", caller, signal: "alertingInternal", channel: 0 });
  const took = await when(clock, () => kinds().includes("pageFailed"), 6000);
  assert.ok(took >= 4990 && took <= 5050, String(took));
  device.perform({ ...call, kind: "release", reason: "notInRange" });
  await pass(clock, 100);
  assert.deepEqual(kinds(), ["attached", "pageFailed"]);
  await until(clock, device.detach());
  await house.close();
});

for (const country of ["DE", "US", "GB"] as const) {
  atEveryDoor(
    `${country}: a port rings in the country's cadence, shows the caller, is answered, hangs up`,
    async (door) => {
      const { clock, house, device, voice, person, kinds, reports } = await attached(door, "dongle", country);
      const { ring, callerId } = countries[country];
      device.perform({ world: "fxs", port: "port:1", kind: "ring", ...ring });
      await when(clock, () => person.look().ringing, 500);
      const firstRing = ring.cadenceMs.slice(0, -1).reduce((sum, part) => sum + part, 0);
      await pass(clock, firstRing + 400);
      voice.sound = player(joined(silence(100), fsk(callerId, mdmf("5551234", "Bob"))));
      voice.open("PCMA");
      await when(clock, () => person.look().display.length > 0, 3000);
      assert.deepEqual(person.look().display, ["Bob", "5551234"]);
      await person.act({ kind: "offhook" });
      await when(clock, () => kinds().includes("wentOffHook"), 500);
      await person.act({ kind: "onhook" });
      await when(clock, () => kinds().includes("wentOnHook"), 500);
      assert.deepEqual(reports, []);
      await until(clock, device.detach());
      await house.close();
    },
  );
}

atEveryDoor("a person lifts, hears the dial tone and dials: the keys come up as digits", async (door) => {
  const { clock, house, device, voice, person, events } = await attached(door, "dongle");
  const dialling = person.act({ kind: "dial", number: "*600#" });
  await pass(clock, 40);
  voice.sound = player(progressTone(countries.DE.tones.dial, 10_000));
  voice.open("PCMA");
  await until(clock, dialling);
  const digits = events.flatMap((event) => (event.kind === "digit" && event.world === "fxs" ? [event.digit] : []));
  assert.equal(digits.join(""), "*600#");
  await until(clock, device.detach());
  await house.close();
});

atEveryDoor("pulled out and plugged in again, the port works again", async (door) => {
  const { clock, house, device, person, kinds, attach } = await attached(door, "dongle");
  await house.unplug("dongle:1");
  assert.equal(await until(clock, device.gone), "unplugged");
  await house.plug("dongle:1");
  const again = await until(clock, attach());
  await person.act({ kind: "offhook" });
  await when(clock, () => kinds().includes("wentOffHook"), 500);
  assert.deepEqual(kinds(), ["attached", "detached", "attached", "wentOffHook"]);
  await until(clock, again.detach());
  await house.close();
  await settle();
  assert.equal(clock.pending, 0);
});
