import { isMainThread } from "node:worker_threads";
import { wrapFiles, wrapHandles } from "./files.ts";
import { wrapMessages } from "./messages.ts";
import { wrapSockets } from "./sockets.ts";
import { hurryTimers } from "./timers.ts";

wrapSockets();
wrapMessages();
if (isMainThread) {
  hurryTimers();
  wrapFiles();
  await wrapHandles();
}
