import { commands } from "../commands.ts";
import { verbs } from "../phone-action.ts";
import { version } from "../version.ts";

/** Commands that need no gateway. */
const own: readonly (readonly [usage: string, help: string])[] = [
  ["start [--config FILE] [--data DIR] [--emulate] [--verbose]", "run the gateway; without a config an emulated one"],
  ["supervise [--within SECONDS] -- start …", "run it again when it ends, or is silent for so long (30)"],
  ["check CONFIG", "validate a configuration: every fault, with the way out"],
  ["codec check FILE.wasm", "try a codec for the gateway: what it does, what it costs, what it may not"],
  ["config", "print the embedded default configuration"],
  ["replay JOURNAL… [--until N] [--break N]", "replay a flight recording and compare every command"],
  ["replay JOURNAL… --step [--call ID] [--watch NAME]", "walk it forward and back (docs/debugging.md)"],
  [
    "simulate [--seed N] [--runs M] [--events E | --minutes T] [--calls K] [--save FILE]",
    "many houses in no time, trouble of all kinds: is a rule broken?",
  ],
  [
    "explore JOURNAL… [--from N] [--window K] [--save FILE]",
    "what if the next events had come in another order: is a rule broken? (docs/simulation.md)",
  ],
  [
    "trace CALL [--journal FILE | --capsule FILE] [--svg FILE | --hep HOST:PORT]",
    "one call as a picture: phone | gateway | provider",
  ],
  ["capsule CALL FILE [--journal FILE] [--audio]", "one call under pseudonyms, for whoever is to replay it"],
  ["device --serve [--listen ADDR:PORT]", "offer emulated devices by USB/IP (127.0.0.1:3240)"],
  ["device --attach ADDR:PORT [BUSID …] [--keep]", "plug them into this Linux machine; --keep: again and again"],
  ["device --detach [PORT …]", "unplug them"],
  ["help, version", ""],
];

/** `offhook help`. */
export function help(name: string): string {
  const asked = commands.map((command): readonly [string, string] => [
    `${command.name} ${command.args}`.trimEnd(),
    command.name === "phone" ? "act as the person at an emulated phone (below)" : command.help,
  ]);
  const actions = Object.entries(verbs).map(([verb, { args, help }]): readonly [string, string] => [
    `${verb} ${args}`.trimEnd(),
    help,
  ]);
  return [
    `Offhook ${version}: a telephone exchange in a router, SIP <-> (DECT | FXS).`,
    "",
    `  ${name} COMMAND … [--json] [--data DIR]`,
    "",
    columns(own),
    "",
    "Ask or tell the gateway that runs in DIR ($OFFHOOK_DATA, or ./data):",
    columns(asked),
    "",
    "NAME is handset:1, port:1 …; ACTION is one of",
    columns(actions),
    "",
    "Exit code: 0 done, 1 refused or failed (a sentence says why), 2 wrong usage.",
  ].join("\n");
}

function columns(rows: readonly (readonly [string, string])[]): string {
  return rows
    .map(([usage, text]) =>
      usage.length > 38 ? `  ${usage}\n${" ".repeat(42)}${text}` : `  ${usage.padEnd(38)}  ${text}`.trimEnd(),
    )
    .join("\n");
}
