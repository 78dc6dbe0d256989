import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { isIPv6 } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { ms } from "../../src/message/units.ts";
import { systemClock } from "../../src/vendor/clock/clock.ts";
import { voiceAssets } from "../../src/voice/assets.ts";
import { test } from "./each-edge.ts";
import { VoiceHouse } from "./house.ts";
import { tinyCodec } from "./plugin/tiny-codec.ts";
import { endlessModule } from "./trapping-module.ts";

const timeout = 20_000;

/** Sends to all ports of the house until the test ends. */
async function flood(context: TestContext, house: VoiceHouse, address = "127.0.0.1"): Promise<void> {
  const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
  socket.bind(0, address);
  await once(socket, "listening");
  const packet = new Uint8Array(172);
  const ports = [0, 1, 2, 3].flatMap((stream) => [house.portOf(stream), house.portOf(stream) + 1]);
  const timer = setInterval(() => {
    for (let n = 0; n < 10; n++) for (const port of ports) socket.send(packet, port, address);
  }, 2);
  context.after(() => {
    clearInterval(timer);
    socket.close();
  });
}

function sockets(): number {
  return descriptors().filter((what) => what.startsWith("socket:")).length;
}

/** What each descriptor of this process is. */
function descriptors(): string[] {
  return readdirSync("/proc/self/fd").map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return "closed meanwhile";
    }
  });
}

test("a worker that hangs while packets come is ended, and nothing else with it", { timeout }, async (context) => {
  const assets = { worker: voiceAssets().worker, wasm: endlessModule(context) };
  const house = await VoiceHouse.open(context, { firstPort: 41_900 }, assets);
  await flood(context, house);
  // The watchdog finds it.
  await house.until("lost");
  const again = await house.until("ready", 2);
  assert.equal(again.rtp[0]?.port, 41_900);
});

for (const address of ["127.0.0.1", "::1"])
  test(`a worker that works is ended in the middle of a flood to ${address}, again and again`, {
    timeout,
  }, async (context) => {
    const house = await VoiceHouse.open(context, { firstPort: 42_000, address });
    await flood(context, house, address);
    const before = descriptors().length;
    for (let round = 1; round <= 3; round++) {
      const { ticks } = await house.voice.status();
      while ((await house.voice.status()).ticks < ticks + 5);
      house.voice.abortWorker();
      await house.until("lost", round);
      assert.ok(descriptors().every((what) => !what.endsWith("/mounts")));
      const { rtp } = await house.until("ready", round + 1);
      assert.equal(rtp[0]?.port, 42_000);
    }
    assert.ok(Math.abs(descriptors().length - before) <= 2);
  });

test("a worker that can not come back for a while takes no ports meanwhile", { timeout }, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "offhook-codec-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "t.wasm");
  writeFileSync(file, tinyCodec());
  const codecs = [{ file, name: "T", clockRate: 8000 }];
  const house = await VoiceHouse.open(context, { firstPort: 42_100, codecs });
  const before = sockets();
  rmSync(file);
  house.voice.abortWorker();
  await house.until("lost");
  // It is tried every 200 ms.
  await new Promise<void>((resolve) => systemClock.after(ms(900), resolve));
  assert.ok(sockets() < before);
  writeFileSync(file, tinyCodec());
  const { rtp } = await house.until("ready", 2);
  assert.equal(rtp[0]?.port, 42_100);
});
