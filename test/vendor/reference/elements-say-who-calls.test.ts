import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReleaseReason, Signal } from "../../../src/message/dect.ts";
import type { Digit } from "../../../src/message/name.ts";
import { decodeElements, encodeElements } from "../../../src/vendor/reference/wire/element.ts";
import {
  caller,
  display,
  inBandProgress,
  keypad,
  readCaller,
  readDisplay,
  readKeypad,
  readReleaseReason,
  readSignal,
  readsInBand,
  releaseReason,
  signal,
} from "../../../src/vendor/reference/wire/information.ts";
import {
  dtmfDigit,
  dtmfRegister,
  ringAmplitude,
  ringCoefficient,
  ringFrequency,
} from "../../../src/vendor/reference/wire/slic.ts";

function onAir(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
}

test("elements are told apart as on the air: variable, double octet, single octet", () => {
  const read = decodeElements(onAir("E0 80  2C 02 31 32  A1  E4 40"));
  assert.ok(read.ok);
  assert.deepEqual(
    read.value.map(({ id, content }) => [id, [...content]]),
    [
      [0xe0, [0x80]],
      [0x2c, [0x31, 0x32]],
      [0xa1, []],
      [0xe4, [0x40]],
    ],
  );
  assert.deepEqual(encodeElements(read.value), onAir("E0 80 2C 02 31 32 A1 E4 40"));
});

test("an element that is cut off makes its message be refused", () => {
  for (const hex of ["2C", "2C 03 31 32", "E0"]) assert.equal(decodeElements(onAir(hex)).ok, false, hex);
});

test("the caller's number and name arrive, in UTF-8, and are cut between characters", () => {
  assert.deepEqual(readCaller(caller({ number: "+4930123", name: "Jürgen Großmann" })), {
    number: "+4930123",
    name: "Jürgen Großmann",
  });
  const long = readCaller(caller({ number: "1".repeat(99), name: "ü".repeat(99) }));
  assert.equal(long.number, "1".repeat(32));
  assert.equal(long.name, "ü".repeat(32));
});

test("a withheld number arrives as withheld", () => {
  assert.deepEqual(readCaller(caller({ number: null, name: null })), { number: null, name: null });
  assert.deepEqual(
    caller({ number: null, name: null }).map(({ content }) => [...content]),
    [[0x01, 0xa3]],
  );
});

test("an octet of the calling number element is what EN 300 175-5 says", () => {
  const [number] = caller({ number: "601", name: null });
  assert.ok(number);
  assert.deepEqual(encodeElements([number]), onAir("6C 05 01 83 36 30 31"));
});

test("a caller element without its fixed octets gives nothing, and does not throw", () => {
  assert.deepEqual(
    readCaller([
      { id: 0x6c, content: new Uint8Array(0) },
      { id: 0x6d, content: new Uint8Array(0) },
    ]),
    {
      number: null,
      name: null,
    },
  );
});

test("keys of several keypad elements are read in order, register recall among them", () => {
  assert.equal(readKeypad([keypad("12"), { id: 0xe9, content: Uint8Array.of(0x15) }, keypad("#")]), "12\x15#");
  assert.equal(readKeypad([{ id: 0x2c, content: Uint8Array.of(0xff, 0x31) }]), "1");
});

test("every signal and every release reason arrives as it was sent", () => {
  const signals: Signal[] = ["alertingInternal", "alertingExternal", "alertingOff", "callWaiting", "tonesOff"];
  for (const it of signals) assert.equal(readSignal([signal(it)]), it);
  const reasons: ReleaseReason[] = [
    "normal",
    "busy",
    "rejected",
    "notInRange",
    "timerExpiry",
    "resources",
    "answeredElsewhere",
    "unknown",
  ];
  for (const it of reasons) assert.equal(readReleaseReason([releaseReason(it)]), it);
  assert.equal(readReleaseReason([{ id: 0xe2, content: Uint8Array.of(0x77) }]), "unknown");
  assert.equal(readReleaseReason([]), "normal");
});

test("a text for the display arrives, and in-band sound is announced", () => {
  assert.equal(readDisplay([display("Anruf für Café")]), "Anruf für Café");
  assert.equal(readDisplay([]), null);
  assert.equal(readsInBand([inBandProgress()]), true);
  assert.equal(readsInBand([]), false);
});

test("the SLIC's digit codes are those of its table", () => {
  const digits: Digit[] = ["D", "1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "*", "#", "A", "B", "C"];
  digits.forEach((digit, code) => {
    assert.equal(dtmfDigit(0x10 | code), digit);
    assert.equal(dtmfDigit(code), null);
    assert.equal(dtmfRegister(digit), 0x10 | code);
  });
});

test("the ring oscillator's figures are those published for the chip", () => {
  // frequency, coefficient, amplitude at 70 V peak
  const published = [
    [20, 0x7efe, 0x0178],
    [25, 0x7e6d, 0x01d6],
    [50, 0x79bc, 0x03b2],
  ] as const;
  for (const [hz, coefficient, amplitude] of published) {
    assert.equal(ringCoefficient(hz), coefficient);
    assert.ok(Math.abs(ringAmplitude(hz, 70) - amplitude) <= 1, `${hz} Hz`);
    assert.ok(Math.abs(ringFrequency(coefficient) - hz) < 0.1);
  }
});
