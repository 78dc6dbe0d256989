import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import type { Address } from "../message/media.ts";
import type { VoiceOptions } from "./contract.ts";
import type { Receive, RtpIo } from "./rtp-io.ts";

interface Pair {
  readonly port: number;
  readonly rtp: Socket;
  readonly rtcp: Socket;
}

/** Room for a second of packets: a tick that comes late must not lose any. */
const RECEIVE_BUFFER = 128 * 1024;
const HIGHEST_PORT = 65535;

type Where = Pick<VoiceOptions, "address" | "firstPort" | "lastPort" | "streams">;

/**
 * RTP over node:dgram, drained once a tick. Binds `streams` pairs from `firstPort` upwards, skipping pairs where a port
 * is taken and none above `lastPort`. Fewer pairs than asked are fine; rejects when there is none.
 */
export async function openDgramIo(where: Where, receive: Receive): Promise<RtpIo> {
  const pairs: Pair[] = [];
  const last = where.lastPort ?? HIGHEST_PORT;
  let port = where.firstPort + (where.firstPort % 2);
  for (; pairs.length < where.streams && port < last; port += 2) {
    const pair = await bindPair(where.address, port);
    if (pair !== null) pairs.push(pair);
  }
  if (pairs.length === 0 && where.streams > 0)
    throw new Error(
      `RTP: no pair of UDP ports is free from ${where.firstPort} to ${last} on ${where.address} — free them or choose another range`,
    );
  pairs.forEach((pair, stream) => {
    pair.rtp.on("message", (datagram: Buffer, from: RemoteInfo) => receive(stream, "rtp", datagram, from));
    pair.rtcp.on("message", (datagram: Buffer, from: RemoteInfo) => receive(stream, "rtcp", datagram, from));
  });
  return dgramIo(pairs);
}

function dgramIo(pairs: readonly Pair[]): RtpIo {
  return {
    ports: pairs.map((pair) => pair.port),
    // One turn of the event loop polls every socket: setImmediate runs after the poll.
    drain: () => new Promise((resolve) => setImmediate(resolve)),
    send(stream: number, channel: "rtp" | "rtcp", octets: Uint8Array, to: Address) {
      pairs[stream]?.[channel].send(octets, to.port, to.address);
    },
    async close() {
      await Promise.all(pairs.flatMap((pair) => [closed(pair.rtp), closed(pair.rtcp)]));
    },
  };
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
  const family = isIPv6(address) ? 6 : 4;
  const socket = createSocket({
    type: family === 6 ? "udp6" : "udp4",
    recvBufferSize: RECEIVE_BUFFER,
    // Addresses are literals; the default resolver would cost a turn of the loop a packet.
    lookup: (literal, _options, done) => done(null, literal, family),
  });
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(closed(socket).then(() => null));
      else
        reject(new Error(`cannot bind RTP to ${address}:${port}: ${error.message} — name an address of this machine`));
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
