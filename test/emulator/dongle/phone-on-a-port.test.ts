import assert from "node:assert/strict";
import { Meter } from "../../../src/emulator/ear/meter.ts";
import { type CountryCode, countries } from "../../../src/message/country.ts";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";
import { DONGLE_PRODUCT_ID } from "../../../src/vendor/reference/wire/descriptor.ts";
import { dtmfDigit } from "../../../src/vendor/reference/wire/slic.ts";
import { voiceFlags } from "../../../src/vendor/reference/wire/voice-frame.ts";
import { atEveryDoor, type Door } from "../doors.ts";
import { frames, fsk, joined, mdmf, progressTone, silence, sines } from "../sounds.ts";
import { pass, settle, until, when } from "../time.ts";
import { player, WireHost } from "../wire-host.ts";

async function world(door: Door, country: CountryCode = "DE", ports = 1) {
  const clock = new VirtualClock(1_700_000_000_000);
  const house = door.open({ handsets: 0, ports, country }, clock);
  const host = await WireHost.attach(house.bus, DONGLE_PRODUCT_ID);
  for (let port = 0; port < ports; port++) await bringUp(host, port);
  const person = house.person("port:1");
  assert.ok(person);
  return { clock, house, host, person };
}

async function bringUp(host: WireHost, port: number): Promise<void> {
  await host.tell("slicReset", 0, port);
  for (const [register, value] of [
    [8, 0],
    [14, 0],
    [63, 0x54],
    [67, 0x1f],
    [69, 0x0a],
    [70, 0x0a],
    [22, 0xff],
    [23, 0x01],
    [64, 1],
  ] as const)
    await host.write(register, value, port);
}

async function ring(host: WireHost, onMs: number, offMs: number): Promise<void> {
  for (const [register, value] of [
    [48, (onMs * 8) & 0xff],
    [49, (onMs * 8) >> 8],
    [50, (offMs * 8) & 0xff],
    [51, (offMs * 8) >> 8],
    [34, 0x30],
    [64, 4],
  ] as const)
    await host.write(register, value);
}

function level(samples: Int16Array): number {
  const meter = new Meter();
  for (const frame of frames(samples).slice(-10)) meter.hear(frame);
  return meter.levelDbm0;
}

atEveryDoor("the dongle says what it is", async (door) => {
  const { host, house } = await world(door, "DE", 2);
  const { identification } = host;
  assert.equal(identification?.kind, "dongle");
  assert.equal(identification?.channels, 2);
  assert.deepEqual(identification?.formats, ["PCMA", "PCMU", "L16"]);
  assert.equal(await host.read(11, 1), 0x33);
  await assert.rejects(host.read(11, 2), /stalled/);
  await assert.rejects(host.tell("channel", 9, 0), /stalled/);
  await assert.rejects(host.tell("linkSend", 0, 0, [1]), /stalled/);
  await host.detach();
  await house.close();
});

atEveryDoor("lifting and hanging up are two interrupts, and an idle dongle keeps no timer running", async (door) => {
  const { clock, house, host, person } = await world(door);
  await pass(clock, 100);
  const idle = clock.pending;
  await person.act({ kind: "offhook" });
  await pass(clock, 40);
  assert.deepEqual(
    host.slic.map(({ loop }) => loop),
    [1],
  );
  assert.equal(person.look().hook, "off");
  assert.equal(person.look().hearing.what, "silence");
  await person.act({ kind: "onhook" });
  await pass(clock, 40);
  assert.deepEqual(
    host.slic.map(({ loop }) => loop),
    [1, 0],
  );
  assert.equal(clock.pending, idle);
  await host.detach();
  await house.close();
  assert.equal(clock.pending, 0);
});

for (const format of ["PCMA", "PCMU", "L16"] as const) {
  atEveryDoor(
    `a person hears the dial tone through ${format}, dials it away, and the keys come out of the decoder`,
    async (door) => {
      const { clock, house, host, person } = await world(door);
      const dial = player(progressTone(countries.DE.tones.dial, 20_000));
      host.sound = dial;
      await host.open(0, format);
      await host.run();
      await until(clock, person.act({ kind: "dial", number: "*0123456789#ABCD" }));
      const digits = host.slic.filter(({ interrupts }) => interrupts[2] & 1).map(({ dtmf }) => dtmfDigit(dtmf));
      assert.equal(digits.join(""), "*0123456789#ABCD");
      await host.detach();
      await house.close();
    },
  );
}

