#!/usr/bin/env node
import { cli } from "./api/cli/cli.ts";
import type { Terminal } from "./api/cli/terminal.ts";

/** The process `offhook`: the command line, and with `start` the gateway itself. */

/** A gateway that has not closed by then is ended, ms. */
const closingPatience = 10_000;

const { npm_command } = process.env;

/** Their exit code is a verdict, which is found out although nobody reads on. */
const judging = ["replay", "simulate", "explore", "check"];
let gone = false;
let leave = (): void => {};
const readerLeft = new Promise<null>((resolve) => {
  leave = () => resolve(null);
});

const terminal: Terminal = {
  out: (line) => {
    if (!gone) process.stdout.write(`${line}\n`);
  },
  err: (line) => process.stderr.write(`${line}\n`),
  columns: process.stdout.columns,
  cwd: process.cwd(),
  env: process.env,
  name: npm_command === undefined ? "offhook" : "npx offhook",
  onStop,
  readLine,
  gone: () => gone,
};

function onStop(run: (signal: string) => void): void {
  let asked = false;
  const stop = (signal: string): void => {
    if (asked) process.exit(1);
    asked = true;
    setTimeout(() => {
      process.stderr.write("offhook: did not close in time and is ended\n");
      process.exit(1);
    }, closingPatience).unref();
    run(signal);
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}

/** Lines that come while nobody asks are kept: a pipe brings them all at once. */
let typed: AsyncIterator<string> | null = null;

async function readLine(prompt: string): Promise<string | null> {
  const { isTTY } = process.stdin;
  if (isTTY) process.stderr.write(prompt);
  if (typed === null) {
    const { createInterface } = await import("node:readline");
    const lines = createInterface({ input: process.stdin, ...(isTTY ? { output: process.stderr } : {}) });
    typed = lines[Symbol.asyncIterator]();
  }
  const next = await Promise.race([typed.next(), readerLeft]);
  return next === null || next.done === true ? null : next.value;
}

// A reader that goes away (`| head`) ends the program quietly; a full disk (`> file`) does not.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") {
    if (!judging.includes(process.argv[2] ?? "")) process.exit(0);
    gone = true;
    return leave();
  }
  process.stderr.write(
    `offhook: the output can not be written (${error.code ?? error.message}) — make room, or send it elsewhere\n`,
  );
  process.exit(1);
});

/** A reader of a pipe that is slower than we are still gets everything: the end of the process would cut it off. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write("", () => resolve());
  });
}

const code = await cli(process.argv.slice(2), terminal, {
  startGateway: async () => (await import("./gateway.ts")).startGateway,
  serveDevices: async () => (await import("./device-server.ts")).serveDevices,
  deviceAttacher: async () => (await import("./emulator/usbip/attach/attach.ts")).deviceAttacher(),
  codecChecker: async () => (await import("./voice/plugin/check/file.ts")).checkCodecFile,
  replayJournal: async () => (await import("./replay.ts")).replayJournal,
  openWalk: async () => (await import("./replay.ts")).openWalk,
  simulator: async () => (await import("./simulation/simulate.ts")).simulate,
});
await Promise.all([written(process.stdout), written(process.stderr)]);
process.exit(code);
