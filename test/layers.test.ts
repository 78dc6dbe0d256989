import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";

/**
 * Who may import whom (DESIGN section 3). The key is a folder (or file) of src, the value what it may reach besides
 * itself: folders or files of src, `node` for Node's own modules, and packages by name.
 */
const table: Readonly<Record<string, readonly string[]>> = {
  message: [],
  logic: ["message", "proxy/party.ts"],
  proxy: ["message", "logic"],
  "upper-half.ts": ["message", "logic", "proxy"],
  "lower-half.ts": ["message"],
  "freezer.ts": ["logic/proactor.ts", "gateway-contract.ts", "vendor/watchdog", "vendor/clock"],
  "capsules.ts": ["message", "trace", "vendor/recorder", "vendor/clock", "node"],
  "hep-export.ts": ["message", "config/config.ts", "trace", "vendor/hep", "vendor/clock", "voice/contract.ts"],
  trace: ["message", "upper-half.ts", "logic/dialplan", "logic/phonebook.ts", "vendor/recorder", "vendor/hep", "node"],
  simulation: ["message", "logic/invariants", "upper-half.ts", "vendor/recorder/trap.ts", "node"],
  explore: ["message", "logic/invariants", "upper-half.ts", "simulation/rest.ts", "vendor/recorder"],
  "replay.ts": ["message", "upper-half.ts", "logic/invariants", "vendor/recorder", "node"],
  vendor: ["message", "node"],
  "vendor/sip": ["message", "vendor/clock", "node", "sip.js"],
  "vendor/store": ["message", "vendor/clock", "node", "valibot"],
  "vendor/hep": ["message", "vendor/clock", "node"],
  "vendor/memory": ["message", "vendor/clock", "node"],
  "vendor/watchdog": ["message", "vendor/clock", "node"],
  "vendor/recorder": ["message", "vendor/clock", "node"],
  "vendor/usb.ts": ["message", "vendor", "node", "usb"],
  voice: [
    "message",
    "vendor/clock",
    "vendor/memory/clear-out.ts",
    "node",
    "piscina",
    "koffi",
    "../assembly/layout.ts",
    "../assembly/endpoint-words.ts",
    "../assembly/tap/layout.ts",
    "../assembly/meter/bursts-counts.ts",
    "../assembly/meter/stream-counts.ts",
    "../assembly/jitter/depth-words.ts",
  ],
  emulator: ["message", "vendor/family.ts", "vendor/clock", "vendor/reference", "node"],
  "device-server.ts": ["emulator", "vendor/clock", "vendor/notify"],
  config: [
    "message",
    "vendor/sip/options.ts",
    "voice/contract.ts",
    "emulator/contract.ts",
    "node",
    "smol-toml",
    "valibot",
  ],
  "gateway-contract.ts": ["message", "config", "emulator/contract.ts", "voice/contract.ts"],
  api: ["message", "gateway-contract.ts", "emulator/contract.ts", "voice/contract.ts", "node", "../package.json"],
  supervisor: ["node"],
  "api/cli": [
    "message",
    "api",
    "config",
    "supervisor",
    "emulator/contract.ts",
    "gateway-contract.ts",
    "vendor/recorder",
    "trace",
    "simulation",
    "explore",
    "node",
  ],
};

/** These wire everything, and may. */
const free = ["gateway.ts", "main.ts", "index.ts", "build"];

const root = resolve(import.meta.dirname, "../src");

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return files(path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
}

/** What a file imports, as written: static, dynamic and type imports. */
function imports(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^"';]*?from\s*"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)|(?:^|\n)import\s*"([^"]+)"/g,
  );
  return [...found].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}

function within(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

/** The most particular row for a file. */
function rowOf(path: string): string | null {
  const rows = Object.keys(table).filter((row) => within(path, row));
  return rows.sort((a, b) => b.length - a.length)[0] ?? null;
}

function target(file: string, specifier: string): string {
  if (specifier.startsWith("node:")) return "node";
  if (specifier.startsWith(".")) return relative(root, resolve(dirname(file), specifier));
  return specifier.split("/")[0] ?? specifier;
}

test("no layer imports what lies outside its arrows", () => {
  const wrong: string[] = [];
  for (const file of files(root)) {
    const path = relative(root, file);
    if (free.some((place) => within(path, place))) continue;
    const row = rowOf(path);
    assert.ok(row !== null, `src/${path} has no row in the import table: give its folder one`);
    const allowed = [row, row.split("/")[0] ?? row, ...(table[row] ?? [])];
    for (const specifier of imports(file)) {
      const to = target(file, specifier);
      if (!allowed.some((place) => within(to, place))) wrong.push(`src/${path} imports ${specifier}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("npm `usb` is imported in one file only", () => {
  const users = files(root).filter((file) => imports(file).includes("usb"));
  assert.ok(users.every((file) => relative(root, file) === "vendor/usb.ts"));
});

test("the upper half knows no clock, no chance, no promise and no Node", () => {
  const forbidden =
    /\bawait\b|\basync\b|\bPromise\b|setTimeout|setInterval|setImmediate|queueMicrotask|Date\.now|new Date|Math\.random|performance\.|process\.|"node:/;
  const upper = [...files(join(root, "logic")), ...files(join(root, "proxy")), join(root, "upper-half.ts")];
  const wrong = upper.flatMap((file) => {
    const code = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    return forbidden.test(code) ? [relative(root, file)] : [];
  });
  assert.deepEqual(wrong, []);
});
