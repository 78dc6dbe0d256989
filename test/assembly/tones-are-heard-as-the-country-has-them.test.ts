import assert from "node:assert/strict";
import { test } from "node:test";
import { type CountryCode, countries, type ToneName } from "../../src/message/country.ts";
import { cadence, level, levelAt, sine } from "./measure.ts";
import { listen, Rig } from "./rig.ts";
import { writeRtp } from "./rtp.ts";

const codes = Object.keys(countries) as CountryCode[];

function rigWithPhone(): Rig {
  const rig = new Rig();
  rig.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
  return rig;
}

function hear(country: CountryCode, tone: ToneName, seconds: number): Int16Array {
  const rig = rigWithPhone();
  rig.perform({ kind: "tone", endpoint: "usb:dongle:1:0", tone, country });
  return listen(rig, seconds * 50);
}

for (const code of codes) {
  const { name, tones } = countries[code];

  test(`${name}: every tone has its frequencies at its level and nothing else`, () => {
    for (const [tone, facts] of Object.entries(tones)) {
      const sounding = Math.min(1000, facts.cadenceMs[0] ?? 1000) * 8;
      const heard = hear(code, tone as ToneName, 1).subarray(0, sounding); // Object.entries forgets the keys' type
      let expected = 0;
      for (const hertz of facts.frequenciesHz) {
        const measured = levelAt(heard, hertz);
        assert.ok(Math.abs(measured - facts.levelDbm0) < 0.6, `${tone}: ${hertz} Hz at ${measured} dBm0`);
        expected += 10 ** (facts.levelDbm0 / 10);
      }
      const measured = level(heard);
      assert.ok(Math.abs(measured - 10 * Math.log10(expected)) < 0.3, `${tone}: ${measured} dBm0 in all`);
    }
  });

  test(`${name}: every cadence is kept for twelve seconds, to the millisecond`, () => {
    for (const [tone, facts] of Object.entries(tones)) {
      if (facts.cadenceMs.length === 0) continue;
      const lengths = cadence(hear(code, tone as ToneName, 12)).slice(0, -1); // Object.entries forgets the keys' type
      assert.ok(lengths.length > 0, tone);
      lengths.forEach((length, n) => {
        const expected = facts.cadenceMs[n % facts.cadenceMs.length] ?? 0;
        assert.ok(Math.abs(length - expected) <= 1.5, `${tone}: ${length} ms instead of ${expected}`);
      });
    }
  });
}

test("a continuous tone has no click at the frames' borders", () => {
  const heard = hear("DE", "dial", 2);
  const peak = 32768 * 10 ** ((-12 - 3.14) / 20);
  // The steepest a sine gets from one sample to the next, and its curvature.
  const slope = peak * 2 * Math.sin((Math.PI * 425) / 8000);
  heard.forEach((sample, n) => {
    if (n > 0) assert.ok(Math.abs(sample - (heard[n - 1] ?? 0)) <= slope + 2, `sample ${n}`);
  });
});

test("a tone is heard instead of the peer, and the peer again when it ends", () => {
  const rig = rigWithPhone();
  rig.openRtp(0, "PCMU");
  rig.join("usb:dongle:1:0", "rtp:0");
  let n = 0;
  const talkAndListen = (frames: number) => {
    const heard: number[] = [];
    for (let tick = 0; tick < frames; tick++, n++) {
      const payload = Uint8Array.from(sine(1000, 0, 160, n * 160), (sample) => (sample >= 0 ? 0x80 : 0));
      rig.deliver(0, writeRtp({ payloadType: 0, sequence: n, timestamp: n * 160, payload }));
      heard.push(...(rig.tickSamples(0) ?? []));
    }
    return Int16Array.from(heard.slice(-1600));
  };
  assert.ok(levelAt(talkAndListen(30), 1000) > 0);
  rig.perform({ kind: "tone", endpoint: "usb:dongle:1:0", tone: "busy", country: "FR" });
  const during = talkAndListen(20);
  assert.ok(levelAt(during, 440) > -17 && levelAt(during, 1000) < -60);
  rig.perform({ kind: "tone", endpoint: "usb:dongle:1:0", tone: null, country: "FR" });
  assert.ok(levelAt(talkAndListen(20), 1000) > 0);
});

test("a tone towards a stream is coded in its law", () => {
  const rig = new Rig();
  rig.openRtp(0, "PCMA");
  rig.openRtp(1, "PCMA");
  rig.perform({ kind: "tone", endpoint: "rtp:0", tone: "congestion", country: "DE" });
  // What one stream sends, the other receives and a phone hears.
  rig.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
  rig.join("rtp:1", "usb:dongle:1:0");
  const heard: number[] = [];
  for (let n = 0; n < 15; n++) {
    const payload = rig.tickFor(0);
    assert.ok(payload !== null);
    rig.deliver(1, writeRtp({ sequence: n, timestamp: n * 160, payload }));
    const frame = new Uint8Array(320);
    if (rig.device.pull(0, frame) === 320) heard.push(...new Int16Array(frame.buffer));
  }
  assert.ok(Math.abs(levelAt(Int16Array.from(heard.slice(800, 1600)), 425) + 12) < 0.5);
});
