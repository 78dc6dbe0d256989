import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { LineReader, type Reply } from "./control-line.ts";
import { Refusal, refused } from "./refusal.ts";

/** Where the control socket of a gateway is. */
export function controlSocketPath(dir: string): string {
  return join(dir, "offhook.sock");
}

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
export function ask(
  dir: string,
  command: string,
  args: readonly string[],
  listener: Listener = deaf,
): Promise<unknown> {
  const socket = connect(controlSocketPath(dir));
  return new Promise<unknown>((resolve, reject) => {
    const reader = new LineReader(longestAnswer);
    const settle = (reply: Reply): void => {
      if ("item" in reply) return listener.item(reply.item);
      if ("dropped" in reply) return listener.dropped(reply.dropped);
      if ("error" in reply) reject(new Refusal(reply.error.code, reply.error.message));
      else resolve(reply.result);
    };
    let connected = false;
    socket.on("connect", () => {
      connected = true;
      socket.write(`${JSON.stringify({ id: 1, command, args })}\n`);
    });
    socket.on("data", (chunk) => {
      // `as`: the gateway is this same program.
      for (const line of reader.push(chunk) ?? []) settle(JSON.parse(line) as Reply);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => reject(refused(whyNot(dir, error))));
    socket.on("close", () => {
      if (connected && args.includes("--follow")) resolve(null);
      else reject(refused("the gateway closed the connection before it answered"));
    });
  }).finally(() => end(socket));
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
