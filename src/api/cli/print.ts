import type { PhoneReport } from "../../emulator/contract.ts";
import type { Fact } from "../../message/notify.ts";
import type { CallRecord, Contact } from "../../message/record.ts";
import type { CallView, LineView, PhoneView } from "../../message/view.ts";
import type { Done } from "../commands.ts";
import { showFact, showIdentity } from "../show-fact.ts";
import type { Status } from "../status.ts";
import { shadowRows } from "./print-shadow.ts";
import {
  clockRows,
  edgeRows,
  lateBecauseOf,
  memoryRows,
  priorityRows,
  qualityRows,
  showQuality,
} from "./print-voice.ts";
import { printable, showDuration, showTime, table } from "./table.ts";

/** A fact with its moment, as `events` gives it. */
export interface ToldFact {
  readonly at: number;
  readonly fact: Fact;
}

/**
 * The answer to a command, for people.
 * `as` throughout: the answers come from the same program's command table.
 */
export function print(command: string, args: readonly string[], result: unknown): string {
  switch (command) {
    case "status":
      return printStatus(result as Status);
    case "calls":
      return printCalls(result as readonly CallView[]);
    case "lines":
      return printLines(result as readonly LineView[]);
    case "phones":
      return printPhones(result as readonly PhoneView[]);
    case "log":
      return printLog(result as readonly CallRecord[]);
    case "events":
      return ((result ?? []) as readonly ToldFact[]).map(printFact).join("\n");
    case "phone":
      return printReport(result as PhoneReport);
    case "book":
      return args.length === 0 || args[0] === "list"
        ? printBook(result as readonly Contact[])
        : printDone(result as Done);
    case "freeze":
      return (result as Done).done.split("\n").map(printable).join("\n");
    default:
      return printDone(result as Done);
  }
}

export function printFact({ at, fact }: ToldFact): string {
  return `${showTime(at)}  ${printable(showFact(fact))}`;
}

function printDone({ done }: Done): string {
  return printable(done);
}

function unsavedRows({ unsaved }: Status): string[][] {
  const rows = [
    ["phone book", unsaved.book],
    ["call log", unsaved.calls],
  ] as const;
  return rows.flatMap(([what, reason]) => (reason === null ? [] : [[what, `NOT SAVED: ${reason}`]]));
}

function frozenRows({ frozen }: Status): string[][] {
  if (frozen === null) return [];
  const { since, forMs, waiting, most } = frozen;
  const wait = `${waiting} events wait, with more than ${most} it goes on by itself`;
  return [["queue", `FROZEN since ${showTime(since)} (${showDuration(forMs)}): ${wait}; \`offhook resume\``]];
}

function hepRows({ hep }: Status): string[][] {
  if (hep === null) return [];
  const { collector, sent, dropped, trouble } = hep;
  return [["HEP", `${collector}, ${sent} sent, ${dropped} dropped${trouble === null ? "" : ` (last: ${trouble})`}`]];
}

