import assert from "node:assert/strict";
import { readdirSync, readlinkSync } from "node:fs";
import { test } from "node:test";
import * as layout from "../../assembly/layout.ts";
import { openBatchedIo } from "../../src/voice/batched-io.ts";
import { Descriptors } from "../../src/voice/descriptors.ts";
import type { Libc } from "../../src/voice/libc.ts";
import { newVoiceMemory, VoiceMap } from "../../src/voice/map.ts";
import type { RtpIo } from "../../src/voice/rtp-io.ts";
import { readSockaddr, SOCKADDR_ROOM, writeSockaddr } from "../../src/voice/sockaddr.ts";
import { edges } from "./each-edge.ts";
import { VoiceHouse } from "./house.ts";

const timeout = 20_000;
const elsewhere = { address: "127.0.0.2", port: 4000 };

/** System calls that only write down what is sent; `results` are what sendmmsg returns, in turn. */
class PaperLibc implements Libc {
  readonly sends: { readonly headers: number; readonly count: number }[] = [];
  readonly closed: number[] = [];
  readonly results: number[] = [];
  taken = 0;
  #next = 10;
  #base = 2 ** 40;

  addressOf(): number {
    this.#base += 2 ** 32;
    return this.#base;
  }
  socket = () => this.#next++;
  bind = () => (this.taken-- > 0 ? -1 : 0);
  setsockopt = () => 0;
  close = (descriptor: number) => this.closed.push(descriptor) * 0;
  connect = () => 0;
  recvmmsg = () => -1;
  recv = () => -1;
  send = (_descriptor: number, _octets: number, length: number) => length;
  sendmmsg = (_: number, headers: number, count: number) => {
    this.sends.push({ headers, count });
    return this.results.shift() ?? count;
  };
  epollCreate = () => 9;
  epollControl = () => 0;
  epollWait = () => 0;
  ppoll = () => 0;
  errno = () => 98; // EADDRINUSE
  eighths = () => 0;
}

function openOnPaper(libc: PaperLibc): { readonly io: RtpIo; readonly map: VoiceMap; readonly kept: Descriptors } {
  const map = new VoiceMap(newVoiceMemory());
  const kept = new Descriptors(Descriptors.room(8));
  const io = openBatchedIo({ address: "127.0.0.1", firstPort: 4000, streams: 2 }, { libc, map, descriptors: kept });
  return { io, map, kept };
}

/** Three packets of stream 0 wait. */
function leaveThree(map: VoiceMap): void {
  map.setWord(layout.HEADER_RTP_OUT, 3);
  for (let n = 0; n < 3; n++) map.setWord(layout.RTP_OUT_OFFSET + n * layout.RTP_OUT_STRIDE + layout.SLOT_LENGTH, 172);
}

test("a batch that the kernel takes in part is sent to its end, from where it stopped", () => {
  const libc = new PaperLibc();
  const { io, map } = openOnPaper(libc);
  leaveThree(map);
  libc.results.push(2, 1);
  io.sendTick(() => elsewhere);
  assert.deepEqual(
    libc.sends.map(({ headers, count }) => [headers - (libc.sends[0]?.headers ?? 0), count]),
    [
      [0, 3],
      [128, 1],
    ],
  );
});

test("a packet that cannot be sent is lost alone", () => {
  const libc = new PaperLibc();
  const { io, map } = openOnPaper(libc);
  leaveThree(map);
  libc.results.push(1, -1, 1);
  io.sendTick(() => elsewhere);
  assert.deepEqual(
    libc.sends.map(({ count }) => count),
    [3, 2, 1],
  );
});

test("a stream without a target sends nothing, nor does one that is not there", () => {
  const libc = new PaperLibc();
  const { io, map } = openOnPaper(libc);
  leaveThree(map);
  io.sendTick(() => null);
  map.setWord(layout.RTP_OUT_OFFSET + layout.SLOT_ENDPOINT, 7);
  map.setWord(layout.RTP_OUT_OFFSET + layout.RTP_OUT_STRIDE + layout.SLOT_ENDPOINT, -1);
  map.setWord(layout.HEADER_RTP_OUT, 2);
  io.sendTick(() => elsewhere);
  assert.deepEqual(libc.sends, []);
});

test("what is opened is remembered until it is closed, and a pair that is not free is given back", async () => {
  const libc = new PaperLibc();
  libc.taken = 1;
  const { io, kept } = openOnPaper(libc);
  assert.deepEqual(io.ports, [4002, 4004]);
  assert.deepEqual(libc.closed, [10]);
  assert.equal(new Int32Array(kept.shared).filter((place) => place !== 0).length, 5);
  await io.close();
  assert.deepEqual(
    libc.closed.toSorted((a, b) => a - b),
    [9, 10, 11, 12, 13, 14],
  );
  assert.ok(new Int32Array(kept.shared).every((place) => place === 0));
});

test("an address is read as it was written", () => {
  const octets = new Uint8Array(SOCKADDR_ROOM);
  const pairs = [
    ["192.0.2.255", "192.0.2.255"],
    ["::", "::"],
    ["::1", "::1"],
    ["2001:0DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"],
    ["fe80::1%3", "fe80::1"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
  ] as const;
  for (const [written, read] of pairs) {
    writeSockaddr(octets, { address: written, port: 65_534 });
    assert.deepEqual(readSockaddr(octets), { address: read, port: 65_534 });
  }
});

for (const edge of edges)
  test(`${edge} is what status says when it was asked for`, { timeout }, async (context) => {
    const house = await VoiceHouse.open(context, { edge });
    assert.deepEqual((await house.voice.status()).edge, { name: edge, why: null });
  });

test("auto takes the batched edge where it works, and else says why not", { timeout }, async (context) => {
  const house = await VoiceHouse.open(context, { edge: "auto" });
  const { name, why } = (await house.voice.status()).edge;
  assert.equal(name, edges[0]);
  if (name === "batched") assert.equal(why, null);
  else assert.match(why ?? "", /koffi|batches need/);
});

for (const edge of edges)
  test(`neither a worker that dies nor a gateway that ends leaves a socket open (${edge})`, {
    timeout,
  }, async (context) => {
    const before = sockets();
    const house = await VoiceHouse.open(context, { edge, firstPort: 41_700 });
    assert.equal(sockets() - before, 8);
    house.voice.abortWorker();
    await house.until("lost");
    assert.equal(sockets() - before, 0);
    await house.until("ready", 2);
    assert.equal(sockets() - before, 8);
    assert.equal(house.portOf(0), 41_700);
    await house.voice.close();
    assert.equal(sockets() - before, 0);
  });

/** Sockets of this process, all of which are UDP of a voice path here. */
function sockets(): number {
  return readdirSync("/proc/self/fd").filter((fd) => kind(fd).startsWith("socket:")).length;
}

function kind(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return "closed meanwhile";
  }
}
