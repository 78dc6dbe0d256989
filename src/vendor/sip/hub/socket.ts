import { createSocket } from "node:dgram";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import type { Address } from "../../../message/media.ts";

/** Datagrams in and out; the only thing of the SIP side that touches a socket. */
export interface Flow {
  /** Where the far end reaches us. */
  readonly local: Address;
  send(text: string, destination: Address): void;
  /** Called once, before the first datagram can come. */
  listen(receiver: (datagram: Uint8Array, source: Address) => void): void;
  close(): Promise<void>;
}

/** Binds the UDP socket; rejects with a sentence. Later errors of the socket are told to `report`. */
export async function bindSocket(at: Address, report: (peer: string, problem: string) => void): Promise<Flow> {
  const socket = createSocket({ type: isIP(at.address) === 6 ? "udp6" : "udp4", recvBufferSize: 1 << 20 });
  await new Promise<void>((resolve, reject) => {
    const failed = (error: Error) =>
      reject(
        new Error(
          `SIP cannot listen on UDP ${at.address}:${at.port}: ${error.message} — free the port or choose another`,
        ),
      );
    socket.once("error", failed);
    socket.bind(at.port, at.address, () => {
      socket.off("error", failed);
      resolve();
    });
  });
  socket.on("error", (error) => report("socket", error.message));
  return {
    local: { address: reachableAt(at.address), port: socket.address().port },
    send(text, { address, port }) {
      socket.send(text, port, address, (error) => {
        if (error !== null) report(`${address}:${port}`, `cannot send: ${error.message}`);
      });
    },
    listen(receiver) {
      socket.on("message", (datagram, { address, port }) => receiver(datagram, { address, port }));
    },
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/** Listening on all addresses, we still have to name one in Via and Contact: the first that is not loopback. */
function reachableAt(address: string): string {
  if (address !== "0.0.0.0" && address !== "::") return address;
  const family = address === "::" ? "IPv6" : "IPv4";
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const outward = own.find((entry) => entry.family === family && !entry.internal);
  return outward?.address ?? (family === "IPv6" ? "::1" : "127.0.0.1");
}
