import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { isIP } from "node:net";
import type { Address } from "../message/media.ts";
import type { VoiceOptions } from "./contract.ts";
import { ExpectedPacket } from "./expected-packet.ts";
import type { PacketsOut } from "./packets-out.ts";
import { cannotBind, HIGHEST_PORT, isRtcp, noPorts, RECEIVE_BUFFER, type RtpDoor, type RtpIo } from "./rtp-io.ts";

interface Pair {
  readonly port: number;
  readonly rtp: Socket;
  readonly rtcp: Socket;
}

/** libuv takes so many packets of a socket in one turn of the event loop. */
const TAKEN_IN_A_TURN = 32;
/** Turns in one drain: a stranger's flood must not keep a far end's packets waiting behind it. */
const MOST_TURNS = 8;

type Where = Pick<VoiceOptions, "address" | "firstPort" | "lastPort" | "streams">;

/**
 * RTP over node:dgram, drained once a tick. Binds `streams` pairs from `firstPort` upwards, skipping pairs where a port
 * is taken and none above `lastPort`. Fewer pairs than asked are fine; rejects when there is none.
 */
export async function openDgramIo(where: Where, out: PacketsOut): Promise<RtpIo> {
  const pairs: Pair[] = [];
  const last = where.lastPort ?? HIGHEST_PORT;
  let port = where.firstPort + (where.firstPort % 2);
  for (; pairs.length < where.streams && port < last; port += 2) {
    const pair = await bindPair(where.address, port);
    if (pair !== null) pairs.push(pair);
  }
  if (pairs.length === 0 && where.streams > 0) throw noPorts(where.address, where.firstPort, last);
  return dgramIo(pairs, out);
}

function dgramIo(pairs: readonly Pair[], out: PacketsOut): RtpIo {
  const counts = new Int32Array(pairs.length);
  const expected = new ExpectedPacket();
  let listening = false;
  const polled = pollsOf(counts);
  return {
    edge: "dgram",
    ports: pairs.map((pair) => pair.port),
    drain(door: RtpDoor) {
      if (!listening)
        listen(pairs, door, (stream, admitted) => {
          counts[stream] = (counts[stream] ?? 0) + 1;
          if (admitted) expected.came(stream);
        });
      listening = true;
      return polled();
    },
    packetComes(stream: number, withinMs: number) {
      return expected.within(stream, withinMs);
    },
    sendTick(targetOf: (stream: number) => Address | null) {
      out.forEach((stream, packet) => {
        const to = targetOf(stream);
        if (to !== null) pairs[stream]?.rtp.send(packet, to.port, to.address);
      });
    },
    sendRtcp(stream: number, octets: Uint8Array, to: Address) {
      pairs[stream]?.rtcp.send(octets, to.port, to.address);
    },
    async close() {
      await Promise.all(pairs.flatMap((pair) => [closed(pair.rtp), closed(pair.rtcp)]));
    },
  };
}

/**
 * Waits until every socket has been read to its end, or a while: `counts` is what came of each in one turn of the event
 * loop, which polls every socket, and setImmediate runs after the poll. One promise a tick, and what Node makes of one
 * setImmediate, is all that is allocated.
 */
function pollsOf(counts: Int32Array): () => Promise<void> {
  let left = 0;
  let done: () => void = () => {};
  const isMore = (count: number) => count >= TAKEN_IN_A_TURN;
  const turned = (): void => {
    left--;
    if (left === 0 || !counts.some(isMore)) return done();
    counts.fill(0);
    setImmediate(turned);
  };
  const begin = (resolve: () => void): void => {
    done = resolve;
    left = MOST_TURNS;
    counts.fill(0);
    setImmediate(turned);
  };
  return () => new Promise(begin);
}

/** `came`: told of each packet, when the door has had it, and whether it was let in. */
function listen(pairs: readonly Pair[], door: RtpDoor, came: (stream: number, admitted: boolean) => void): void {
  pairs.forEach((pair, stream) => {
    pair.rtp.on("message", (datagram: Buffer, from: RemoteInfo) => {
      const admitted = door.admits(stream, from);
      if (admitted && isRtcp(datagram[1] ?? 0)) door.takeRtcp(stream, datagram, from);
      else if (admitted) door.takeRtp(stream, datagram, from);
      came(stream, admitted);
    });
    pair.rtcp.on("message", (datagram: Buffer, from: RemoteInfo) => door.takeRtcp(stream, datagram, from));
  });
}

async function bindPair(address: string, port: number): Promise<Pair | null> {
  const rtp = await bound(address, port);
  if (rtp === null) return null;
  const rtcp = await bound(address, port + 1);
  if (rtcp !== null) return { port, rtp, rtcp };
  await closed(rtp);
  return null;
}

/** Null when the port is taken. */
function bound(address: string, port: number): Promise<Socket | null> {
  const family = isIP(address) === 6 ? 6 : 4;
  const socket = createSocket({
    type: family === 6 ? "udp6" : "udp4",
    recvBufferSize: RECEIVE_BUFFER,
    // Addresses are literals; the default resolver would cost a turn of the loop a packet.
    lookup: (literal, _options, done) => done(null, literal, family),
  });
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(closed(socket).then(() => null));
      else reject(cannotBind(address, port, error.message));
    };
    socket.once("error", failed);
    socket.bind({ address, port, exclusive: true }, () => {
      socket.off("error", failed);
      // Unreachable peers make ICMP errors: nothing to do about them here.
      socket.on("error", () => {});
      resolve(socket);
    });
  });
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()));
}
