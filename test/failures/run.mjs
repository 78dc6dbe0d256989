/**
 * Every operation on the outside fails once, on the real lower half (docs/simulation.md).
 *
 *   npm run every-failure                                    all of them, by node:dgram
 *   npm run every-failure -- --edge batched                  RTP by system calls
 *   npm run every-failure -- --stride 20 --offset 3          every twentieth, from the third on; other ways to fail
 *   npm run every-failure -- --scenario held --kind usb --nth 3 --way 1
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const args = ["--import", "tsx", "--import", here("boundary/preload.mjs"), here("main.ts"), ...process.argv.slice(2)];
const child = spawn(process.execPath, args, { stdio: "inherit", cwd: here("../..") });
child.on("close", (status) => {
  process.exitCode = status ?? 1;
});
