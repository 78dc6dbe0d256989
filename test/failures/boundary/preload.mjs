/**
 * Loaded before anything else, in every thread (`node --import tsx --import` this file): what leaves the process is
 * counted, and can be told to fail. Nothing of the program itself is changed.
 */
import { register as hook } from "node:module";
import { isMainThread } from "node:worker_threads";
import { register } from "tsx/esm/api";

// In a thread that is not the first, tsx comes too late for what is loaded with it.
if (!isMainThread) {
  register();
  hook("./koffi-hook.mjs", import.meta.url);
}
await import("./wrap.ts");
