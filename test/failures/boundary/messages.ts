import { isMainThread, MessagePort } from "node:worker_threads";
import type { FromWorker, ToWorker } from "../../../src/voice/messages.ts";
import { type Kind, systemError, tally } from "./tally.ts";

const kind: Kind = isMainThread ? "to worker" : "from worker";
/** The voice worker's; Node's own and those of the pool are not counted. */
const counted: readonly string[] = [
  ...(["perform", "attach", "detach", "tap", "status", "stop"] satisfies ToWorker["kind"][]),
  ...(["ready", "happened", "refused", "tapBegan", "tapEnded", "status"] satisfies FromWorker["kind"][]),
];

/** A message to the other thread can fail to be posted: there is no memory for it. */
export function wrapMessages(): void {
  const { postMessage } = MessagePort.prototype;
  MessagePort.prototype.postMessage = function (this: MessagePort, ...args: Parameters<typeof postMessage>): void {
    if (isCounted(args[0]) && tally.next(kind, JSON.stringify(args[0])) !== null)
      throw systemError("ENOMEM", "postMessage");
    Reflect.apply(postMessage, this, args);
  };
}

function isCounted(message: unknown): boolean {
  if (typeof message !== "object" || message === null || !("kind" in message)) return false;
  return typeof message.kind === "string" && counted.includes(message.kind);
}
