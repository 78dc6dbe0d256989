import { setPriority } from "node:os";
import { setFlagsFromString } from "node:v8";
import type { Config } from "../../config/config.ts";
import { ConfigFaults } from "../../config/fault.ts";
import { loadConfig } from "../../config/read-config.ts";
import type { Gateway, StartGateway } from "../../gateway-contract.ts";
import type { Fact } from "../../message/notify.ts";
import { openControlSocket } from "../control-socket.ts";
import { version } from "../version.ts";
import { type Arguments, count } from "./arguments.ts";
import { showFaults } from "./check.ts";
import { dataDir } from "./data-dir.ts";
import { printFact } from "./print.ts";
import { printable } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { welcome } from "./welcome.ts";

/**
 * The logic's place on a processor: behind the voice (-15, src/voice/worker.ts), before files and other programs. In Linux
 * this is the thread's own; those that do the files were made when the configuration was read, and keep 0.
 */
const NICE = -5;

/** `offhook start`: runs until it is asked to stop. */
export async function start(
  args: Arguments,
  terminal: Terminal,
  gatewayPart: () => Promise<StartGateway>,
): Promise<number> {
  count(args, 0, "[--config FILE] [--data DIR] [--emulate] [--verbose]");
  withoutBaseline();
  const startGateway = await gatewayPart();
  const config = await loadConfig(args.config, { emulate: args.emulate }).catch((error: unknown) => {
    if (!(error instanceof ConfigFaults)) throw error;
    showFaults(error, terminal);
    return null;
  });
  if (config === null) return 1;
  const dir = dataDir(args, terminal, config.data.dir);
  const stopped = new Promise<string>((resolve) => terminal.onStop(resolve));
  const control = await openControlSocket(dir);
  try {
    const report = (problem: string): void => terminal.err(`offhook: ${printable(problem)}`);
    if (control.trouble !== null) report(control.trouble);
    comeBeforeFiles();
    const { OFFHOOK_HEARTBEAT: heartbeat = null } = terminal.env;
    const gateway = await startGateway(config, { dataDir: dir, heartbeat, report });
    control.serve(gateway);
    greet(config, dir, args, terminal);
    const quiet = watch(gateway, args, terminal);
    await stopped;
    quiet();
    await gateway.close();
    return 0;
  } finally {
    await control.close();
  }
}

/**
 * V8 has a compiler between its interpreter and the one that optimises. What it makes is never given back, and it brings
 * a megabyte of Node's file into memory; what runs every turn is optimised anyway.
 */
function withoutBaseline(): void {
  setFlagsFromString("--no-sparkplug");
}

function comeBeforeFiles(): void {
  if (process.platform !== "linux") return;
  try {
    setPriority(NICE);
  } catch {
    // Not permitted: everybody waits for his turn, as the voice does then.
  }
}

function greet(config: Config, dir: string, args: Arguments, terminal: Terminal): void {
  const { address, port } = config.sip.listen;
  if (args.json) terminal.out(JSON.stringify({ ready: true, version, sip: { address, port }, data: dir }));
  else terminal.out(welcome(config, dir, terminal.name));
}

/** The facts since the start, and then as they come: all of them with --verbose, else those a person should know. */
function watch(gateway: Gateway, args: Arguments, terminal: Terminal): () => void {
  const show = (fact: Fact, at: number): void => {
    if (!args.verbose && !isNotable(fact)) return;
    terminal.out(args.json ? JSON.stringify({ at, fact }) : printFact({ at, fact }));
  };
  for (const { fact, at } of gateway.recentFacts()) show(fact, at);
  return gateway.onFact(show);
}

function isNotable(fact: Fact): boolean {
  switch (fact.kind) {
    case "lineChanged":
    case "deviceAttached":
    case "deviceDetached":
    case "endpointFailed":
    case "memoryChanged":
    case "fault":
      return true;
    case "storeChanged":
      return fact.state !== "saved";
    default:
      return false;
  }
}
