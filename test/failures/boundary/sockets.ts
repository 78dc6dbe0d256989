import { Socket } from "node:dgram";
import { isMainThread } from "node:worker_threads";
import { type Kind, systemError, tally } from "./tally.ts";

const sending: Kind = isMainThread ? "sip send" : "rtp send";
const receiving: Kind = isMainThread ? "sip receive" : "rtp receive";
/** A far end that does not listen, no room in the kernel, no way there. */
const codes = ["ECONNREFUSED", "ENOBUFS", "ENETUNREACH"] as const;
const strangers = new WeakSet<Socket>();

/** A far end's socket, in the same process: nothing of it is counted. */
export function isFarEnds(socket: Socket): void {
  strangers.add(socket);
}

/** Sends and receives of node:dgram can fail. */
export function wrapSockets(): void {
  const { send, emit } = Socket.prototype;
  Object.assign(Socket.prototype, {
    send(this: Socket, ...args: unknown[]): void {
      const way = strangers.has(this) ? null : tally.next(sending, String(args[0]).slice(0, 20));
      if (way === null) return Reflect.apply(send, this, args);
      const error = systemError(codes[way % codes.length] ?? "EIO", "send");
      const done = args.at(-1);
      // As Node does: without anybody to be told, the socket is.
      if (typeof done === "function") process.nextTick(() => done(error));
      else process.nextTick(() => this.emit("error", error));
    },
    emit(this: Socket, event: string, ...args: unknown[]): boolean {
      const counts = event === "message" && !strangers.has(this);
      if (!counts || tally.next(receiving) === null) return Reflect.apply(emit, this, [event, ...args]);
      return Reflect.apply(emit, this, ["error", systemError("ECONNREFUSED", "recvmsg")]);
    },
  });
}
