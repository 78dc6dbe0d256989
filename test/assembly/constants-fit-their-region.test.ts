import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { STATIC_OFFSET, STATIC_SIZE } from "../../assembly/layout.ts";
import { newVoiceMemory } from "../../src/voice/map.ts";

test("what the compiler puts into the voice module's memory lies in the region kept for it", () => {
  const wasm = readFileSync(new URL("../../dist/voice.wasm", import.meta.url));
  const memory = newVoiceMemory();
  const octets = new Uint8Array(memory.buffer);
  octets.fill(0xa5);
  new WebAssembly.Instance(new WebAssembly.Module(wasm), { env: { memory } });
  const touched = [octets.findIndex((octet) => octet !== 0xa5), octets.findLastIndex((octet) => octet !== 0xa5)];
  for (const at of touched)
    if (at >= 0)
      assert.ok(at >= STATIC_OFFSET && at < STATIC_OFFSET + STATIC_SIZE, `octet ${at} is outside the region`);
});