atEveryDoor("a hum arrives at its level, and what is heard comes back 20 dB lower through the hybrid", async (door) => {
  const { clock, house, host, person } = await world(door);
  await host.open(0, "L16");
  await host.run();
  await person.act({ kind: "offhook" });
  await person.act({ kind: "hum", frequencyHz: 700, levelDbm0: -12, ms: null });
  await pass(clock, 500);
  assert.ok(Math.abs(level(host.heard(0)) + 12) < 0.1);
  await person.act({ kind: "hush" });
  host.sound = player(sines([1000], -10, 5000));
  await pass(clock, 600);
  assert.ok(Math.abs(level(host.heard(0)) + 30) < 0.2, String(level(host.heard(0))));
  const { hearing } = person.look();
  assert.equal(hearing.what, "sound");
  assert.ok(Math.abs(hearing.levelDbm0 + 10) < 0.1);
  assert.ok(Math.abs((hearing.frequencyHz ?? 0) - 1000) < 1);
  await host.detach();
  await house.close();
});

atEveryDoor(
  "the bell rings with the line, caller ID comes out of the sound between the rings, lifting trips it",
  async (door) => {
    for (const country of ["DE", "US"] as const) {
      const { clock, house, host, person } = await world(door, country);
      const { callerId } = countries[country];
      await ring(host, 1000, 4000);
      await host.open(0, "PCMA");
      await host.run();
      await pass(clock, 20);
      assert.equal(person.look().ringing, true);
      const message = fsk(callerId, mdmf("+4930123456", "Anna"));
      host.sound = player(joined(silence(1600), message));
      await when(clock, () => person.look().display.length > 0, 4500);
      assert.deepEqual(person.look().display, ["Anna", "+4930123456"]);
      assert.deepEqual(person.look().caller, { name: "Anna", number: "+4930123456" });
      assert.equal(person.look().ringing, true);
      await person.act({ kind: "offhook" });
      await pass(clock, 200);
      const tripped = host.slic.at(-1);
      assert.equal(tripped?.loop, 3);
      assert.equal(tripped?.linefeed, 0x11);
      assert.equal(person.look().ringing, false);
      await host.detach();
      await house.close();
    }
  },
);

atEveryDoor("caller ID is not heard while the line is in normal feed", async (door) => {
  const { clock, house, host, person } = await world(door);
  await host.open(0, "PCMA");
  await host.run();
  host.sound = player(fsk("v23", mdmf("123", "Nobody")));
  await pass(clock, 1500);
  assert.deepEqual(person.look().display, []);
  await host.detach();
  await house.close();
});

atEveryDoor("a flash breaks the loop for a time within the country's window", async (door) => {
  for (const country of ["DE", "US", "GB"] as const) {
    const { clock, house, host, person } = await world(door, country);
    await person.act({ kind: "offhook" });
    await pass(clock, 50);
    host.forget();
    await until(clock, person.act({ kind: "flash" }));
    await pass(clock, 50);
    const [broken, closed] = host.slic;
    assert.ok(broken && closed);
    assert.equal(broken.loop, 0);
    assert.equal(closed.loop, 1);
    const { min, max } = countries[country].flashMs;
    const lasted = (closed.timestamp - broken.timestamp) / 8;
    assert.ok(lasted >= min && lasted <= max, `${country} ${lasted}`);
    assert.equal(person.look().hook, "off");
    await host.detach();
    await house.close();
  }
});

atEveryDoor(
  "a phone pulled out of its socket neither rings nor talks, and is found off-hook when it comes back so",
  async (door) => {
    const { clock, house, host, person } = await world(door);
    await person.act({ kind: "offhook" });
    await pass(clock, 50);
    await person.act({ kind: "away" });
    await pass(clock, 50);
    assert.equal(person.look().present, false);
    await person.act({ kind: "back" });
    await pass(clock, 50);
    assert.deepEqual(
      host.slic.map(({ loop }) => loop),
      [1, 0, 1],
    );
    await person.act({ kind: "onhook" });
    await person.act({ kind: "away" });
    await ring(host, 1000, 4000);
    await pass(clock, 50);
    assert.equal(person.look().ringing, false);
    await host.detach();
    await house.close();
  },
);

