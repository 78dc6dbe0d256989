import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import * as layout from "../../assembly/layout.ts";
import type { Address } from "../../src/message/media.ts";
import { openBatchedIo } from "../../src/voice/batched-io.ts";
import { Descriptors } from "../../src/voice/descriptors.ts";
import { openDgramIo } from "../../src/voice/dgram-io.ts";
import { type Libc, openLibc } from "../../src/voice/libc.ts";
import { newVoiceMemory, VoiceMap } from "../../src/voice/map.ts";
import { PacketsIn } from "../../src/voice/packets-in.ts";
import { PacketsOut } from "../../src/voice/packets-out.ts";
import { PinnedMemory } from "../../src/voice/pinned-memory.ts";
import type { RtpDoor, RtpIo } from "../../src/voice/rtp-io.ts";
import { AF_INET, SOCKADDR_ROOM, sockaddrSize, writeSockaddr } from "../../src/voice/sockaddr.ts";
import { edges } from "./each-edge.ts";

const timeout = 10_000;
const STRANGER = "127.0.0.9";
const where = { address: "127.0.0.1", firstPort: 42_200, streams: 1 };

/** One stream on an edge, whose far end is at `end`. */
class OneStream {
  readonly map = new VoiceMap(newVoiceMemory());
  readonly door: RtpDoor;
  refused = 0;
  io: RtpIo | null = null;

  constructor(end: Address) {
    const packets = new PacketsIn(this.map);
    this.door = {
      farEndOf: () => end,
      admits: (_, from) => {
        const good = from.address === end.address && from.port === end.port;
        if (!good) this.refused++;
        return good;
      },
      takeRtp: (stream, datagram) => packets.put(stream, datagram, 0),
      takeRtcp: () => {},
      tooLong: () => {},
    };
  }

  async open(context: TestContext, edge: string, wrap: (libc: Libc) => Libc = (libc) => libc): Promise<RtpIo> {
    const descriptors = new Descriptors(Descriptors.room(16));
    const io =
      edge === "dgram"
        ? await openDgramIo(where, new PacketsOut(this.map))
        : openBatchedIo(where, { libc: wrap(await openLibc()), map: this.map, descriptors });
    this.io = io;
    context.after(() => io.close());
    return io;
  }

  /** The first octet of each packet that was let in. */
  async heard(): Promise<number[]> {
    await this.io?.drain(this.door);
    const heard = Array.from({ length: this.map.word(layout.HEADER_RTP_IN) }, (_, n) => {
      return this.map.octets[layout.RTP_IN_OFFSET + n * layout.RTP_IN_STRIDE + layout.SLOT_DATA] ?? 0;
    });
    this.map.setWord(layout.HEADER_RTP_IN, 0);
    return heard;
  }

  /** Looks until something is there. */
  async hear(): Promise<number[]> {
    for (let heard = await this.heard(); ; heard = await this.heard()) if (heard.length > 0) return heard;
  }

  /** As a tick that sends one packet. */
  send(to: Address): void {
    this.map.setWord(layout.HEADER_RTP_OUT, 1);
    this.map.setWord(layout.RTP_OUT_OFFSET + layout.SLOT_ENDPOINT, 0);
    this.map.setWord(layout.RTP_OUT_OFFSET + layout.SLOT_LENGTH, 172);
    this.io?.sendTick(() => to);
  }
}

async function socketAt(context: TestContext, address: string): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(0, address);
  await once(socket, "listening");
  context.after(() => socket.close());
  return socket;
}

function say(socket: Socket, octet: number, port: number): Promise<void> {
  return new Promise((resolve) => socket.send(new Uint8Array(172).fill(octet), port, "127.0.0.1", () => resolve()));
}

/** System calls; whenever a socket is about to be connected, a stranger sends so many packets to its port. */
function crowded(libc: Libc, port: number, packets: number): Libc {
  const memory = new PinnedMemory(libc, 4096);
  const name = memory.take(SOCKADDR_ROOM);
  const voice = memory.take(172);
  memory.octets.fill(2, voice, voice + 172);
  const shout = () => {
    const stranger = libc.socket(AF_INET, 2, 0);
    const place = memory.octets.subarray(name, name + SOCKADDR_ROOM);
    writeSockaddr(place, { address: STRANGER, port: 0 });
    libc.bind(stranger, memory.addressAt(name), sockaddrSize(4));
    writeSockaddr(place, { address: "127.0.0.1", port });
    libc.connect(stranger, memory.addressAt(name), sockaddrSize(4));
    for (let n = 0; n < packets; n++) libc.send(stranger, memory.addressAt(voice), 172, 0);
    libc.close(stranger);
  };
  return {
    ...libc,
    connect: (...numbers) => {
      shout();
      return libc.connect(...numbers);
    },
  };
}

if (edges.includes("batched"))
  test("what strangers send in the moment of a socket's making is not heard, however much it is", {
    timeout,
  }, async (t) => {
    const end = await socketAt(t, "127.0.0.1");
    const stream = new OneStream(end.address());
    const io = await stream.open(t, "batched", (libc) => crowded(libc, where.firstPort, 300));
    const port = io.ports[0] ?? 0;
    const heard: number[] = [];
    for (let turn = 0; turn < 12; turn++) {
      await say(end, 1, port);
      heard.push(...(await stream.heard()));
    }
    assert.ok(
      heard.every((octet) => octet === 1),
      `${heard}`,
    );
    assert.equal(heard.length, 12);
    assert.equal(stream.refused, 300);
  });

if (edges.includes("batched"))
  test("a far end is spoken to although its own socket can not send any more", { timeout }, async (t) => {
    const end = await socketAt(t, "127.0.0.1");
    const stream = new OneStream(end.address());
    const io = await stream.open(t, "batched", (libc) => ({ ...libc, send: () => -1 }));
    await say(end, 1, io.ports[0] ?? 0);
    assert.deepEqual(await stream.hear(), [1]);
    stream.send(end.address());
    await once(end, "message");
  });

for (const edge of edges) {
  test(`a turn waits for its far end's packet, not for a stranger's (${edge})`, { timeout }, async (t) => {
    const [end, stranger] = [await socketAt(t, "127.0.0.1"), await socketAt(t, STRANGER)];
    const stream = new OneStream(end.address());
    const io = await stream.open(t, edge);
    const port = io.ports[0] ?? 0;
    await say(end, 1, port);
    assert.deepEqual(await stream.hear(), [1]);
    await say(stranger, 2, port);
    assert.equal(await io.packetComes(0, 20), false);
    await say(end, 1, port);
    assert.equal(await io.packetComes(0, 1000), true);
    assert.deepEqual(await stream.hear(), [1]);
  });

  test(`a far end that is gone is not taken for one that sends (${edge})`, { timeout }, async (t) => {
    const end = createSocket("udp4");
    end.bind(0, "127.0.0.1");
    await once(end, "listening");
    const address = end.address();
    const stream = new OneStream(address);
    const io = await stream.open(t, edge);
    await say(end, 1, io.ports[0] ?? 0);
    assert.deepEqual(await stream.hear(), [1]);
    end.close();
    await once(end, "close");
    for (let turn = 0; turn < 3; turn++) {
      stream.send(address);
      const before = performance.now();
      assert.equal(await io.packetComes(0, 20), false);
      assert.ok(performance.now() - before > 15, "it was not waited for");
    }
  });
}
