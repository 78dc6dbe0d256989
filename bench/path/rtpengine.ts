import { type ChildProcess, spawn } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import type { CodecName, Relay } from "./relay.ts";
import { payloadTypes } from "./relay.ts";
import { FIRST_PORT, type Target } from "./traffic.ts";

const CONTROL_PORT = 22_230;
const PATIENCE_MS = 1000;

type Word = string | number | readonly Word[] | { readonly [key: string]: Word };

/** Debian's rtpengine without its kernel module, with its own defaults otherwise. */
export class Rtpengine implements Relay {
  readonly name = "rtpengine";
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #socket: Socket;
  #cookie = 0;
  #call = 0;

  private constructor(process: ChildProcess, folder: string, socket: Socket) {
    this.#process = process;
    this.#folder = folder;
    this.#socket = socket;
  }

  static async start(): Promise<Rtpengine> {
    const folder = mkdtempSync(join(tmpdir(), "offhook-rtpengine-"));
    const control = `--listen-ng=127.0.0.1:${CONTROL_PORT}`;
    const ports = ["--port-min=32000", "--port-max=34000", "--interface=127.0.0.1", control];
    const quiet = ["--foreground", "--log-stderr", "--log-level=3", `--pidfile=${join(folder, "pid")}`];
    const program = spawn("rtpengine", ["--table=-1", ...ports, ...quiet], { stdio: "ignore" });
    const socket = createSocket("udp4");
    const relay = new Rtpengine(program, folder, socket);
    for (let tries = 0; (await relay.#ask({ command: "ping" })) === null; tries++)
      if (tries === 10 || program.exitCode !== null) throw new Error("rtpengine does not answer");
    return relay;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Offer and answer of one call between sockets 2n and 2n + 1; where each of them sends. */
  async connect(pair: number, a: CodecName, b: CodecName): Promise<readonly [Target, Target]> {
    this.#call++;
    const call = { "call-id": `call-${this.#call}`, "from-tag": "a", ICE: "remove" };
    const replace = ["origin", "session-connection"];
    const codec: Word = a === b ? {} : { codec: { transcode: [b], mask: [a] } };
    const toB = await this.#portOf({ command: "offer", ...call, ...codec, replace, sdp: sdp(2 * pair, a) });
    const answer = { command: "answer", ...call, "to-tag": "b", replace, sdp: sdp(2 * pair + 1, b) };
    const toA = await this.#portOf(answer);
    return [
      { port: toA, payloadType: payloadTypes[a] },
      { port: toB, payloadType: payloadTypes[b] },
    ];
  }

  async disconnect(): Promise<void> {
    for (; this.#call > 0; this.#call--)
      await this.#ask({ command: "delete", "call-id": `call-${this.#call}`, "from-tag": "a", "delete delay": 0 });
  }

  async close(): Promise<void> {
    const gone = once(this.#process, "close");
    this.#process.kill("SIGTERM");
    await gone;
    this.#socket.close();
    rmSync(this.#folder, { recursive: true });
  }

  /** The port of the SDP that comes back: where the other side of the call is to send. */
  async #portOf(question: Word): Promise<number> {
    const answer = await this.#ask(question);
    const port = /m=audio (\d+) /.exec(answer ?? "")?.[1];
    if (port === undefined) throw new Error(`rtpengine: ${answer ?? "no answer"}`);
    return Number(port);
  }

  /** The answer as it comes, in bencode; null when none comes in time. */
  async #ask(question: Word): Promise<string | null> {
    const cookie = `c${this.#cookie++} `;
    const giveUp = new AbortController();
    const answer = once(this.#socket, "message", { signal: giveUp.signal }).catch(() => null);
    this.#socket.send(cookie + bencode(question), CONTROL_PORT, "127.0.0.1");
    const timer = after(PATIENCE_MS, null, { ref: false }).then(() => giveUp.abort());
    void timer;
    const words = await answer;
    return words === null ? null : String(words[0]);
  }
}

function bencode(word: Word): string {
  if (typeof word === "number") return `i${word}e`;
  if (typeof word === "string") return `${Buffer.byteLength(word)}:${word}`;
  if (Array.isArray(word)) return `l${word.map(bencode).join("")}e`;
  const pairs = Object.entries(word).map(([key, value]) => bencode(key) + bencode(value));
  return `d${pairs.join("")}e`;
}

function sdp(socket: number, codec: CodecName): string {
  const media = `m=audio ${FIRST_PORT + 4 * socket} RTP/AVP ${payloadTypes[codec]}`;
  const lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", media, "a=sendrecv", ""];
  return lines.join("\r\n");
}
