import { parseArgs } from "node:util";
import { wrongUsage } from "../refusal.ts";

/** The command line, read. */
export interface Arguments {
  readonly command: string;
  readonly args: readonly string[];
  readonly json: boolean;
  readonly verbose: boolean;
  readonly emulate: boolean;
  readonly follow: boolean;
  readonly step: boolean;
  readonly stop: boolean;
  readonly repeat: boolean;
  readonly serve: boolean;
  readonly attach: boolean;
  readonly detach: boolean;
  readonly keep: boolean;
  readonly listen: string | null;
  readonly config: string | null;
  readonly data: string | null;
  readonly journal: string | null;
  readonly capsule: string | null;
  readonly svg: string | null;
  readonly hep: string | null;
  readonly audio: string | null;
  readonly until: number | null;
  /** The number of an event before which a debugger stops. */
  readonly breakAt: number | null;
  readonly call: string | null;
  readonly watch: string | null;
  /** Of a simulation; null when it is not said. */
  readonly seed: number | null;
  readonly runs: number | null;
  readonly calls: number | null;
  /** Go on until so many events, or minutes, are over. */
  readonly events: number | null;
  readonly minutes: number | null;
  readonly save: string | null;
  /** Of an exploration: the number of an event, and how much; null when it is not said. */
  readonly from: number | null;
  readonly window: number | null;
  readonly duplicates: number | null;
  readonly losses: number | null;
  readonly expiries: number | null;
  readonly whims: number | null;
  readonly states: number | null;
  /** Seconds; null when it is not said. */
  readonly within: number | null;
}

const options = {
  json: { type: "boolean", default: false },
  verbose: { type: "boolean", short: "v", default: false },
  emulate: { type: "boolean", default: false },
  follow: { type: "boolean", short: "f", default: false },
  step: { type: "boolean", default: false },
  stop: { type: "boolean", default: false },
  repeat: { type: "boolean", default: false },
  serve: { type: "boolean", default: false },
  attach: { type: "boolean", default: false },
  detach: { type: "boolean", default: false },
  keep: { type: "boolean", default: false },
  listen: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
  version: { type: "boolean", default: false },
  config: { type: "string", short: "c" },
  data: { type: "string", short: "d" },
  journal: { type: "string" },
  capsule: { type: "string" },
  svg: { type: "string" },
  hep: { type: "string" },
  audio: { type: "string" },
  until: { type: "string" },
  break: { type: "string" },
  call: { type: "string" },
  watch: { type: "string" },
  seed: { type: "string" },
  runs: { type: "string" },
  calls: { type: "string" },
  events: { type: "string" },
  minutes: { type: "string" },
  save: { type: "string" },
  from: { type: "string" },
  window: { type: "string" },
  duplicates: { type: "string" },
  losses: { type: "string" },
  expiries: { type: "string" },
  whims: { type: "string" },
  states: { type: "string" },
  within: { type: "string" },
} as const;

/** Which options belong to some commands only. */
const owners: Readonly<Record<string, readonly string[]>> = {
  emulate: ["start"],
  config: ["start", "device"],
  verbose: ["start"],
  follow: ["events"],
  journal: ["trace", "capsule"],
  capsule: ["trace"],
  svg: ["trace"],
  hep: ["trace"],
  audio: ["capsule"],
  until: ["replay"],
  break: ["replay"],
  call: ["replay"],
  watch: ["replay"],
  seed: ["simulate"],
  runs: ["simulate"],
  calls: ["simulate"],
  events: ["simulate"],
  minutes: ["simulate"],
  save: ["simulate", "explore"],
  from: ["explore"],
  window: ["explore"],
  duplicates: ["explore"],
  losses: ["explore"],
  expiries: ["explore"],
  whims: ["explore"],
  states: ["explore"],
  step: ["replay", "freeze"],
  stop: ["record", "play"],
  repeat: ["play"],
  serve: ["device"],
  attach: ["device"],
  detach: ["device"],
  keep: ["device"],
  listen: ["device"],
  within: ["supervise"],
};

/** A negative number is an argument (`hum 440 -10`), not options: it is hidden from the parser. */
const hidden = "\u0000";

