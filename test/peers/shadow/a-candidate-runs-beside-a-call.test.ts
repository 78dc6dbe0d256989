import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { numbers } from "../harness/house-config.ts";
import { World } from "../harness/world.ts";

/** The module that is live, as its own candidate. */
const candidate = join(import.meta.dirname, "../../../dist/voice.wasm");

test("a candidate runs beside a softphone's call: the bundle's own thread follows it, and status tells", async (t) => {
  const world = await World.open(t, { extra: `[shadow]\nmodule = "${candidate}"\n` });
  const { house } = world;
  await house.fact("shadowChanged", 20_000, 0, ({ state }) => state === "on");
  const alice = await world.alice({ codec: "PCMU" });
  alice.dial(house.uri(numbers.echo));
  await alice.until("CALL_ESTABLISHED");
  const { voiceStatus } = await house.untilStatus("two seconds are followed", 20_000, (status) => {
    const shadow = status.voiceStatus?.shadow;
    return shadow !== null && shadow !== undefined && shadow.ticks >= 100;
  });
  const shadow = voiceStatus?.shadow;
  assert.ok(shadow !== null && shadow !== undefined);
  assert.deepEqual([shadow.live.nondeterministic, shadow.live.firstDifference], [0, null]);
  const [module] = shadow.candidates;
  assert.ok(module !== undefined && module.heard.frames > 50);
  assert.deepEqual([module.heard.different, module.sent.different, module.jitter?.apart], [0, 0, 0]);
  const { output } = await house.cli("status", "--data", house.dataDir);
  assert.match(output, /^shadow +.*\(so far 1, \d+ ticks\)$/m);
  assert.match(output, /^module +.*voice\.wasm: heard 0 of \d+ frames different/m);
  alice.hangUp();
  await alice.until("CALL_CLOSED");
  await house.isQuiet();
});
