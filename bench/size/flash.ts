import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { bundle, type Output } from "../../src/build/bundle.mjs";

export const root = join(import.meta.dirname, "../..");

type Outputs = Readonly<Record<string, Output>>;
export type Bytes = Readonly<Record<string, number>>;

/** What the package takes on flash, octets: by what is loaded together, and by what is in it. */
export interface Flash {
  readonly files: Bytes;
  readonly features: Bytes;
}

/** Read from a build of the sources as they are, which is not written anywhere, and from the WASM module in `dist/`. */
export async function flash(): Promise<Flash> {
  const outputs = await bundle(root, null);
  const wasm = (await stat(join(root, "dist/voice.wasm"))).size;
  const usb = await folderBytes(join(root, "node_modules/usb"));
  return { files: fileList(outputs, wasm, usb), features: featureList(outputs, wasm, usb) };
}

/** Every output once, under the first of these that loads it. */
function fileList(outputs: Outputs, wasm: number, usb: number): Bytes {
  const left = new Set(Object.keys(outputs).filter((path) => path.endsWith(".js")));
  const take = (...first: readonly string[]): number => {
    let sum = 0;
    for (const path of closure(outputs, first)) if (left.delete(path)) sum += outputs[path]?.bytes ?? 0;
    return sum;
  };
  const shadow = Object.keys(outputs).filter((path) => outputs[path]?.entryPoint === "src/voice/shadow/host.ts");
  const own = Object.keys(outputs).filter((path) => outputs[path]?.entryPoint === "src/api/cli/own.ts");
  const list = {
    "command line": take("dist/offhook.js"),
    "gateway with its configuration": take("dist/index.js", ...own),
    "voice thread": take("dist/voice-worker.js", "dist/worker.js"),
    "candidates beside the voice path": take("dist/shadow-worker.js", ...shadow),
    "voice.wasm": wasm,
    "emulator, USB/IP": take(...left),
    "usb without its native part": usb,
  };
  return { ...list, total: sum(Object.values(list)) };
}

/** What the files import at once, and so on. */
function closure(outputs: Outputs, first: readonly string[]): ReadonlySet<string> {
  const found = new Set(first);
  for (const path of found)
    for (const { path: to, kind, external } of outputs[path]?.imports ?? [])
      if (kind === "import-statement" && external !== true) found.add(to);
  return found;
}

/** Packages by name, ours by folder, largest first; what the bundler itself puts in is in none. */
function featureList(outputs: Outputs, wasm: number, usb: number): Bytes {
  const list = new Map<string, number>([
    ["assembly", wasm],
    ["package usb", usb],
  ]);
  for (const { inputs } of Object.values(outputs))
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const feature = featureOf(path);
      list.set(feature, (list.get(feature) ?? 0) + bytesInOutput);
    }
  return Object.fromEntries([...list].sort(([, a], [, b]) => b - a));
}

function featureOf(path: string): string {
  const [first = "", second = "", third = ""] = path.split("/");
  if (first === "node_modules") return `package ${second.startsWith("@") ? `${second}/${third}` : second}`;
  if (first !== "src") return "src, other files";
  if (second.includes(".")) return "src, other files";
  return second === "vendor" && !third.includes(".") ? `src/vendor/${third}` : `src/${second}`;
}

async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.(?:js|json)$/.test(entry.name));
  return sum(await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size)));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
