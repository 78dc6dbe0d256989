import type { PhoneAction } from "../emulator/contract.ts";
import { wrongUsage } from "./refusal.ts";

/** A thing to do at an emulated phone, as it is typed. */
interface Verb {
  readonly args: string;
  readonly help: string;
  /** The first argument is a file: whoever types it makes it absolute. */
  readonly file?: true;
  /** Null: these arguments make no sense. */
  read(args: readonly string[]): PhoneAction | null;
}

function plain(
  kind: "offhook" | "onhook" | "flash" | "hush" | "stopRecording" | "away" | "back" | "display",
  help: string,
): Verb {
  return { args: "", help, read: (args) => (args.length === 0 ? { kind } : null) };
}

const keySyntax = /^[0-9*#A-DR]{1,64}$/;

function keysOf(args: readonly string[]): string | null {
  const keys = args.join("").toUpperCase();
  return keySyntax.test(keys) ? keys : null;
}

function amount(text: string | undefined, min: number, max: number): number | null {
  if (text === undefined || !/^-?[0-9]{1,9}(?:\.[0-9]{1,6})?$/.test(text)) return null;
  const value = Number(text);
  return value >= min && value <= max ? value : null;
}

function file(kind: "say" | "record", help: string): Verb {
  return {
    args: "FILE.wav",
    help,
    file: true,
    read: ([path, ...rest]) => (path !== undefined && path !== "" && rest.length === 0 ? { kind, file: path } : null),
  };
}

function readHum([hz, level = "-10", duration, ...rest]: readonly string[]): PhoneAction | null {
  const frequencyHz = amount(hz, 20, 3900);
  const levelDbm0 = amount(level, -70, 3);
  const ms = duration === undefined ? null : amount(duration, 1, 3_600_000);
  if (frequencyHz === null || levelDbm0 === null || rest.length > 0) return null;
  return duration !== undefined && ms === null ? null : { kind: "hum", frequencyHz, levelDbm0, ms };
}

/** Every action of `offhook phone NAME ACTION`. */
export const verbs: Readonly<Record<string, Verb>> = {
  offhook: plain("offhook", "lifts the handset, or answers"),
  onhook: plain("onhook", "hangs up"),
  press: {
    args: "KEYS",
    help: "presses keys: 0-9 * # A-D, R = register recall",
    read(args) {
      const keys = keysOf(args);
      return keys === null ? null : { kind: "press", keys };
    },
  },
  dial: {
    args: "NUMBER",
    help: "lifts, waits for the dial tone and dials",
    read(args) {
      const number = keysOf(args);
      return number === null ? null : { kind: "dial", number };
    },
  },
  flash: plain("flash", "presses the flash (R) key"),
  say: file("say", "speaks a WAV file (8 or 16 kHz, 16 bit, mono)"),
  hum: { args: "HZ [DBM0] [MS]", help: "speaks a sine, until `hush` without MS", read: readHum },
  hush: plain("hush", "stops speaking"),
  record: file("record", "writes what is heard to a WAV file, until on-hook"),
  "stop-recording": plain("stopRecording", "closes the recording"),
  away: plain("away", "goes out of radio range, or out of the socket"),
  back: plain("back", "comes back"),
  "alert-after": {
    args: "MS",
    help: "a handset that alerts late",
    read([text, ...rest]) {
      const ms = amount(text, 0, 60_000);
      return ms === null || rest.length > 0 ? null : { kind: "alertAfter", ms };
    },
  },
  busy: {
    args: "on|off",
    help: "a handset that answers calls by busy",
    read: ([word, ...rest]) =>
      (word === "on" || word === "off") && rest.length === 0 ? { kind: "busy", on: word === "on" } : null,
  },
  display: plain("display", "what the phone shows, and what is heard"),
};

/**
 * Reads `ACTION …` as typed.
 * @throws Refusal `usage`
 */
export function readPhoneAction(words: readonly string[]): PhoneAction {
  const [name = "", ...args] = words;
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (verb === undefined)
    throw wrongUsage(`phone: there is no action "${name.slice(0, 40)}" — one of ${Object.keys(verbs).join(", ")}`);
  const action = verb.read(args);
  if (action === null)
    throw wrongUsage(`phone: ${name} ${args.join(" ").slice(0, 80)} — write: ${name} ${verb.args} (${verb.help})`);
  return action;
}
