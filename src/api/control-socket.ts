import { chmod, lstat, mkdir, unlink } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import type { EmulatedDevices } from "../emulator/contract.ts";
import type { Gateway } from "../gateway-contract.ts";
import type { Served } from "./command.ts";
import { controlSocketPath } from "./control-client.ts";
import { ControlConnection } from "./control-connection.ts";

/** Clients at a time. */
const mostClients = 32;
/** sun_path has 108 octets with its end (unix(7)). */
const longestPath = 107;

/** The gateway's control socket: it also says "this data directory is taken". */
export interface ControlSocket {
  /** From now on requests are answered by this gateway; before, with "starting". */
  serve(gateway: Gateway): void;
  /** The same without a gateway: the people at emulated phones. */
  serveDevices(emulator: EmulatedDevices): void;
  close(): Promise<void>;
}

/**
 * Takes the data directory: makes it if need be, and listens on its `offhook.sock` (mode 0600).
 * @throws Error with a sentence, e.g. when another gateway runs there
 */
export async function openControlSocket(dir: string): Promise<ControlSocket> {
  await mkdir(dir, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`data directory ${dir}: can not be made (${error.code}) — name another one with --data DIR`);
  });
  const path = controlSocketPath(dir);
  if (Buffer.byteLength(path) > longestPath)
    throw new Error(
      `control socket ${path}: has more than ${longestPath} octets — name a shorter directory with --data DIR`,
    );
  const clients = new Set<ControlConnection>();
  let served: (() => Served) | null = null;
  const server = createServer((socket) => {
    const client = new ControlConnection(socket, () => served?.() ?? null);
    if (clients.size >= mostClients) return client.refuse(`${mostClients} clients are connected — close one of them`);
    clients.add(client);
    socket.on("close", () => clients.delete(client));
  });
  await takePlace(server, path, dir);
  server.on("error", () => {});
  return {
    serve(gateway) {
      served = () => ({ gateway, emulator: gateway.emulator });
    },
    serveDevices(emulator) {
      served = () => ({ gateway: null, emulator });
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const client of clients) client.close();
      await closed;
    },
  };
}

/** Listens; a socket file that nobody listens on is left over from a gateway that was killed, and removed. */
async function takePlace(server: Server, path: string, dir: string): Promise<void> {
  try {
    await listen(server, path);
  } catch (error) {
    if (codeOf(error) !== "EADDRINUSE")
      throw new Error(`control socket ${path}: ${codeOf(error)} — check the directory`);
    if (await isAnswered(path))
      throw new Error(`another gateway runs in ${dir} — stop it, or name another directory with --data DIR`);
    if (!(await lstat(path).catch(() => null))?.isSocket()) throw new Error(`${path}: is no socket — move it away`);
    await unlink(path).catch(() => {});
    await listen(server, path);
  }
  await chmod(path, 0o600);
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // The file is made inside listen(): nobody else may have it even for a moment.
    const before = process.umask(0o177);
    try {
      server.once("error", reject);
      server.listen(path, () => {
        server.off("error", reject);
        resolve();
      });
    } finally {
      process.umask(before);
    }
  });
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", (error) => resolve(!["ECONNREFUSED", "ENOENT"].includes(codeOf(error))));
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