function printStatus(status: Status): string {
  const { figures, voiceStatus, memory } = status;
  const count = (states: readonly { readonly state: string }[], bad: string): string =>
    `${states.filter(({ state }) => state !== bad).length} of ${states.length}`;
  const refusals = Object.entries(figures.refused).map(([what, times]) => `${what} ${times}`);
  const rows = [
    ["Offhook", `${status.version}, up ${showDuration(status.upMs)}${status.emulated ? ", with emulated phones" : ""}`],
    ["lines", `${count(status.lines, "failed")} work`],
    ...frozenRows(status),
    ["phones", `${count(status.phones, "absent")} are there`],
    [
      "devices",
      status.devices
        .map(({ device, model, attached }) => `${device} ${model}${attached ? "" : " (gone)"}`)
        .join(", ") || "none",
    ],
    ...unsavedRows(status),
    ["calls", `${status.calls} up, ${status.missed} missed in the log`],
    [
      "voice",
      voiceStatus === null
        ? status.voice
        : `${status.voice}, ${voiceStatus.ticks} ticks, ${voiceStatus.lateTicks} late${lateBecauseOf(voiceStatus)}, p99 ${Math.round(voiceStatus.latenessUs.p99)} µs`,
    ],
    ...edgeRows(voiceStatus),
    ...priorityRows(voiceStatus),
    ...memoryRows(voiceStatus),
    ...qualityRows(voiceStatus),
    ...shadowRows(voiceStatus),
    ...clockRows(voiceStatus),
    [
      "queue",
      `${figures.events} events, delay p99 ${figures.queueDelayMs.p99.toFixed(1)} ms, max ${figures.queueDelayMs.max.toFixed(1)} ms`,
    ],
    ...hepRows(status),
    ["timers", status.timers.map(({ name, owner }) => `${name} of ${owner}`).join(", ") || "none"],
    ["refused", refusals.join(", ") || "nothing"],
    ["faults", String(figures.faults)],
    [
      "memory",
      `${Math.round(memory.rssBytes / 1_048_576)} MB${memory.state === "tight" ? ", TIGHT: new calls are refused" : ""}`,
    ],
  ];
  return table(["", ""], rows, "").replace(/^\s*\n/, "");
}

function printCalls(calls: readonly CallView[]): string {
  const rows = calls.map((call) => [
    call.call,
    call.state,
    showIdentity(call.from),
    showIdentity(call.to),
    call.parties.map(showParty).join(", "),
    showTime(call.startedAt),
  ]);
  return table(["CALL", "STATE", "FROM", "TO", "PARTIES", "SINCE"], rows, "no calls");
}

function showParty({ party, state, endpoint }: CallView["parties"][number]): string {
  return `${party} ${state}${endpoint === null ? "" : ` (${endpoint})`}`;
}

function printLines(lines: readonly LineView[]): string {
  const rows = lines.map(({ line, state, server, detail, calls }) => [line, state, server, String(calls), detail]);
  return table(["LINE", "STATE", "SERVER", "CALLS", "DETAIL"], rows, "no lines — add a [[line]] to the configuration");
}

function printPhones(phones: readonly PhoneView[]): string {
  const rows = phones.map(({ phone, number, name, state, device }) => [number, phone, name, state, device ?? "-"]);
  return table(["NUMBER", "PHONE", "NAME", "STATE", "DEVICE"], rows, "no phones");
}

function printLog(log: readonly CallRecord[]): string {
  const rows = log.map((record) => [
    record.call,
    showTime(record.startedAt),
    record.direction,
    record.result,
    showIdentity(record.from),
    showIdentity(record.to),
    record.answeredBy ?? "-",
    showDuration(record.durationMs),
    showQuality(record.quality),
    record.cause,
  ]);
  return table(
    ["CALL", "STARTED", "DIRECTION", "RESULT", "FROM", "TO", "ANSWERED BY", "DURATION", "HEARD", "CAUSE"],
    rows,
    "no calls yet",
  );
}

function printBook(contacts: readonly Contact[]): string {
  const rows = contacts.map(({ id, name, numbers }) => [String(id), name, numbers.join(", ")]);
  return table(["ID", "NAME", "NUMBERS"], rows, "the phone book is empty — `offhook book add NAME NUMBER`");
}

function printReport(report: PhoneReport): string {
  const { hearing } = report;
  const pitch = hearing.frequencyHz === null ? "" : `, ${Math.round(hearing.frequencyHz)} Hz`;
  const heard =
    hearing.what === "nothing" ? "nothing" : `${hearing.what} (${hearing.levelDbm0.toFixed(1)} dBm0${pitch})`;
  const rows = [
    [
      report.phone,
      `${report.hook}-hook${report.present ? "" : ", away"}${report.ringing ? ", rings" : ""}${report.saying ? ", speaks" : ""}`,
    ],
    ["caller", report.caller === null ? "-" : showIdentity(report.caller)],
    ["display", report.display.join(" | ") || "-"],
    ["hears", heard],
  ];
  return table(["", ""], rows, "").replace(/^\s*\n/, "");
}
