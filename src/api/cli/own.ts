import type { StartGateway } from "../../gateway-contract.ts";
import { supervise } from "../../supervisor/supervise.ts";
import type { ReplayOptions, ReplayResult } from "../../vendor/recorder/replay.ts";
import type { Walk } from "../../vendor/recorder/walk.ts";
import { wrongUsage } from "../refusal.ts";
import { type Arguments, count } from "./arguments.ts";
import { capsule, capsuleUsage } from "./capsule.ts";
import { check, showConfig } from "./check.ts";
import { type CodecReport, codec } from "./codec.ts";
import { type DeviceParts, device } from "./device.ts";
import { exploration, exploreUsage } from "./explore.ts";
import { replay } from "./replay.ts";
import { type Simulate, simulateUsage, simulation } from "./simulate.ts";
import { stepThrough } from "./step.ts";
import type { Terminal } from "./terminal.ts";
import { trace, traceUsage } from "./trace.ts";

/** Parts of the program that are loaded only when they are needed. */
export interface Parts extends DeviceParts {
  startGateway(): Promise<StartGateway>;
  replayJournal(): Promise<(paths: readonly string[], options: ReplayOptions) => Promise<ReplayResult>>;
  openWalk(): Promise<(paths: readonly string[], options: ReplayOptions) => Promise<Walk>>;
  simulator(): Promise<Simulate>;
  codecChecker(): Promise<(file: string) => Promise<CodecReport>>;
}

/** Runs a command that needs no gateway; resolves with the exit code. */
export async function runOwn(
  command:
    | "supervise"
    | "device"
    | "check"
    | "codec"
    | "config"
    | "replay"
    | "trace"
    | "capsule"
    | "simulate"
    | "explore",
  args: Arguments,
  terminal: Terminal,
  parts: Parts,
): Promise<number> {
  switch (command) {
    case "supervise":
      return superviseStart(args, terminal);
    case "device":
      return device(args, terminal, parts);
    case "check":
      return check(count(args, 1, "CONFIG"), args, terminal);
    case "codec":
      return codec(args, terminal, await parts.codecChecker());
    case "config":
      count(args, 0, "");
      return showConfig(args, terminal);
    case "capsule":
      if (args.args.length !== 2) throw wrongUsage(`write: offhook capsule ${capsuleUsage}`);
      return capsule(args.args, args, terminal);
    case "trace":
      return trace(count(args, 1, traceUsage), args, terminal);
    case "simulate":
      count(args, 0, simulateUsage);
      return simulation(args, terminal, await parts.simulator());
    case "explore":
      if (args.args.length === 0) throw wrongUsage(`write: offhook explore ${exploreUsage}`);
      return exploration(args.args, args, terminal, (await import("../../explore/journal.ts")).exploreJournal);
    case "replay":
      return replayRecording(args, terminal, parts);
  }
}

async function replayRecording(args: Arguments, terminal: Terminal, parts: Parts): Promise<number> {
  const { args: files } = args;
  if (files.length === 0)
    throw wrongUsage("write: offhook replay JOURNAL… [--until N] [--break N] [--step] [--call ID] [--watch NAME]");
  if (!args.step && args.call === null && args.watch === null)
    return replay(files, args, terminal, await parts.replayJournal());
  return stepThrough(files, args, terminal, await parts.openWalk());
}

/** Silence after which a gateway is taken for stuck, s. */
const patience = 30;

function superviseStart({ args, within }: Arguments, terminal: Terminal): Promise<number> {
  if (args[0] !== "start") throw wrongUsage("write: offhook supervise [--within SECONDS] -- start …");
  return supervise(args, within ?? patience, (run) => terminal.onStop(run));
}
