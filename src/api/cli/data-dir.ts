import { resolve } from "node:path";
import type { Arguments } from "./arguments.ts";
import type { Terminal } from "./terminal.ts";

/** The data directory: `--data`, then `$OFFHOOK_DATA`, then the configuration's, then `./data`. */
export function dataDir(args: Arguments, terminal: Terminal, configured: string | null): string {
  const { OFFHOOK_DATA } = terminal.env;
  return resolve(terminal.cwd, args.data ?? (OFFHOOK_DATA || configured || "data"));
}
