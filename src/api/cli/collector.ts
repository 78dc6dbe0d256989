import { createSocket } from "node:dgram";
import { isIP } from "node:net";
import { refused, wrongUsage } from "../refusal.ts";

/** Of HEP collectors. */
const defaultPort = 9060;

/**
 * Sends packets to a collector, one after the other; what UDP loses nobody is told of.
 * @throws Refusal when the collector is none, or nothing can be sent
 */
export async function sendTo(collector: string, packets: readonly Buffer[]): Promise<void> {
  const { host, port } = whereIs(collector);
  const socket = createSocket(isIP(host) === 6 ? "udp6" : "udp4");
  try {
    for (const packet of packets) await send(socket, packet, port, host);
  } catch (error) {
    throw refused(`nothing can be sent to ${collector}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    socket.close();
  }
}

function send(socket: ReturnType<typeof createSocket>, packet: Buffer, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(packet, port, host, (error) => (error === null ? resolve() : reject(error)));
  });
}

function whereIs(text: string): { host: string; port: number } {
  const [, six, name, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([a-zA-Z0-9.-]{1,253}))(?::([0-9]{1,5}))?$/.exec(text) ?? [];
  const [host, number] = [six ?? name, port === undefined ? defaultPort : Number(port)];
  if (host === undefined || number < 1 || number > 65535 || (six !== undefined && isIP(six) !== 6))
    throw wrongUsage(`--hep ${text.slice(0, 60)}: write HOST or HOST:PORT of the collector, e.g. 127.0.0.1:9060`);
  return { host, port: number };
}
