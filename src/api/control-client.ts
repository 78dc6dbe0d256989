import { connect, type Socket } from "node:net";
import { LineReader, type Reply } from "./control-line.ts";
import { controlSocketPath, placesElsewhere } from "./control-place.ts";
import { Refusal, refused } from "./refusal.ts";

/** Longest answer accepted, characters. */
const longestAnswer = 64 * 1024 * 1024;

/** Hears a stream: each item, and how many were lost because this side was slow. */
export interface Listener {
  item(item: unknown): void;
  dropped(count: number): void;
}

const deaf: Listener = { item: () => {}, dropped: () => {} };

/**
 * Asks the gateway whose data directory is `dir`. Resolves with its answer; a stream ends when the gateway does.
 * @throws Refusal with a sentence: no gateway, or what the gateway says
 */
export async function ask(
  dir: string,
  command: string,
  args: readonly string[],
  listener: Listener = deaf,
): Promise<unknown> {
  const socket = await reach(dir);
  return new Promise<unknown>((resolve, reject) => {
    const reader = new LineReader(longestAnswer);
    const settle = (reply: Reply): void => {
      if ("item" in reply) return listener.item(reply.item);
      if ("dropped" in reply) return listener.dropped(reply.dropped);
      if ("error" in reply) reject(new Refusal(reply.error.code, reply.error.message));
      else resolve(reply.result);
    };
    socket.write(`${JSON.stringify({ id: 1, command, args })}\n`);
    socket.on("data", (chunk) => {
      // `as`: the gateway is this same program.
      for (const line of reader.push(chunk) ?? []) settle(JSON.parse(line) as Reply);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => reject(refused(whyNot(dir, error))));
    socket.on("close", () => {
      if (args.includes("--follow")) resolve(null);
      else reject(refused("the gateway closed the connection before it answered"));
    });
  }).finally(() => end(socket));
}

/** In the data directory, or where the socket is when nothing can be written there. */
async function reach(dir: string): Promise<Socket> {
  try {
    return await dial(controlSocketPath(dir));
  } catch (error) {
    for (const path of placesElsewhere(dir)) {
      const socket = await dial(path).catch(() => null);
      if (socket !== null) return socket;
    }
    throw refused(whyNot(dir, error instanceof Error ? error : new Error(String(error))));
  }
}

function dial(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
  });
}

function end(socket: Socket): void {
  socket.removeAllListeners();
  socket.on("error", () => {});
  socket.destroy();
}

function whyNot(dir: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === "ENOENT" || code === "ECONNREFUSED" || code === "ENOTDIR")
    return `no gateway runs in ${dir} — start one with \`offhook start\`, or name its directory with --data DIR`;
  if (code === "EACCES") return `the gateway in ${dir} belongs to another user — run this as that user`;
  return `the gateway in ${dir} can not be reached: ${code ?? message}`;
}
