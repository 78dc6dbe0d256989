import { createSocket } from "node:dgram";
import { createServer } from "node:net";

/**
 * Free ports on 127.0.0.1. Every test process has a block of its own, so that files that run side by side do not
 * fight for a port between finding it free and binding it, and none has those of the embedded default configuration;
 * a port is still tried before it is given out.
 */
const BLOCK = 400;
const first = 11_000 + (process.pid % 50) * BLOCK;
let next = 0;

/** A port that is free for UDP and TCP together with the ports after it; the first is even. */
export async function freePorts(count: number): Promise<number> {
  for (let tries = 0; tries < BLOCK; tries++) {
    if (next + count > BLOCK) next = 0;
    const candidate = first + next;
    next += count + (count % 2);
    if (await allFree(candidate, count)) return candidate;
  }
  throw new Error(`no ${count} free ports in ${first}-${first + BLOCK - 1} on 127.0.0.1`);
}

async function allFree(from: number, count: number): Promise<boolean> {
  for (let port = from; port < from + count; port++) {
    if (!(await udpFree(port)) || !(await tcpFree(port))) return false;
  }
  return true;
}

function udpFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", () => resolve(false));
    socket.bind(port, "127.0.0.1", () => socket.close(() => resolve(true)));
  });
}

function tcpFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
