import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { test } from "node:test";
import { MessageChannel } from "node:worker_threads";
import { voiceAssets } from "../../src/voice/assets.ts";
import { Descriptors } from "../../src/voice/descriptors.ts";
import { newMailFlag } from "../../src/voice/mailbox.ts";
import { newVoiceMemory } from "../../src/voice/map.ts";
import { openLoop } from "../../src/voice/open-loop.ts";
import { Priority } from "../../src/voice/priority.ts";
import { edges } from "./each-edge.ts";

class NoPriority extends Priority {
  override settle(): Promise<void> {
    return Promise.reject(new Error("not today"));
  }
}

for (const edge of edges)
  test(`a loop that can not begin gives its ports back (${edge})`, async (context) => {
    const { port1, port2 } = new MessageChannel();
    context.after(() => port1.close());
    const task = {
      port: port2,
      memory: newVoiceMemory(),
      wasm: voiceAssets().wasm.href,
      options: {
        address: "127.0.0.1",
        firstPort: 42_300,
        streams: 1,
        usbChannels: 0,
        jitterMs: 40,
        rtpTimeoutMs: 0,
        edge,
      },
      descriptors: Descriptors.room(8),
      shadow: null,
      mail: newMailFlag(),
    };
    await assert.rejects(openLoop(task, new NoPriority("normal")), /not today/);
    const socket = createSocket("udp4");
    context.after(() => socket.close());
    socket.bind(42_300, "127.0.0.1");
    await once(socket, "listening");
  });
