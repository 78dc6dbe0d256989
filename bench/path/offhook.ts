import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { unitEnvironment } from "../../src/build/units.mjs";
import type { VoiceCommand } from "../../src/message/voice.ts";
import type { PriorityChoice, VoiceStatus } from "../../src/voice/contract.ts";
import { type CodecName, payloadTypes, type Relay } from "./relay.ts";
import { FIRST_PORT, type Target } from "./traffic.ts";

const root = join(import.meta.dirname, "../..");

/** Our voice path in a process of its own, on one of its edges. */
export class Offhook implements Relay {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #ports: readonly number[];
  readonly #folder: string;
  #open = 0;

  private constructor(name: string, process: ChildProcess, ports: readonly number[], folder: string) {
    this.name = name;
    this.#process = process;
    this.#ports = ports;
    this.#folder = folder;
  }

  /** `script`: the process, or one that imports it. */
  static async start(
    edge: "batched" | "dgram",
    streams: number,
    priority: PriorityChoice = "nice",
    script = join(import.meta.dirname, "voice-process.ts"),
  ): Promise<Offhook> {
    const folder = mkdtempSync(join(tmpdir(), "offhook-voice-"));
    const program = join(folder, "voice-process.mjs");
    await build({
      entryPoints: [script],
      outfile: program,
      bundle: true,
      format: "esm",
      platform: "node",
      minify: true,
      banner: { js: 'import{createRequire as r}from"node:module";const require=r(import.meta.url);' },
      define: { __dirname: JSON.stringify(join(root, "dist")) },
      external: ["koffi", "@napi-rs/nice"],
    });
    const dist = pathToFileURL(join(root, "dist/index.js")).href;
    // As the services start it.
    const env = { ...process.env, ...unitEnvironment };
    const child = fork(program, [edge, String(streams), dist, priority], { execArgv: flagsOf(edge), env });
    const ready = await Promise.race([once(child, "message"), once(child, "exit").then(() => null)]);
    if (ready === null) throw new Error("the voice path did not start");
    const [{ ports }] = ready as [{ ports: number[] }]; // What voice-process.ts sends first.
    return new Offhook(`offhook ${edge}`, child, ports, folder);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  async connect(pair: number, a: CodecName, b: CodecName): Promise<readonly [Target, Target]> {
    this.#openStream(2 * pair, a);
    this.#openStream(2 * pair + 1, b);
    this.#perform({ world: "voice", kind: "join", a: `rtp:${2 * pair}`, b: `rtp:${2 * pair + 1}` });
    await this.status();
    return [
      { port: this.#ports[2 * pair] ?? 0, payloadType: payloadTypes[a] },
      { port: this.#ports[2 * pair + 1] ?? 0, payloadType: payloadTypes[b] },
    ];
  }

  async disconnect(): Promise<void> {
    for (; this.#open > 0; this.#open--)
      this.#perform({ world: "voice", kind: "close", endpoint: `rtp:${this.#open - 1}` });
    await this.status();
  }

  /** Answered after all that was told before. */
  async status(): Promise<VoiceStatus> {
    const { status } = (await this.ask("status")) as { status: VoiceStatus }; // its only answer
    return status;
  }

  /** What the script answers to a word. */
  async ask(word: string): Promise<unknown> {
    this.#process.send(word);
    const [answer] = await once(this.#process, "message");
    return answer;
  }

  async close(): Promise<void> {
    const gone = once(this.#process, "exit");
    this.#process.disconnect();
    await gone;
    rmSync(this.#folder, { recursive: true });
  }

  #openStream(stream: number, codec: CodecName): void {
    this.#open = Math.max(this.#open, stream + 1);
    const remote = { address: "127.0.0.1", port: FIRST_PORT + 4 * stream };
    const payload = { format: codec, payloadType: payloadTypes[codec], eventPayloadType: null };
    const endpoint = `rtp:${stream}` as const;
    this.#perform({ world: "voice", kind: "openRtp", endpoint, remote, ...payload, direction: "sendrecv" });
  }

  #perform(command: VoiceCommand): void {
    this.#process.send(command);
  }
}

/** `OFFHOOK_PROFILE=DIR` writes a processor profile of each thread there. */
function flagsOf(edge: string): string[] {
  const { OFFHOOK_PROFILE } = process.env;
  return OFFHOOK_PROFILE === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${OFFHOOK_PROFILE}/${edge}`];
}
