import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);
const MOST_OUTPUT = 512 * 1024 * 1024;

export interface RunOptions {
  readonly cwd?: string;
}

/** Runs a program of the host to its end; resolves with what it printed. Rejects with a sentence and what it complained. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Buffer> {
  try {
    const { stdout } = await execute(command, [...args], { ...options, encoding: "buffer", maxBuffer: MOST_OUTPUT });
    return stdout;
  } catch (error) {
    const { code, stderr } = error as { readonly code?: string | number; readonly stderr?: Buffer }; // as execFile says
    if (code === "ENOENT") throw new Error(`${command} is not installed`);
    throw new Error(`${command} ${args.join(" ")} failed (${code}): ${stderr?.toString("utf8").slice(-2000) ?? ""}`);
  }
}

export async function text(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return (await run(command, args, options)).toString("utf8");
}
