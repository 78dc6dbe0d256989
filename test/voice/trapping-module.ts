import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import { ABI_VERSION, PAGES } from "../../assembly/layout.ts";

const [constant, loop, empty, branch, end, unreachable] = [0x41, 0x03, 0x40, 0x0c, 0x0b, 0x00];

/** A voice module that opens well and traps in its first tick, hand-assembled (WebAssembly 1.0 §5). */
export function trappingModule(t: TestContext): URL {
  return voiceModule(t, { tick: [unreachable, end] });
}

/** A voice module that opens well and never comes back from its first tick. */
export function endlessModule(t: Pick<TestContext, "after">): URL {
  return voiceModule(t, { tick: endless });
}

export const trap = [unreachable, end];
export const endless = [loop, empty, branch, 0, end, end];
/** Asks for one page more. */
export const grow = [constant, 1, 0x40, 0, 0x1a, end];

/** What a hand-assembled voice module does; nothing where it is not said. */
export interface Bodies {
  readonly tick?: readonly number[];
  readonly tickBegin?: readonly number[];
  /** Runs when it is instantiated. */
  readonly start?: readonly number[];
  readonly abi?: number;
  readonly pages?: number;
  readonly imported?: string;
}

export function voiceModule(t: Pick<TestContext, "after">, bodies: Bodies): URL {
  const folder = mkdtempSync(join(tmpdir(), "offhook-trap-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "voice.wasm");
  writeFileSync(file, Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...sections(bodies)]));
  return pathToFileURL(file);
}

function sections(bodies: Bodies): number[] {
  const { tick = [end], tickBegin = [end], start, abi = ABI_VERSION, pages = PAGES, imported = "memory" } = bodies;
  const i32 = 0x7f;
  const types = [
    [0x60, ...vector([]), ...vector([[i32]])],
    [0x60, ...vector([[i32], [i32], [i32]]), ...vector([[i32]])],
    [0x60, ...vector([[i32]]), ...vector([])],
    [0x60, ...vector([]), ...vector([])],
  ];
  const memory = [...text("env"), ...text(imported), 2, 3, ...leb(pages), ...leb(pages)];
  const exports = ["version", "open", "tick", "close", "tickBegin", "tickMiddle", "tickEnd"].map((name, n) => [
    ...text(name),
    0,
    n,
  ]);
  const code = [[constant, ...leb(abi), end], [constant, 0, end], tick, [end], tickBegin, [end], [end], start ?? [end]];
  return [
    ...section(1, vector(types)),
    ...section(2, vector([memory])),
    ...section(3, vector([[0], [1], [2], [3], [2], [3], [2], [3]])),
    ...section(7, vector(exports)),
    ...(start === undefined ? [] : section(8, [exports.length])),
    ...section(10, vector(code.map((body) => [...leb(body.length + 1), 0, ...body]))),
  ];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...leb(content.length), ...content];
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...leb(items.length), ...items.flat()];
}

function text(name: string): number[] {
  return vector([...Buffer.from(name)].map((octet) => [octet]));
}

/** Small numbers only: below 64 signed and unsigned are alike, above they are all unsigned here. */
function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >> 7)];
}
