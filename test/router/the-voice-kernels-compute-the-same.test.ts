import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { kernelHash, kernelNames } from "./kernel-hash.ts";
import { claims, earlierRatchets, readRatchet } from "./ratchet.ts";

const vectors = join(import.meta.dirname, "../../../shared/vectors");

for (const kernel of kernelNames) {
  test(`the kernel ${kernel} computes what the ratchet file says`, () => {
    const found = kernelHash(kernel, vectors);
    const claim = readRatchet()[kernel];
    assert.equal(found, claim?.sha256, `if ${kernel} was meant to change, test/ratchet.json is to say ${found}`);
  });
}

test("what the ratchet file ever claimed of a kernel and a processor, it still claims", () => {
  const now = new Set(claims(readRatchet()));
  assert.ok(now.size >= kernelNames.length);
  for (const earlier of earlierRatchets())
    for (const claim of claims(earlier))
      assert.ok(now.has(claim), `${claim} was claimed before: the ratchet only grows`);
});
