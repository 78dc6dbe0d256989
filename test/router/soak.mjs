/**
 * `npm run soak [-- MINUTES]`, an hour when nothing is said: calls stand and others come and go in the router guest, and
 * the gateway's memory must be a flat line (test/router/soak/flat-line.ts). Not part of `npm test`.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { prepare } from "../../src/build/prepare.mjs";
import { installPeers } from "../peers.mjs";
import { installTools } from "./tools.mjs";

const minutes = Number(process.argv[2] ?? 60);
if (!(minutes > 0)) {
  process.stderr.write("offhook: npm run soak [-- MINUTES]; less than 40 minutes are too short to be judged\n");
  process.exit(2);
}
await prepare();
installPeers();
installTools(["x86-64"]);
const soak = fileURLToPath(new URL("soak/soak.ts", import.meta.url));
const args = ["--import", "tsx", "--enable-source-maps", soak, `${minutes}`];
process.exitCode = spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;
