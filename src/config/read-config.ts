import { open } from "node:fs/promises";
import { parse, TomlError } from "smol-toml";
import * as v from "valibot";
import { assemble } from "./assemble.ts";
import type { Config } from "./config.ts";
import { crossCheck } from "./cross-check.ts";
import { defaultConfig } from "./default.ts";
import { ConfigFaults, type Fault } from "./fault.ts";
import { faultOfIssue } from "./issue.ts";
import { repaired } from "./repair.ts";
import { documentSchema } from "./schema.ts";
import { type Shape, unknownKeys } from "./unknown-key.ts";

/** Larger files are no configuration, octets. */
const largestFile = 1_000_000;

export interface ReadOptions {
  /** Adds emulated devices whatever the file says. */
  readonly emulate?: boolean;
}

/**
 * Reads a configuration in TOML.
 * @throws ConfigFaults with every fault at once
 */
export function readConfig(text: string, source = "configuration", options: ReadOptions = {}): Config {
  const written = parseToml(text, source);
  const result = v.safeParse(documentSchema, written);
  const issues = result.issues ?? [];
  const misread = issues.map(faultOfIssue);
  const own = [...misread, ...unknownKeys(documentSchema as Shape, written)];
  const faulty = (path: string): boolean => own.some((fault) => isWithin(path, fault.path));
  // Without its sections there is nothing to compare.
  const sections = !misread.some(({ path }) => !path.includes(".") && path !== "country");
  const whole = sections ? repaired(result.output, issues) : null;
  const faults = oncePerPath([...own, ...(whole === null ? [] : crossCheck(whole, faulty))]);
  if (faults.length > 0 || whole === null) throw new ConfigFaults(source, faults);
  return assemble(options.emulate === true ? { ...whole, usb: { ...whole.usb, emulate: true } } : whole);
}

/**
 * Reads the configuration file, or the embedded default when there is none.
 * @throws ConfigFaults, or an Error with a sentence when the file can not be read
 */
export async function loadConfig(file: string | null, options: ReadOptions = {}): Promise<Config> {
  if (file === null) return readConfig(defaultConfig, "embedded default", options);
  return readConfig(await readText(file), file, options);
}

async function readText(file: string): Promise<string> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`config ${file}: can not be opened (${error.code ?? error.message}) — check the path`);
  });
  try {
    const { size } = await handle.stat();
    if (size > largestFile)
      throw new Error(`config ${file}: has ${size} octets — a configuration has at most ${largestFile}`);
    const content = Buffer.alloc(largestFile + 1);
    const { bytesRead } = await handle.read(content, 0, content.length, 0).catch((error: NodeJS.ErrnoException) => {
      throw new Error(`config ${file}: can not be read (${error.code ?? error.message}) — is it a file?`);
    });
    return content.toString("utf8", 0, bytesRead);
  } finally {
    await handle.close();
  }
}

function parseToml(text: string, source: string): unknown {
  try {
    return parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (error) {
    // Only the first line: the rest quotes the file, which may hold a password.
    const [problem = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    const path = error instanceof TomlError ? `line ${error.line}, column ${error.column}` : "file";
    throw new ConfigFaults(source, [{ path, value: null, problem: `${problem} — see https://toml.io` }]);
  }
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}

function oncePerPath(faults: readonly Fault[]): Fault[] {
  return [...new Map([...faults].reverse().map((fault) => [fault.path, fault])).values()].reverse();
}
