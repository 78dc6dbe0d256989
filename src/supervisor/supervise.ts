import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The script beside this file: in the sources, and in dist/. */
const script = fileURLToPath(new URL("./supervise.sh", import.meta.url));

/**
 * Runs this program with `words` under the supervisor and resolves with its exit code. On a router the service units run
 * the script itself: this Node has nothing to do but wait, and costs its memory.
 *
 * @param withinSeconds silence after which the gateway is started again; 0 = never
 */
export function supervise(
  words: readonly string[],
  withinSeconds: number,
  onStop: (run: (signal: string) => void) => void,
): Promise<number> {
  const [, program = ""] = process.argv;
  const args = [script, String(withinSeconds), process.execPath, program, ...words];
  const child = spawn("sh", args, { stdio: "inherit" });
  // Ctrl-C reaches everybody at the terminal by itself.
  onStop((signal) => {
    if (signal !== "SIGINT") child.kill("SIGTERM");
  });
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new Error(`sh can not be run, so nothing is supervised: ${error.message}`)));
    child.once("close", (code) => resolve(code ?? 1));
  });
}
