import { join } from "node:path";
import { Program } from "../../test/peers/harness/program.ts";
import { Scratch } from "../../test/peers/harness/scratch.ts";
import { check, median } from "../figures.ts";
import { root } from "./flash.ts";
import type { Start } from "./price-list.ts";
import { RouterGateway } from "./router-gateway.ts";

const RUNS = 7;

/** Cold as far as the process goes; the files are in the kernel's memory after the first run. */
export async function startTime(): Promise<Start> {
  const gateways: number[] = [];
  const commands: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const scratch = new Scratch();
    try {
      const began = performance.now();
      const gateway = await RouterGateway.start(scratch, { emulate: false, env: {} });
      gateways.push(performance.now() - began);
      commands.push(await commandTime(gateway.dataDir));
    } finally {
      await scratch.close();
    }
  }
  return { gatewayMs: Math.round(median(gateways)), commandMs: Math.round(median(commands)) };
}

async function commandTime(dataDir: string): Promise<number> {
  const began = performance.now();
  const args = [join(root, "dist/offhook.js"), "status", "--json", "--data", dataDir];
  const program = new Program({ name: "offhook status", command: process.execPath, args });
  const code = await program.ends(10_000);
  check(code === 0, `offhook status failed: ${program.tail(500)}`);
  return performance.now() - began;
}
