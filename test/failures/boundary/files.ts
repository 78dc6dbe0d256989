import fs from "node:fs";
import promises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { systemError, tally } from "./tally.ts";

type Call = (...args: unknown[]) => unknown;

const codes = ["ENOSPC", "EIO"] as const;
/** Calls that take a path, and those that take an open file. */
const byPath = ["open", "mkdir", "readdir", "rm", "link", "rename", "unlink", "writeFile", "stat", "lstat"] as const;
const byFile = ["close", "write", "fsync", "fdatasync"] as const;
const ofHandles = ["writeFile", "write", "sync", "datasync", "close", "stat", "readFile"] as const;

const files = new Set<number>();
let folder = "/";

/** Only what is in this folder counts: the program itself is read from files, too. */
export function filesCountIn(dir: string): void {
  folder = dir;
}

/** Calls of node:fs and node:fs/promises on the data directory can fail. */
export function wrapFiles(): void {
  for (const call of byPath) {
    wrap(fs, call, isInside, fails);
    wrap(fs, `${call}Sync`, isInside, throws);
    wrap(promises, call, isInside, rejects);
  }
  for (const call of byFile) {
    wrap(fs, call, isOurs, fails);
    wrap(fs, `${call}Sync`, isOurs, throws);
  }
  remember();
  syncBuiltinESMExports();
}

/** The class of open files has no name: it is found at the first one. */
export async function wrapHandles(): Promise<void> {
  const handle = await promises.open("/proc/self/mounts", "r");
  const prototype: unknown = Object.getPrototypeOf(handle);
  await handle.close();
  for (const call of ofHandles) wrap(prototype as object, call, isOursToo, rejects);
}

type Fails = (call: string, args: readonly unknown[], really: () => unknown) => unknown;

function wrap(on: object, name: string, counts: (this: unknown, first: unknown) => boolean, fail: Fails): void {
  const real: unknown = Reflect.get(on, name);
  if (typeof real !== "function") return;
  Reflect.set(on, name, function (this: unknown, ...args: unknown[]): unknown {
    const really = (): unknown => Reflect.apply(real as Call, this, args);
    if (!counts.call(this, args[0])) return really();
    const way = tally.next("file", `${name} ${String(args[0]).split("/").at(-1)?.slice(0, 40)}`);
    if (way === null) return really();
    return fail(codes[way % codes.length] ?? "EIO", [name, ...args], really);
  });
}

function isInside(path: unknown): boolean {
  return typeof path === "string" && path.startsWith(folder);
}

function isOurs(file: unknown): boolean {
  return typeof file === "number" && files.has(file);
}

const handles = new WeakSet<object>();

function isOursToo(this: unknown): boolean {
  return typeof this === "object" && this !== null && handles.has(this);
}

/** What is told to fail in closing is closed all the same, as the system does it (close(2)). */
function closes(call: unknown): boolean {
  return call === "close" || call === "closeSync";
}

const throws: Fails = (code, [call], really) => {
  if (closes(call)) really();
  throw systemError(code, String(call));
};

const rejects: Fails = async (code, [call], really) => {
  if (closes(call)) await really();
  throw systemError(code, String(call));
};

const fails: Fails = (code, [call, ...args], really) => {
  const done = args.at(-1);
  const error = systemError(code, String(call));
  if (closes(call) && typeof args[0] === "number") {
    files.delete(args[0]);
    realCloseSync(args[0]);
  } else if (closes(call)) really();
  process.nextTick(() => {
    if (typeof done !== "function") throw error;
    done(error);
  });
};

const realCloseSync = fs.closeSync;

/** Which files are of the folder: those that were opened there, until they are closed. */
function remember(): void {
  const { open, openSync, close, closeSync } = fs;
  const { open: openHandle } = promises;
  const opened = (path: unknown, file: number): number => {
    if (isInside(path)) files.add(file);
    return file;
  };
  Object.assign(fs, {
    openSync: (...args: unknown[]) => opened(args[0], Reflect.apply(openSync, fs, args)),
    open(...args: unknown[]) {
      const done = args.pop() as (error: Error | null, file: number) => void; // Node's callback is the last
      Reflect.apply(open, fs, [
        ...args,
        (error: Error | null, file: number) => done(error, error === null ? opened(args[0], file) : file),
      ]);
    },
    closeSync(file: number) {
      try {
        closeSync(file);
      } finally {
        files.delete(file);
      }
    },
    close(file: number, ...done: unknown[]) {
      Reflect.apply(close, fs, [file, ...done]);
      files.delete(file);
    },
  });
  Object.assign(promises, {
    async open(...args: unknown[]) {
      const handle = await Reflect.apply(openHandle, promises, args);
      if (isInside(args[0])) handles.add(handle);
      return handle;
    },
  });
}
