import { existsSync, readFileSync, watch } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { freePorts } from "./free-ports.ts";
import { Program } from "./program.ts";
import type { Scratch } from "./scratch.ts";
import { Bell, until } from "./until.ts";

export interface SippOptions {
  /** Path of the scenario, or the name of one of SIPp's own (`uac`, `uas`). */
  readonly scenario: string;
  /** `ADDRESS:PORT` to call; null for a scenario that waits to be called. */
  readonly target: string | null;
  /** User part called (`[service]` in the scenario). */
  readonly service?: string;
  readonly calls?: number;
  readonly port?: number;
  /** SIPp gives up after this time. */
  readonly seconds?: number;
  readonly args?: readonly string[];
  /** What stands for `{name}` in the scenario, where SIPp itself takes no variable. */
  readonly fill?: Readonly<Record<string, string>>;
  /** Files the scenario names, put into its working folder. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

/** One message of SIPp's trace. */
export interface TracedMessage {
  readonly direction: "sent" | "received";
  /** `INVITE`, `CANCEL` … for a request, `180` … for a response. */
  readonly what: string;
  /** The CSeq's method: `487` to INVITE and `200` to CANCEL are told apart by it. */
  readonly method: string;
  /** Seconds since the epoch. */
  readonly at: number;
  readonly text: string;
}

/** SIPp with a scenario: what it sent and got is in its trace, in order. */
export class Sipp {
  readonly port: number;
  readonly program: Program;
  readonly #trace: string;

  private constructor(program: Program, port: number, trace: string) {
    this.program = program;
    this.port = port;
    this.#trace = trace;
  }

  static async start(scratch: Scratch, options: SippOptions): Promise<Sipp> {
    const folder = await scratch.folder("sipp");
    const port = options.port ?? (await freePorts(1));
    const trace = join(folder, "messages.log");
    for (const [name, octets] of Object.entries(options.files ?? {})) await writeFile(join(folder, name), octets);
    const own = options.scenario === "uac" || options.scenario === "uas";
    const scenario = own ? options.scenario : await filled(options, folder);
    const args = [
      ...[own ? "-sn" : "-sf", scenario],
      ...(options.target === null ? [] : [options.target]),
      ...(options.service === undefined ? [] : ["-s", options.service]),
      ...["-i", "127.0.0.1", "-p", `${port}`, "-mi", "127.0.0.1", "-m", `${options.calls ?? 1}`],
      ...["-timeout", `${options.seconds ?? 30}`, "-timeout_error", "-nostdin"],
      ...["-trace_msg", "-message_file", trace, "-trace_err", "-error_file", join(folder, "errors.log")],
      ...(options.args ?? []),
    ];
    const program = new Program({
      name: `sipp ${options.scenario}`,
      command: "sipp",
      args,
      cwd: folder,
      env: { TERM: "dumb" },
    });
    scratch.atEnd(() => program.stop());
    return new Sipp(program, port, trace);
  }

  /** Resolves when the scenario is over; rejects with its messages unless every call went as written. */
  async succeeds(deadlineMs = 40_000): Promise<readonly TracedMessage[]> {
    const code = await this.program.ends(deadlineMs);
    if (code === 0) return this.messages();
    const messages = this.messages().map((message) => message.text);
    throw new Error(`${this.program.name} failed (${code})\n${messages.join("\n----\n")}\n${this.program.tail(1500)}`);
  }

  /** Resolves when it has got such a message. */
  async received(what: string, deadlineMs: number): Promise<void> {
    const traced = new Bell();
    const watcher = watch(dirname(this.#trace), () => traced.ring());
    try {
      const wait = { what: `${this.program.name} gets ${what}`, deadlineMs, evidence: () => this.ladder().join("\n") };
      await until(traced, wait, () =>
        this.messages().some((message) => message.direction === "received" && message.what === what),
      );
    } finally {
      watcher.close();
    }
  }

  messages(): readonly TracedMessage[] {
    return existsSync(this.#trace) ? readTrace(readFileSync(this.#trace, "latin1")) : [];
  }

  /** The trace as a line a message, e.g. `> INVITE`, `< 180 INVITE`. */
  ladder(): readonly string[] {
    return this.messages().map(rung);
  }
}

/** The scenario with its blanks filled, in the working folder. */
async function filled(options: SippOptions, folder: string): Promise<string> {
  const path = join(folder, basename(options.scenario));
  const text = await readFile(options.scenario, "utf8");
  await writeFile(
    path,
    text.replace(/\{(\w+)\}/g, (whole, name: string) => options.fill?.[name] ?? whole),
  );
  return path;
}

/** `> INVITE` for a request sent, `< 180 INVITE` for a response received. */
export function rung(message: TracedMessage): string {
  const arrow = message.direction === "sent" ? ">" : "<";
  return message.what === message.method ? `${arrow} ${message.what}` : `${arrow} ${message.what} ${message.method}`;
}

/** The value of a header field of a message, null when there is none. */
export function header(message: TracedMessage, name: string): string | null {
  return new RegExp(`^${name}[ \\t]*:[ \\t]*(.*?)\\r?$`, "im").exec(message.text)?.[1] ?? null;
}

function readTrace(text: string): TracedMessage[] {
  const messages: TracedMessage[] = [];
  for (const block of text.split(/^-{20,} /m)) {
    const match = /^(\S+ \S+)\s*\n\w+ message (sent|received)\b.*\n\n([\s\S]*)$/.exec(block);
    const [, stamp, direction, body] = match ?? [];
    if (stamp === undefined || body === undefined) continue;
    const first = /^(?:SIP\/2\.0 (\d{3})|([A-Z]+) )/.exec(body);
    const what = first?.[1] ?? first?.[2] ?? "";
    const method = /^CSeq[ \t]*:[ \t]*\d+[ \t]+(\w+)/im.exec(body)?.[1] ?? "";
    const at = Date.parse(stamp.replace(" ", "T").slice(0, 26)) / 1000;
    messages.push({ direction: direction === "sent" ? "sent" : "received", what, method, at, text: body });
  }
  return messages;
}
