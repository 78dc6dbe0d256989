import { chmod, lstat, mkdir, stat, unlink } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { dirname } from "node:path";
import type { EmulatedDevices } from "../emulator/contract.ts";
import type { Gateway } from "../gateway-contract.ts";
import type { Served } from "./command.ts";
import { ControlConnection } from "./control-connection.ts";
import { controlSocketPath, isSafe, longestPath, placesElsewhere } from "./control-place.ts";

/** Clients at a time. */
const mostClients = 32;
/** What a disk that is read-only, full, broken or somebody else's says: no reason not to telephone. */
const unwritable = ["EROFS", "EACCES", "EPERM", "ENOSPC", "EDQUOT", "EIO"];

/** The gateway's control socket: it also says "this data directory is taken". */
export interface ControlSocket {
  /** Null: the data directory can be written. Otherwise why it can not, and where the socket is instead, in a sentence. */
  readonly trouble: string | null;
  /** From now on requests are answered by this gateway; before, with "starting". */
  serve(gateway: Gateway): void;
  /** The same without a gateway: the people at emulated phones. */
  serveDevices(emulator: EmulatedDevices): void;
  close(): Promise<void>;
}

/**
 * Takes the data directory: makes it if need be, and listens on its `offhook.sock` (mode 0600). Where it can not be
 * written the socket is elsewhere, and `ask` finds it there.
 * @throws Error with a sentence, e.g. when another gateway runs there
 */
export async function openControlSocket(dir: string): Promise<ControlSocket> {
  const clients = new Set<ControlConnection>();
  let served: (() => Served) | null = null;
  const server = createServer((socket) => {
    const client = new ControlConnection(socket, () => served?.() ?? null);
    if (clients.size >= mostClients) return client.refuse(`${mostClients} clients are connected — close one of them`);
    clients.add(client);
    socket.on("close", () => clients.delete(client));
  });
  const trouble = await takePlace(server, dir);
  server.on("error", () => {});
  return {
    trouble,
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

/** In the data directory or elsewhere; resolves with what is the matter with the directory, if anything is. */
async function takePlace(server: Server, dir: string): Promise<string | null> {
  const elsewhere = placesElsewhere(dir);
  for (const path of elsewhere) if ((await knock(path)) === null) throw taken(dir);
  const code = await takeOwn(server, dir);
  if (code === null) return null;
  for (const path of elsewhere) {
    if (!(await takeOther(server, path, dir))) continue;
    return `data directory ${dir}: can not be written (${code}), nothing is saved — the control socket is ${path}, commands find it by the same --data`;
  }
  throw new Error(
    `data directory ${dir}: can not be written (${code}), and neither can /run/offhook or /tmp, for the control socket — name another one with --data DIR`,
  );
}

/** Resolves with the error's code when the disk is why the directory can not be taken. */
async function takeOwn(server: Server, dir: string): Promise<string | null> {
  const path = controlSocketPath(dir);
  if (Buffer.byteLength(path) > longestPath)
    throw new Error(
      `control socket ${path}: has more than ${longestPath} octets — name a shorter directory with --data DIR`,
    );
  try {
    await makeDirectory(dir);
  } catch (error) {
    if (unwritable.includes(codeOf(error))) return codeOf(error);
    throw new Error(`data directory ${dir}: can not be made (${codeOf(error)}) — name another one with --data DIR`);
  }
  try {
    await listenAlone(server, path, dir);
    return null;
  } catch (error) {
    if (unwritable.includes(codeOf(error))) return codeOf(error);
    if (error instanceof Error && !("code" in error)) throw error;
    throw new Error(`control socket ${path}: ${codeOf(error)} — check the directory`);
  }
}

/** One of the places outside the data directory. */
async function takeOther(server: Server, path: string, dir: string): Promise<boolean> {
  try {
    await makeDirectory(dirname(path));
    if (!isSafe(dirname(path))) return false;
    await listenAlone(server, path, dir);
    return true;
  } catch {
    return false;
  }
}

/** Like `mkdir -p`. That of Node never ends where a folder can not be made though the one above is there, as in /proc. */
async function makeDirectory(dir: string): Promise<void> {
  const make = () => mkdir(dir, { mode: 0o700 });
  try {
    await make();
  } catch (error) {
    if (codeOf(error) === "ENOENT" && dirname(dir) !== dir && !(await isThere(dirname(dir)))) {
      await makeDirectory(dirname(dir));
      await make();
    } else if (!(await isDirectory(dir))) throw error;
  }
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    (error) => {
      // It may well be one.
      if (unwritable.includes(codeOf(error))) throw error;
      return false;
    },
  );
}

/** Listens; a socket file that nobody listens on is left over from a gateway that was killed, and removed. */
async function listenAlone(server: Server, path: string, dir: string): Promise<void> {
  try {
    await listen(server, path);
  } catch (error) {
    if (codeOf(error) !== "EADDRINUSE") throw error;
    const nobody = ["ECONNREFUSED", "ENOENT"];
    if (!nobody.includes((await knock(path)) ?? "")) throw taken(dir);
    if (!(await lstat(path).catch(() => null))?.isSocket()) throw new Error(`${path}: is no socket — move it away`);
    await unlink(path);
    await listen(server, path);
  }
  await chmod(path, 0o600);
}

function taken(dir: string): Error {
  return new Error(`another gateway runs in ${dir} — stop it, or name another directory with --data DIR`);
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

/** Null when somebody answers, otherwise the error's code. */
function knock(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on("connect", () => {
      socket.destroy();
      resolve(null);
    });
    socket.on("error", (error) => resolve(codeOf(error)));
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
