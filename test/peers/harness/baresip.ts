import { type FSWatcher, watch } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { freePorts } from "./free-ports.ts";
import { NetstringReader, netstring } from "./netstring.ts";
import { Program } from "./program.ts";
import type { Scratch } from "./scratch.ts";
import { Bell, until } from "./until.ts";
import { readWav, type Sound, writeWav } from "./wav.ts";

export interface BaresipOptions {
  /** User part of its address, e.g. `700`. */
  readonly user: string;
  readonly displayName?: string;
  /** What it says, over and over for as long as a test lasts. */
  readonly says: Sound;
  readonly answer: "auto" | "manual";
  readonly codec?: "PCMU" | "PCMA";
  /** SIP port; a free one when not given. */
  readonly port?: number;
  /** Further account parameters, e.g. `;regint=60;auth_user=x`. */
  readonly account?: string;
  /** Domain of its address of record when it is not the one of its own socket. */
  readonly domain?: string;
}

export interface BaresipEvent {
  readonly type: string;
  readonly param: string;
  readonly peeruri: string;
}

interface ControlMessage extends Partial<BaresipEvent> {
  readonly event?: boolean;
}

/** A real softphone: baresip 1.0.0 as Debian builds it, driven through its control socket, heard through its recordings. */
export class Baresip {
  readonly events: BaresipEvent[] = [];
  readonly changed = new Bell();
  readonly uri: string;

  readonly port: number;
  readonly #program: Program;
  readonly #folder: string;
  readonly #socket: Socket;
  #commands = 0;

  private constructor(program: Program, folder: string, socket: Socket, uri: string, port: number) {
    this.#program = program;
    this.#folder = folder;
    this.#socket = socket;
    this.uri = uri;
    this.port = port;
    const reader = new NetstringReader();
    socket.on("data", (data: Buffer) => {
      for (const text of reader.take(data)) this.#take(text);
    });
    socket.on("error", () => this.changed.ring());
  }

  static async start(scratch: Scratch, options: BaresipOptions): Promise<Baresip> {
    const folder = await scratch.folder(`baresip-${options.user}`);
    // baresip binds its TLS transport one port above the UDP one, whether it is used or not.
    const sipPort = options.port ?? (await freePorts(2));
    const controlPort = await freePorts(1);
    const uri = `sip:${options.user}@127.0.0.1:${sipPort}`;
    await configure(folder, options, sipPort, controlPort);
    const program = new Program({ name: `baresip ${options.user}`, command: "baresip", args: ["-f", folder] });
    scratch.atEnd(() => program.stop());
    await program.says(/baresip is ready/, 10_000);
    const socket = connect(controlPort, "127.0.0.1");
    scratch.atEnd(() => {
      socket.destroy();
    });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new Baresip(program, folder, socket, uri, sipPort);
  }

  get pid(): number {
    return this.#program.pid;
  }

  dial(uri: string): void {
    this.#command("dial", uri);
  }

  answer(): void {
    this.#command("accept");
  }

  /** Ends the call, or refuses the one that comes in (486). */
  hangUp(): void {
    this.#command("hangup");
  }

  hold(): void {
    this.#command("hold");
  }

  resume(): void {
    this.#command("resume");
  }

  /** Presses a key in a call (RFC 4733 telephone-event). */
  press(key: string): void {
    this.#command("sndcode", key);
  }

  /** Resolves at the first event of that type since `since` (a length of `events`). */
  until(type: string, deadlineMs = 5000, since = 0): Promise<BaresipEvent> {
    const wait = { what: `baresip ${this.uri} ${type}`, deadlineMs, evidence: () => this.evidence() };
    return until(this.changed, wait, () => this.events.slice(since).find((event) => event.type === type));
  }

  /** What it has heard in its latest call. */
  async heard(): Promise<Sound> {
    const file = await this.#recording();
    return file === null ? { rateHz: 8000, samples: new Int16Array() } : readWav(file);
  }

  /** Resolves once it has heard that much sound in its latest call: the sound itself is the clock. */
  async hasHeard(ms: number, deadlineMs = ms + 5000): Promise<Sound> {
    const grown = new Bell();
    const watcher: FSWatcher = watch(this.#folder, () => grown.ring());
    const stopRinging = this.changed.listen(() => grown.ring());
    let sound = await this.heard();
    const look = () => {
      void this.heard().then((now) => {
        sound = now;
      });
      return sound.samples.length >= ms * 8 ? sound : null;
    };
    try {
      const wait = { what: `baresip ${this.uri} hears ${ms} ms`, deadlineMs, evidence: () => this.evidence() };
      return await until(grown, wait, look);
    } finally {
      watcher.close();
      stopRinging();
    }
  }

  evidence(): string {
    const events = this.events.map((event) => `${event.type} ${event.peeruri} ${event.param}`);
    return `${this.#program.tail()}\n${events.join("\n")}`;
  }

  async #recording(): Promise<string | null> {
    const names = (await readdir(this.#folder)).filter((name) => /^dump-.*-dec\.wav$/.test(name)).sort();
    const latest = names.at(-1);
    return latest === undefined ? null : join(this.#folder, latest);
  }

  #command(command: string, params = ""): void {
    this.#socket.write(netstring(JSON.stringify({ command, params, token: `${++this.#commands}` })));
  }

  #take(text: string): void {
    const message = JSON.parse(text) as ControlMessage; // baresip is the trusted side of this test
    if (message.event === true)
      this.events.push({ type: message.type ?? "", param: message.param ?? "", peeruri: message.peeruri ?? "" });
    this.changed.ring();
  }
}

async function configure(folder: string, options: BaresipOptions, sipPort: number, controlPort: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeWav(join(folder, "says.wav"), options.says);
  await writeFile(join(folder, "contacts"), "");
  const domain = options.domain ?? `127.0.0.1:${sipPort}`;
  const parameters = `;answermode=${options.answer};audio_codecs=${options.codec ?? "PCMU"}${options.account ?? ";regint=0"}`;
  const name = options.displayName === undefined ? "" : `"${options.displayName}" `;
  await writeFile(join(folder, "accounts"), `${name}<sip:${options.user}@${domain}>${parameters}\n`);
  const lines = [
    `sip_listen 127.0.0.1:${sipPort}`,
    "net_interface 127.0.0.1",
    "rtp_ports 40000-59998",
    "rtp_stats yes",
    "call_max_calls 32",
    "jitter_buffer_type fixed",
    "jitter_buffer_delay 2-5",
    `audio_source aufile,${join(folder, "says.wav")}`,
    // A bridge without a second end swallows what is played; the recording is made before it.
    "audio_player aubridge,nobody",
    "audio_alert aubridge,nobody",
    "statmode_default off",
    "ringback_disabled yes",
    "module_path /usr/lib/baresip/modules",
    "module g711.so",
    "module aufile.so",
    "module aubridge.so",
    "module sndfile.so",
    `snd_path ${folder}`,
    "module_tmp uuid.so",
    "module_tmp account.so",
    "module_app menu.so",
    "module_app ctrl_tcp.so",
    `ctrl_tcp_listen 127.0.0.1:${controlPort}`,
  ];
  await writeFile(join(folder, "config"), `${lines.join("\n")}\n`);
}
