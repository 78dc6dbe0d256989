import assert from "node:assert/strict";
import { test } from "node:test";
import { KernelRig } from "./kernel-rig.ts";

test("two samples of G.726 change places in each octet, for any number of octets and in place", () => {
  const rig = new KernelRig();
  const at = rig.take(256);
  for (const count of [0, 1, 15, 16, 17, 40, 80, 255]) {
    const octets = Uint8Array.from({ length: 256 }, (_, n) => (n * 73) & 0xff);
    rig.octets(at, 256).set(octets);
    rig.call("swapNibbles", at, at, count);
    const swapped = octets.map((octet, n) => (n < count ? ((octet << 4) | (octet >> 4)) & 0xff : octet));
    assert.deepEqual(rig.octets(at, 256).slice(), swapped);
  }
});

test("the two octets of each sample of L16 change places, for any number of samples and in place", () => {
  const rig = new KernelRig();
  const at = rig.take(400);
  for (const count of [0, 1, 7, 8, 9, 80, 160]) {
    const samples = Int16Array.from({ length: 200 }, (_, n) => n * 331 - 9999);
    rig.samples(at, 200).set(samples);
    rig.call("swapOctets", at, at, count);
    const view = new DataView(rig.octets(at, 400).slice().buffer);
    for (let n = 0; n < 200; n++) assert.equal(view.getInt16(2 * n, n >= count), samples[n]);
  }
});
