import { lstatSync } from "node:fs";
import { join } from "node:path";

/** sun_path has 108 octets with its end (unix(7)). */
export const longestPath = 107;

/** Where the control socket of a gateway is. */
export function controlSocketPath(dir: string): string {
  return join(dir, "offhook.sock");
}

/**
 * Where it is when nothing can be written into the data directory, first choice first. Gateway and command line come to
 * the same places by the same name of the directory.
 */
export function placesElsewhere(dir: string): readonly string[] {
  // Given by systemd, several by colons.
  const { RUNTIME_DIRECTORY: given = "" } = process.env;
  const folders = [...given.split(":"), "/run/offhook", ownTemporary()];
  const paths = folders.filter(isSafe).map((folder) => join(folder, `${encodeURIComponent(dir)}.sock`));
  return paths.filter((path) => Buffer.byteLength(path) <= longestPath);
}

function ownTemporary(): string {
  return `/tmp/offhook-${process.getuid?.() ?? 0}`;
}

/** Anybody may make a folder in /tmp, also one with our name: only our own is entered. */
export function isSafe(folder: string): boolean {
  if (folder !== ownTemporary()) return folder.startsWith("/");
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  return stat === undefined || (stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o077) === 0);
}
