import { resolve } from "node:path";
import type { exploreJournal, JournalExploration } from "../../explore/journal.ts";
import type { Command } from "../../message/command.ts";
import { filesOf } from "../../vendor/recorder/recording.ts";
import { wrongUsage } from "../refusal.ts";
import type { Arguments } from "./arguments.ts";
import { checkOther, save } from "./save.ts";
import { eventWords } from "./step-words.ts";
import { printable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

export const exploreUsage =
  "JOURNAL… [--from N] [--window K] [--duplicates N] [--losses N] [--expiries N] [--whims N] [--states N] [--save FILE]";

type Finding = JournalExploration["findings"][number];
type Happened = Finding["history"][number];

const mostWindow = 24;
const mostLiberties = 8;
const mostStates = 10_000_000;

/** `offhook explore JOURNAL…`: 0 when no order breaks a rule, 1 when one does, or a file is damaged; the shortest history of each is shown, and one saved. */
export async function exploration(
  files: readonly string[],
  args: Arguments,
  terminal: Terminal,
  explore: typeof exploreJournal,
): Promise<number> {
  const { from } = args;
  const paths = files.map((file) => resolve(terminal.cwd, file));
  for (const file of args.save === null ? [] : paths.flatMap(filesOf)) checkOther("--save", args.save, file, terminal);
  const options = {
    from,
    window: within("--window", args.window ?? (from === null ? 5 : 8), mostWindow, 1),
    duplicates: within("--duplicates", args.duplicates ?? 0, mostLiberties),
    losses: within("--losses", args.losses ?? 0, mostLiberties),
    expiries: within("--expiries", args.expiries ?? 0, mostLiberties),
    whims: within("--whims", args.whims ?? 0, mostLiberties),
    states: within("--states", args.states ?? 100_000, mostStates, 1),
  };
  const began = performance.now();
  const found = await explore(paths, options);
  const seconds = (performance.now() - began) / 1000;
  // What was found is told first: it may have taken an hour.
  terminal.out(args.json ? JSON.stringify(asJson(found, seconds)) : show(found, seconds));
  if (found.journal !== null && args.save !== null) {
    await save("--save", args.save, found.journal, terminal);
    if (!args.json) terminal.out(`saved, the first: offhook replay ${args.save} --step`);
  }
  return found.findings.length === 0 && found.damages.length === 0 ? 0 : 1;
}

function within(option: string, value: number, most: number, least = 0): number {
  if (value < least) throw wrongUsage(`${option} ${value}: at least ${least}`);
  if (value > most) throw wrongUsage(`${option} ${value}: at most ${most}`);
  return value;
}

function asJson({ findings, orders, journal: _, ...sums }: JournalExploration, seconds: number): object {
  const found = findings.map(({ failure, after, events, swaps, history, before, numbers }) => ({
    ...failure,
    after,
    events,
    swaps,
    history: history.slice(before).map((it) => ({ ...howOf(it, numbers), event: it.event })),
  }));
  return { orders: String(orders), ...sums, seconds: Number(seconds.toFixed(3)), findings: found };
}

function show(found: JournalExploration, seconds: number): string {
  const { moments, orders, states, runs, apart, met, cutOff, tooFar, damages, differs, foundAfter, findings } = found;
  const where = moments === 1 ? "one moment" : `${moments} moments`;
  return [
    `${where}: ${cutOff > 0 ? "more than " : ""}${orders} orders, ${states} states of the house, ${seconds.toFixed(1)} s`,
    `${runs} histories were run; of the others ${apart} end as one that was (what changed places touched different things), ` +
      `${met} led to a state that was known`,
    ...(cutOff > 0
      ? [`${cutOff} of the moments have more states than --states allows: not every order was tried`]
      : []),
    ...(tooFar > 0
      ? [`${tooFar} more moments were left out: the house had not been quiet for too long before them`]
      : []),
    ...damages.map(({ why }) => printable(why)),
    ...(differs === null ? [] : [`this program does otherwise at event ${differs} than the one that recorded it`]),
    ...(foundAfter === null ? ["no rule was broken"] : [`the first rule was broken after ${foundAfter} histories`]),
    ...findings.flatMap(showFinding),
  ].join("\n");
}

function showFinding({ failure, after, events, swaps, history, before, numbers }: Finding): string[] {
  const started = history.flatMap(({ commands }) => commands.flatMap(timerStart));
  const timers = new Map(started.map((command) => [command.timer, command]));
  return [
    printable(`${failure.rule} is broken: ${[...failure.objects, failure.why].join(" ")}`),
    `  after event ${after} ${events === 1 ? "one event" : `${events} events`}, ${swaps} out of turn:`,
    ...history.slice(before).map((it) => {
      const timer = it.event.world === "timer" ? (timers.get(it.event.timer) ?? null) : null;
      const { n, how } = howOf(it, numbers);
      return printable(`  ${(n === null ? "" : `#${n}`).padStart(7)} ${how.padEnd(9)} ${eventWords(it.event, timer)}`);
    }),
  ];
}

function timerStart(command: Command) {
  return command.world === "timer" && command.kind === "start" ? [command] : [];
}

/** The number it was recorded under, and how it comes here. */
function howOf({ choice, late }: Happened, numbers: readonly number[]): { n: number | null; how: string } {
  if (choice === null) return { n: null, how: "hangs up" };
  if (choice.startsWith("x ")) return { n: null, how: late ? "crosses" : "runs out" };
  if (choice.startsWith("w ")) return { n: null, how: "instead" };
  const n = numbers[Number.parseInt(choice, 10)] ?? null;
  return { n, how: choice.endsWith("+") ? "again" : late ? "late" : "" };
}
