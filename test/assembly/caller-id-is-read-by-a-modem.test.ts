import assert from "node:assert/strict";
import { test } from "node:test";
import type { CallerIdStandard } from "../../src/message/country.ts";
import { demodulate } from "./demodulator.ts";
import { level } from "./measure.ts";
import { listen, Rig } from "./rig.ts";

const modems = {
  bell202: { markHz: 1200, spaceHz: 2200, markBits: 180 },
  v23: { markHz: 1300, spaceHz: 2100, markBits: 80 },
} as const;

function send(standard: CallerIdStandard, number: string | null, name: string | null) {
  const rig = new Rig();
  rig.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
  rig.perform({ kind: "callerId", endpoint: "usb:dongle:1:0", standard, number, name });
  const heard = listen(rig, 120);
  return { heard, events: rig.events };
}

/** Parameters by type. */
function parameters(message: readonly number[]): Map<number, string> {
  const found = new Map<number, string>();
  for (let at = 2; at < message.length - 1; at += 2 + (message[at + 1] ?? 0)) {
    const text = message.slice(at + 2, at + 2 + (message[at + 1] ?? 0));
    found.set(message[at] ?? 0, String.fromCharCode(...text));
  }
  return found;
}

for (const standard of ["bell202", "v23"] as const) {
  test(`${standard}: an independent demodulator reads number and name, and the checksum is right`, () => {
    const { heard, events } = send(standard, "0301234567", "Zoë Groß");
    const { octets, seizureBits, markBits } = demodulate(heard, modems[standard]);
    assert.equal(octets[0], 0x80);
    assert.equal(octets.length, (octets[1] ?? 0) + 3);
    assert.equal(octets.reduce((sum, octet) => sum + octet, 0) & 0xff, 0);
    const read = parameters(octets);
    assert.match(read.get(0x01) ?? "", /^[01][0-9][0-3][0-9][0-2][0-9][0-5][0-9]$/);
    assert.equal(read.get(0x02), "0301234567");
    assert.equal(read.get(0x07), "Zoe Gross");
    assert.ok(Math.abs(seizureBits - 300) <= 2, `${seizureBits} bits of channel seizure`);
    assert.ok(Math.abs(markBits - modems[standard].markBits) <= 2, `${markBits} bits of mark`);
    assert.deepEqual(events, [{ kind: "callerIdSent", endpoint: "usb:dongle:1:0" }]);
  });

  test(`${standard}: the carrier has -14 dBm0 and its phase never jumps`, () => {
    const { heard } = send(standard, "1", null);
    const carrier = heard.subarray(0, 2400);
    assert.ok(Math.abs(level(carrier) + 14) < 0.2, `${level(carrier)} dBm0`);
    const peak = 32768 * 10 ** ((-14 - 3.14) / 20);
    const steepest = peak * 2 * Math.sin((Math.PI * modems[standard].spaceHz) / 8000);
    const steps = heard.map((sample, n) => Math.abs(sample - (heard[n - 1] ?? 0)));
    assert.ok(Math.max(...steps) <= steepest + 3);
  });
}

test("a caller who withholds his number is private, one without a number is out of area", () => {
  const hidden = parameters(demodulate(send("v23", null, null).heard, modems.v23).octets);
  assert.equal(hidden.get(0x04), "P");
  assert.equal(hidden.get(0x08), "P");
  const unknown = parameters(demodulate(send("v23", null, "Ann").heard, modems.v23).octets);
  assert.equal(unknown.get(0x04), "O");
  assert.equal(unknown.get(0x07), "Ann");
});

test("caller ID for a channel that is closed fails with the way out", () => {
  const rig = new Rig();
  rig.perform({ kind: "callerId", endpoint: "usb:dongle:1:1", standard: "v23", number: "1", name: null });
  assert.deepEqual(rig.failures, ["usb:dongle:1:1 is closed: open it first"]);
});
