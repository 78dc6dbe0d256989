import { readFile } from "node:fs/promises";
import { clearOut } from "../vendor/memory/clear-out.ts";
import { Descriptors } from "./descriptors.ts";
import { openEngine } from "./engine.ts";
import { type MakePlugins, VoiceLoop } from "./loop.ts";
import { VoiceMap } from "./map.ts";
import type { WorkerTask } from "./messages.ts";
import { openIo } from "./open-io.ts";
import { loadCodecs, PluginHost } from "./plugin/host.ts";
import type { Priority } from "./priority.ts";
import { openProgramPages } from "./program-pages.ts";
import { openTimepiece } from "./timepiece.ts";

/** Opens everything the task names. Rejects with a sentence when it cannot. */
export async function openLoop(task: WorkerTask, priority: Priority): Promise<VoiceLoop> {
  const { options } = task;
  const module = await WebAssembly.compile(await readModule(new URL(task.wasm)));
  const { streams, usbChannels, frameMs = 20 } = options;
  const engine = openEngine(module, task.memory, { ...options, rtp: streams, usb: usbChannels, frameMs });
  // Before the sockets: a thread whose loop does not begin is used again, and would keep them.
  const plugins = await openPlugins(task);
  const opened = await openIo(options, {
    map: new VoiceMap(task.memory),
    descriptors: new Descriptors(task.descriptors),
  });
  try {
    const withKoffi = opened.io.edge === "batched";
    const time = await openTimepiece(withKoffi);
    await priority.settle(withKoffi);
    const pages = await openProgramPages();
    // Before the first turn has its time, and anybody talks.
    clearOut();
    return new VoiceLoop(task, engine, opened, plugins, { priority, time, pages });
  } catch (error) {
    await opened.io.close();
    throw error;
  }
}

/** Null without codecs of the configuration. */
async function openPlugins({ options }: WorkerTask): Promise<MakePlugins | null> {
  const { codecs = [] } = options;
  if (codecs.length === 0) return null;
  const modules = await loadCodecs(codecs);
  return (map, failed) => {
    map.plugins.push(...codecs.map(({ name, clockRate }) => `codec:${name}/${clockRate}` as const));
    return new PluginHost(map, modules, failed);
  };
}

async function readModule(wasm: URL): Promise<Uint8Array> {
  try {
    return await readFile(wasm);
  } catch {
    throw new Error(`${wasm.pathname} is missing: build it with "npx asc --config asconfig.json --target release"`);
  }
}
