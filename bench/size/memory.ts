import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Program } from "../../test/peers/harness/program.ts";
import { Scratch } from "../../test/peers/harness/scratch.ts";
import { ForwardedCalls } from "./forwarded-calls.ts";
import { middle, type Resident, settledResident } from "./resident.ts";
import { RouterGateway, unitEnvironment } from "./router-gateway.ts";

/** What is running when memory is looked at. */
export type Memory = Readonly<Record<string, Resident>>;

const RUNS = 3;
/** Compilers and the garbage collector are at rest by then. */
const SETTLE_MS = 20_000;

type Look = (scratch: Scratch) => Promise<Resident>;

const looks: Readonly<Record<string, Look>> = {
  "bare Node, idle": async (scratch) => {
    const file = join(await scratch.folder("bare"), "idle.mjs");
    await writeFile(file, "setInterval(() => {}, 1e6);\n");
    const program = new Program({ name: "node", command: process.execPath, args: [file] });
    scratch.atEnd(() => program.stop());
    return settled(program.pid);
  },
  "gateway, idle": (scratch) => withCalls(scratch, 0, "PCMU"),
  "one call, passed through": (scratch) => withCalls(scratch, 1, "PCMU"),
  "four calls, passed through": (scratch) => withCalls(scratch, 4, "PCMU"),
  "four calls, transcoded": (scratch) => withCalls(scratch, 4, "PCMA"),
  "four calls, without the units' environment": (scratch) => withCalls(scratch, 4, "PCMU", {}),
  "gateway with emulated devices, idle": async (scratch) => {
    const gateway = await RouterGateway.start(scratch, { emulate: true, env: unitEnvironment });
    return settled(gateway.program.pid);
  },
};

/** Each in a fresh process, several times; `only` is part of a name. */
export async function memory(only = ""): Promise<Memory> {
  const list: Record<string, Resident> = {};
  for (const [name, look] of Object.entries(looks)) {
    if (!name.includes(only)) continue;
    const runs: Resident[] = [];
    while (runs.length < RUNS) runs.push(await inScratch(look));
    list[name] = middle(runs);
  }
  return list;
}

async function inScratch(look: Look): Promise<Resident> {
  const scratch = new Scratch();
  try {
    return await look(scratch);
  } finally {
    await scratch.close();
  }
}

async function withCalls(
  scratch: Scratch,
  count: number,
  codec: "PCMU" | "PCMA",
  env = unitEnvironment,
): Promise<Resident> {
  const gateway = await RouterGateway.start(scratch, { emulate: false, env });
  const calls = count === 0 ? null : await ForwardedCalls.start(scratch, gateway, count, codec);
  const size = await settled(gateway.program.pid);
  await calls?.verify();
  return size;
}

async function settled(pid: number): Promise<Resident> {
  await setTimeout(SETTLE_MS);
  return settledResident(pid);
}
