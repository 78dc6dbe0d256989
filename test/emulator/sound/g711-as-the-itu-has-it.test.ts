import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isSilent, silentFrame } from "../../../src/emulator/sound/frame.ts";
import { decodeFrame, encodeAlaw, encodeFrame, encodeMulaw, isIdle } from "../../../src/emulator/sound/g711.ts";
import { vectors } from "../sounds.ts";

/** 16-bit words of an ITU file. */
function words(name: string): Int16Array {
  const octets = readFileSync(join(vectors, "codec/g711", name));
  return Int16Array.from({ length: octets.length / 2 }, (_, n) => octets.readInt16LE(2 * n));
}

function decodeAll(format: "PCMA" | "PCMU", codes: Int16Array): Int16Array {
  const out = new Int16Array(codes.length);
  decodeFrame(format, Uint8Array.from(codes), out);
  return out;
}

test("all 65 536 samples are coded and decoded as in the ITU's own files", () => {
  const source = words("sweep.src");
  const alaw = words("sweep-r.a").map((word) => word & 0xff);
  const mulaw = words("sweep-r.u").map((word) => word & 0xff);
  assert.deepEqual(source.map(encodeAlaw), alaw);
  assert.deepEqual(source.map(encodeMulaw), mulaw);
  assert.deepEqual(decodeAll("PCMA", alaw), words("sweep-r.a-a"));
  assert.deepEqual(decodeAll("PCMU", mulaw), words("sweep-r.u-u"));
});

test("silence has its own octets in every format and is silent again", () => {
  for (const format of ["PCMA", "PCMU", "L16"] as const) {
    const octets = encodeFrame(format, silentFrame);
    assert.deepEqual(octets, encodeFrame(format, new Int16Array(160)));
    assert.ok(isIdle(format, octets));
    const out = new Int16Array(160).fill(9);
    decodeFrame(format, octets, out);
    assert.ok(isSilent(out));
  }
});
