import type { EmulatedDevices, PhoneReport } from "../emulator/contract.ts";
import type { Gateway } from "../gateway-contract.ts";
import type { CallId, DeviceName } from "../message/name.ts";
import { instant } from "../message/units.ts";
import { type Command, ofEmulator, ofGateway } from "./command.ts";
import { eventsCommand } from "./events.ts";
import { fileCommands } from "./files.ts";
import { freezeCommands, onceItMoves } from "./freeze.ts";
import { readPhoneAction, verbs } from "./phone-action.ts";
import { refused, wrongUsage } from "./refusal.ts";
import { statusOf } from "./status.ts";
import { readTrouble, troubleArgs } from "./trouble.ts";

/** Asking, acting, and the answer to an act. */
export interface Done {
  readonly done: string;
}

function look(name: string, help: string, run: (gateway: Gateway) => unknown): Command {
  return { name, args: "", help, least: 0, most: 0, run: ofGateway(run) };
}

/** The one command table. */
export const commands: readonly Command[] = [
  look("status", "how the gateway is", statusOf),
  look("calls", "the calls that are up", (gateway) => gateway.view().calls),
  look("lines", "the SIP accounts", (gateway) => gateway.view().lines),
  look("phones", "handsets and ports", (gateway) => gateway.view().phones),
  look("log", "the calls that were", (gateway) => gateway.view().log),
  {
    name: "book",
    args: "[list | add NAME NUMBER… | remove ID]",
    help: "the phone book",
    least: 0,
    most: 18,
    run: ofGateway(book),
  },
  {
    name: "phone",
    args: "NAME ACTION …",
    help: `act at an emulated phone: ${Object.keys(verbs).join(", ")}`,
    least: 2,
    most: 66,
    run: ofEmulator(actAtPhone),
  },
  { name: "unplug", args: "DEVICE", help: "unplug an emulated device", least: 1, most: 1, run: ofEmulator(unplug) },
  { name: "plug", args: "DEVICE", help: "plug it in again", least: 1, most: 1, run: ofEmulator(plug) },
  {
    name: "trouble",
    args: troubleArgs,
    help: "let it stall, babble … on its bus, once",
    least: 2,
    most: 3,
    run: ofEmulator(trouble),
  },
  look("journal", "write the flight recording now, and name its file", (gateway) => ({ journal: gateway.journal() })),
  { name: "hangup", args: "CALL", help: "end a call", least: 1, most: 1, run: ofGateway(hangUp) },
  ...freezeCommands,
  ...fileCommands,
  eventsCommand,
];

/** The command of that name with its arguments counted. @throws Refusal `usage` */
export function commandFor(name: string, args: readonly string[]): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) throw wrongUsage(`there is no command "${name.slice(0, 40)}" — see \`offhook help\``);
  if (args.length < command.least || args.length > command.most)
    throw wrongUsage(`write: offhook ${command.name} ${command.args}`);
  return command;
}

function book(gateway: Gateway, args: readonly string[]): unknown {
  const [verb = "list", ...rest] = args;
  if (verb === "list" && rest.length === 0) return gateway.view().contacts;
  if (verb === "add") return addContact(gateway, rest);
  if (verb === "remove" && rest.length === 1) return removeContact(gateway, rest[0] ?? "");
  throw wrongUsage("write: offhook book [list | add NAME NUMBER… | remove ID]");
}

function addContact(gateway: Gateway, [name, ...numbers]: readonly string[]): Done {
  if (name === undefined || numbers.length === 0) throw wrongUsage("write: offhook book add NAME NUMBER…");
  if (!/^[^\p{Cc}]{1,64}$/u.test(name)) throw wrongUsage(`book: the name has to have 1 to 64 characters, on one line`);
  const bad = numbers.find((number) => !/^\+?[A-Za-z0-9*#._-]{1,32}$/.test(number));
  if (bad !== undefined)
    throw wrongUsage(`book: "${bad.slice(0, 40)}" is no number — write it as it calls, e.g. 0301234567 or alice`);
  gateway.post({ world: "admin", kind: "addContact", at: instant(gateway.now()), name, numbers });
  return saved(gateway, `${name} is in the phone book`);
}

function removeContact(gateway: Gateway, text: string): Done {
  const number = /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
  const contact = gateway.view().contacts.find(({ id }) => id === number);
  if (contact === undefined) throw refused(`book: there is no entry ${text.slice(0, 40)} — see \`offhook book\``);
  gateway.post({ world: "admin", kind: "removeContact", at: instant(gateway.now()), id: contact.id });
  return saved(gateway, `${contact.name} is no longer in the phone book`);
}

/** @throws Refusal when it is done in memory only, because the book can not be saved at present */
function saved(gateway: Gateway, done: string): Done {
  const { book } = gateway.view().unsaved;
  if (book === null) return { done: onceItMoves(gateway, done) };
  throw refused(`${done}, but that is not saved (${book}) — mend the data directory; it is then saved by itself`);
}

async function actAtPhone(emulator: EmulatedDevices, args: readonly string[]): Promise<PhoneReport> {
  const [name = "", ...words] = args;
  const action = readPhoneAction(words);
  const phone = emulator.phones.find((candidate) => candidate === name);
  const person = phone === undefined ? null : emulator.person(phone);
  if (person === null)
    throw refused(`phone: there is no emulated ${name.slice(0, 40)} — one of ${emulator.phones.join(", ")}`);
  return person.act(action).catch((error: unknown) => {
    throw refused(`phone ${name}: ${sentence(error)}`);
  });
}

function deviceOf(text: string): DeviceName {
  const match = /^(base|dongle):([1-9][0-9]{0,2})$/.exec(text);
  if (match === null) throw wrongUsage(`"${text.slice(0, 40)}" is no device — write e.g. base:1 or dongle:1`);
  return `${match[1] === "base" ? "base" : "dongle"}:${Number(match[2])}`;
}

async function unplug(emulator: EmulatedDevices, [text = ""]: readonly string[]): Promise<Done> {
  const device = deviceOf(text);
  await emulator.unplug(device).catch(refuse);
  return { done: `${device} is unplugged` };
}

async function plug(emulator: EmulatedDevices, [text = ""]: readonly string[]): Promise<Done> {
  const device = deviceOf(text);
  await emulator.plug(device).catch(refuse);
  return { done: `${device} is plugged in` };
}

async function trouble(emulator: EmulatedDevices, [text = "", ...words]: readonly string[]): Promise<Done> {
  const device = deviceOf(text);
  const wanted = readTrouble(words);
  await emulator.trouble(device, wanted).catch(refuse);
  return { done: `${device} has trouble: ${wanted.kind}` };
}

function hangUp(gateway: Gateway, [text = ""]: readonly string[]): Done {
  const wanted: string = /^[0-9]+$/.test(text) ? `call:${text}` : text;
  const call: CallId | undefined = gateway.view().calls.find((candidate) => candidate.call === wanted)?.call;
  if (call === undefined) throw refused(`there is no call ${text.slice(0, 40)} — see \`offhook calls\``);
  gateway.post({ world: "admin", kind: "hangUp", at: instant(gateway.now()), call });
  return { done: onceItMoves(gateway, `${call} is being ended`) };
}

function refuse(error: unknown): never {
  throw refused(sentence(error));
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
