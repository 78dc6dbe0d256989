import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TargetName } from "./image/target.ts";

const repository = join(import.meta.dirname, "../..");
const path = "test/ratchet.json";

/** What a voice kernel computes, and the processors on which it was seen to compute just that. */
export interface Claim {
  readonly sha256: string;
  readonly targets: readonly TargetName[];
}

/** By kernel. */
export type Ratchet = Readonly<Record<string, Claim>>;

export function readRatchet(): Ratchet {
  return parse(readFileSync(join(repository, path), "utf8"));
}

/** Every version of the file that the repository remembers, in no order; empty outside a repository. */
export function earlierRatchets(): readonly Ratchet[] {
  const commits = git("log", "--format=%H", "--", path)?.split("\n") ?? [];
  return commits.flatMap((commit) => {
    const text = commit === "" ? null : git("show", `${commit}:${path}`);
    return text === null ? [] : [parse(text)];
  });
}

/** Kernel and target of each claim. */
export function claims(ratchet: Ratchet): readonly string[] {
  return Object.entries(ratchet).flatMap(([kernel, { targets }]) => targets.map((target) => `${kernel} on ${target}`));
}

function parse(text: string): Ratchet {
  return JSON.parse(text) as Ratchet; // the project wrote it
}

function git(...args: readonly string[]): string | null {
  const { status, stdout } = spawnSync("git", ["-C", repository, ...args], { encoding: "utf8" });
  return status === 0 ? stdout : null;
}
