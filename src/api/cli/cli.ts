import { resolve } from "node:path";
import { commandFor } from "../commands.ts";
import { ask } from "../control-client.ts";
import { verbs } from "../phone-action.ts";
import { Refusal } from "../refusal.ts";
import { version } from "../version.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { dataDir } from "./data-dir.ts";
import { help } from "./help.ts";
import type { Parts } from "./own.ts";
import { print, printFact, type ToldFact } from "./print.ts";
import { printable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

export type { Parts } from "./own.ts";

/** Runs one command line; resolves with the exit code: 0 done, 1 refused or failed, 2 wrong usage. */
export async function cli(argv: readonly string[], terminal: Terminal, parts: Parts): Promise<number> {
  try {
    return await run(readArguments(argv), terminal, parts);
  } catch (error) {
    // It may quote a file, or what was typed.
    const told = `offhook: ${error instanceof Error ? error.message : String(error)}`;
    terminal.err(told.split("\n").map(printable).join("\n"));
    return error instanceof Refusal && error.code === "usage" ? 2 : 1;
  }
}

/**
 * Asking a gateway is what is done most: the rest, and the configuration's reader with it, is loaded when it is run. A
 * gateway runs for ever, and has no use for what other commands need.
 */
async function run(args: Arguments, terminal: Terminal, parts: Parts): Promise<number> {
  switch (args.command) {
    case "start":
      return (await import("./start.ts")).start(args, terminal, parts.startGateway);
    case "supervise":
    case "device":
    case "check":
    case "codec":
    case "config":
    case "replay":
    case "trace":
    case "capsule":
    case "simulate":
    case "explore":
      return (await import("./own.ts")).runOwn(args.command, args, terminal, parts);
    case "help":
      terminal.out(args.json ? JSON.stringify({ help: help(terminal.name) }) : help(terminal.name));
      return 0;
    case "version":
      terminal.out(args.json ? JSON.stringify({ version }) : `offhook ${version}`);
      return 0;
    default:
      return askGateway(args, terminal);
  }
}

async function askGateway(args: Arguments, terminal: Terminal): Promise<number> {
  const told = (["follow", "stop", "repeat", "step"] as const).filter((option) => args[option]);
  const words = [...args.args, ...told.map((option) => `--${option}`)];
  commandFor(args.command, words);
  const show = (told: ToldFact): void => terminal.out(args.json ? JSON.stringify(told) : printFact(told));
  const result = await ask(dataDir(args, terminal, null), args.command, withFullPath(args.command, words, terminal), {
    // `as`: items come from the same program's `events`.
    item: (item) => show(item as ToldFact),
    dropped: (lost) => terminal.err(`offhook: ${lost} facts were lost, this side was too slow`),
  });
  if (args.command === "events") for (const told of (result ?? []) as readonly ToldFact[]) show(told);
  else terminal.out(args.json ? JSON.stringify(result) : print(args.command, args.args, result));
  return 0;
}

/** The gateway has another working directory: a file is named to it by its full path. */
function withFullPath(command: string, words: readonly string[], terminal: Terminal): readonly string[] {
  if (command === "record" || command === "play") return withFileSecond(words, terminal);
  const [phone = "", verb = "", file, ...rest] = words;
  if (command !== "phone" || file === undefined || !Object.hasOwn(verbs, verb) || !verbs[verb]?.file) return words;
  return [phone, verb, resolve(terminal.cwd, file), ...rest];
}

function withFileSecond(words: readonly string[], terminal: Terminal): readonly string[] {
  const [where = "", file = "", ...rest] = words;
  return file.startsWith("--") ? words : [where, resolve(terminal.cwd, file), ...rest];
}