atEveryDoor("actions that make no sense are refused with a sentence", async (door) => {
  const { clock, house, host, person } = await world(door);
  await assert.rejects(person.act({ kind: "press", keys: "1" }), /port:1 is on-hook: lift it first \(offhook\)/);
  await assert.rejects(person.act({ kind: "say", file: "x.wav" }), /on-hook/);
  await assert.rejects(person.act({ kind: "record", file: "x.wav" }), /on-hook/);
  await assert.rejects(person.act({ kind: "onhook" }), /port:1 is on-hook already/);
  await assert.rejects(person.act({ kind: "back" }), /plugged into its socket already/);
  await assert.rejects(person.act({ kind: "busy", on: true }), /analog phone/);
  await assert.rejects(person.act({ kind: "stopRecording" }), /records nothing/);
  await person.act({ kind: "offhook" });
  await assert.rejects(person.act({ kind: "offhook" }), /already off-hook/);
  await assert.rejects(person.act({ kind: "press", keys: "1x" }), /no key "x"/);
  await assert.rejects(person.act({ kind: "hum", frequencyHz: 9000, levelDbm0: 0, ms: 10 }), /9000 Hz/);
  const dialling = until(clock, person.act({ kind: "dial", number: "1" }));
  await assert.rejects(dialling, /port:1 hears no dial tone within 3 s \(it hears silence\)/);
  await host.detach();
  await house.close();
});

atEveryDoor("a malformed frame from the host is counted, told, and the voice goes on", async (door) => {
  const { clock, house, host, person } = await world(door);
  await host.open(0, "PCMA");
  host.sound = player(sines([1000], -10, 10_000));
  await host.run();
  await person.act({ kind: "offhook" });
  await pass(clock, 400);
  host.forget();
  host.nonsense = [new Uint8Array(0), new Uint8Array(100).fill(0x4f), Uint8Array.of(0x4f, 0x4f, 1, 99, 22, 0)];
  await pass(clock, 1000);
  const refused = host.voice.filter(({ flags }) => flags & voiceFlags.refused).length;
  assert.ok(refused >= 1 && refused <= 3);
  const counters = new DataView((await host.ask("counters", 0, 0, 20)).slice().buffer);
  assert.equal(counters.getUint32(4, true), 3);
  assert.equal(host.voice.at(-1)?.lost, 3);
  assert.ok(Math.abs(person.look().hearing.levelDbm0 + 10) < 0.3);
  await host.detach();
  await house.close();
});

atEveryDoor("voice stops with a last frame and the session with a last event", async (door) => {
  const { clock, house, host } = await world(door);
  await host.open(0, "PCMA");
  await host.run();
  await pass(clock, 200);
  const [first] = host.voice;
  assert.ok(first);
  for (const [n, frame] of host.voice.entries()) {
    assert.equal(frame.sequence, first.sequence + n);
    assert.equal(frame.timestamp, first.timestamp + 160 * n);
  }
  await host.tell("voice", 0, 0);
  await settle();
  assert.ok((host.voice.at(-1)?.flags ?? 0) & voiceFlags.last);
  assert.deepEqual(host.voice.at(-1)?.channels, []);
  await host.detach();
  await house.close();
});

atEveryDoor("a host that reads too late finds the newest five frames and is told what was dropped", async (door) => {
  const { clock, house, host } = await world(door);
  await host.open(0, "PCMA");
  await host.tell("voice", 1, 0);
  await pass(clock, 400);
  await host.run();
  await settle();
  assert.equal(host.voice.length, 5);
  assert.deepEqual(
    host.voice.map(({ sequence }) => sequence),
    [15, 16, 17, 18, 19],
  );
  assert.ok((host.voice.at(-1)?.flags ?? 0) & voiceFlags.overrun);
  await host.detach();
  await house.close();
});