/**
 * Reads the command line (without node and script).
 * @throws Refusal `usage`
 */
export function readArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parse(argv);
  const [word, ...args] = positionals.map((text) => (text.startsWith(hidden) ? text.slice(1) : text));
  const command = values.help ? "help" : values.version ? "version" : (word ?? "help");
  for (const [option, commands] of Object.entries(owners))
    if (Reflect.get(values, option) && !values.help && !commands.includes(command))
      throw wrongUsage(`--${option} belongs to \`offhook ${commands.join("`, `")}\`, not to \`${command}\``);
  return {
    command,
    args,
    json: values.json,
    verbose: values.verbose,
    emulate: values.emulate,
    follow: values.follow,
    step: values.step,
    stop: values.stop,
    repeat: values.repeat,
    serve: values.serve,
    attach: values.attach,
    detach: values.detach,
    keep: values.keep,
    listen: values.listen ?? null,
    config: values.config ?? null,
    data: values.data ?? null,
    journal: values.journal ?? null,
    capsule: values.capsule ?? null,
    svg: values.svg ?? null,
    hep: values.hep ?? null,
    audio: values.audio ?? null,
    until: readNumber("--until", values.until),
    breakAt: readNumber("--break", values.break),
    call: values.call ?? null,
    watch: values.watch ?? null,
    seed: readAmount("--seed", "a number, e.g. --seed 7", values.seed),
    runs: readAmount("--runs", "how many, e.g. --runs 100", values.runs),
    calls: readAmount("--calls", "calls in a run, e.g. --calls 50", values.calls),
    events: readAmount("--events", "how many, e.g. --events 1000000", values.events),
    minutes: readAmount("--minutes", "how long, e.g. --minutes 10", values.minutes),
    save: values.save ?? null,
    from: readNumber("--from", values.from),
    window: readAmount("--window", "pending events, e.g. --window 8", values.window),
    duplicates: readAmount("--duplicates", "how many in one history, e.g. --duplicates 1", values.duplicates),
    losses: readAmount("--losses", "how many in one history, e.g. --losses 1", values.losses),
    expiries: readAmount("--expiries", "how many in one history, e.g. --expiries 1", values.expiries),
    whims: readAmount("--whims", "how many in one history, e.g. --whims 1", values.whims),
    states: readAmount("--states", "how many at most, e.g. --states 100000", values.states),
    within: readAmount("--within", "seconds, e.g. --within 30; 0 = never", values.within),
  };
}

function parse(argv: readonly string[]) {
  const args = argv.map((text, at) => {
    if (text === "--audio" && !/^(?:yes|no)$/.test(argv[at + 1] ?? "")) return "--audio=yes";
    return /^-[0-9]/.test(text) ? hidden + text : text;
  });
  try {
    const parsed = parseArgs({ args, options, allowPositionals: true });
    for (const [option, value] of Object.entries(parsed.values))
      if (typeof value === "string") Reflect.set(parsed.values, option, value.replace(hidden, ""));
    return parsed;
  } catch (error) {
    const [message = ""] = (error instanceof Error ? error.message : String(error)).split(". ");
    throw wrongUsage(`${message.replaceAll(hidden, "")} — see \`offhook help\``);
  }
}

/** The number of an event. */
function readNumber(option: string, text: string | undefined): number | null {
  return text === undefined ? null : readCount(option, `the number of an event, e.g. ${option} 120`, text);
}

function readAmount(option: string, what: string, text: string | undefined): number | null {
  return text === undefined ? null : readCount(option, what, text);
}

function readCount(option: string, what: string, text: string): number {
  if (!/^[0-9]{1,15}$/.test(text)) throw wrongUsage(`${option} ${text}: write ${what}`);
  return Number(text);
}

/** The only argument of a command that has one, empty for one that has none. Refuses another number of them. */
export function count(args: Arguments, wanted: number, usage: string): string {
  if (args.args.length !== wanted) throw wrongUsage(`write: offhook ${args.command} ${usage}`.trimEnd());
  return args.args[0] ?? "";
}
