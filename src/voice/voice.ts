/**
 * The host side of the voice path: a pool of one worker with one standing task, the memory both share, and the rings of
 * the USB devices. A worker that dies is replaced; the memory starts from zero then, and every endpoint is closed.
 */
import { access } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import type { Piscina } from "piscina";
import * as layout from "../../assembly/layout.ts";
import type { DeviceVoice } from "../message/device-voice.ts";
import type { Post } from "../message/event.ts";
import type { DeviceName } from "../message/name.ts";
import { ms } from "../message/units.ts";
import type { VoiceCommand } from "../message/voice.ts";
import type { Clock } from "../vendor/clock/clock.ts";
import { type VoiceAssets, voiceAssets } from "./assets.ts";
import { checkOptions } from "./check-options.ts";
import type { FrameMs, RtcpSeen, VoiceHost, VoiceOptions, VoiceStatus } from "./contract.ts";
import { Descriptors } from "./descriptors.ts";
import { DeviceRegistry } from "./device-registry.ts";
import { FilePaths } from "./file-paths.ts";
import { announce, newMailFlag } from "./mailbox.ts";
import { newVoiceMemory, VoiceMap } from "./map.ts";
import type { FromWorker, ToWorker, WorkerStatus, WorkerTask } from "./messages.ts";
import { isOfFiles } from "./messages.ts";
import { noWorker } from "./no-worker.ts";
import type { Refused } from "./refusals.ts";
import { severPorts } from "./severed-ports.ts";
import type { ShadowHost, ShadowParts } from "./shadow/host.ts";
import { type Watchdog, watch } from "./watchdog.ts";
import { openPool } from "./worker-pool.ts";

const RESTART_MS = 200;
/** A pair, and one that is connected to the far end. */
const DESCRIPTORS_A_STREAM = 3;
/** Besides: those of a pair that is not free, and the epoll. */
const SPARE_DESCRIPTORS = 4;

/** Memory left to the gateway, octets; null when nothing bounds it. */
export type Room = () => Promise<number | null>;

/** The voice path at work, with what the watchdog and the tests need besides. */
export interface RunningVoice extends VoiceHost {
  /** Ends the worker thread as a crash would: `lost`, and `ready` when it is back. */
  abortWorker(): void;
  /** Told of refused packets, once a second at most for each peer. */
  onRefused: ((refused: Refused) => void) | null;
  /** Told of RTCP, when the options say that it is to be seen. */
  onRtcp: ((seen: RtcpSeen) => void) | null;
}

/**
 * Starts the voice worker and binds its sockets. Resolves when it runs, after `ready` has been posted.
 * Rejects with a sentence when it cannot: no free ports, `voice.wasm` missing or of another build.
 */
export async function startVoice(
  options: VoiceOptions,
  post: Post,
  clock: Clock,
  assets: VoiceAssets = voiceAssets(),
  room: Room = async () => null,
): Promise<RunningVoice> {
  checkOptions(options);
  await access(assets.wasm).catch(() => {
    const built = "npx asc --config asconfig.json --target release";
    throw new Error(`${fileURLToPath(assets.wasm)} is missing: build it with "${built}"`);
  });
  const voice = new Voice(options, post, clock, assets);
  await voice.openShadow(room);
  await voice.start();
  return voice;
}

class Voice implements RunningVoice {
  readonly #options: VoiceOptions;
  readonly #post: Post;
  readonly #clock: Clock;
  readonly #assets: VoiceAssets;
  readonly #map = new VoiceMap(newVoiceMemory());
  readonly #devices: DeviceRegistry;
  readonly #pool: Piscina<WorkerTask, void>;
  readonly files: FilePaths;
  readonly #waiting = new Map<number, (status: WorkerStatus) => void>();
  onRefused: RunningVoice["onRefused"] = null;
  onRtcp: RunningVoice["onRtcp"] = null;
  readonly #descriptors: Descriptors;
  readonly #mail = newMailFlag();
  #port: MessagePort | null = null;
  /** Of a worker that is not ready yet. */
  #starting: MessagePort | null = null;
  /** UDP ports of the worker: RTP and RTCP. */
  #ports: readonly number[] = [];
  #watchdog: Watchdog | null = null;
  #shadow: ShadowHost | null = null;
  #cancelRestart: () => void = () => {};
  #standing: Promise<void> = Promise.resolve();
  #restarts = 0;
  #requests = 0;
  #closed = false;

  constructor(options: VoiceOptions, post: Post, clock: Clock, assets: VoiceAssets) {
    this.#options = options;
    this.#post = post;
    this.#clock = clock;
    this.#assets = assets;
    this.#devices = new DeviceRegistry(this.#map, options.usbChannels, options.frameMs ?? 20);
    this.files = new FilePaths(this.#map, clock, {
      send: (message) => this.#send(message),
      tell: (event) => post({ world: "voice", at: clock.now(), ...event }),
    });
    this.#descriptors = new Descriptors(Descriptors.room(DESCRIPTORS_A_STREAM * options.streams + SPARE_DESCRIPTORS));
    this.#pool = openPool(assets.worker);
  }

  /** Resolves when the worker is ready, rejects when it ends before. */
  async start(): Promise<void> {
    try {
      await this.#launch();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Candidates beside the live path: loaded only where they are wanted. */
  async openShadow(room: Room): Promise<void> {
    const { shadow, frameMs = 20, codecs = [] } = this.#options;
    if (shadow === undefined) return;
    const { ShadowHost } = await import("./shadow/host.ts");
    const { clock, wasm } = { clock: this.#clock, wasm: this.#assets.wasm.href };
    const told: ShadowParts["told"] = (state, reason) =>
      this.#post({ world: "voice", at: clock.now(), kind: "shadow", state, reason });
    this.#shadow = new ShadowHost({
      options: shadow,
      wasm,
      timing: { ...this.#options, frameMs },
      codecs,
      clock,
      room,
      told,
    });
  }

  perform(command: VoiceCommand): void {
    if (isOfFiles(command)) return this.files.perform(command);
    if (this.#port === null) return;
    this.#send({ kind: "perform", command });
    if (command.kind === "openUsb") this.#devices.setFormat(command.endpoint, command.format);
    if (command.kind === "close") this.#devices.setFormat(command.endpoint, null);
  }

  openDevice(device: DeviceName, channels: number, frameMs: FrameMs = 20): DeviceVoice {
    const rings = this.#devices.open(device, channels, frameMs, () => this.#send({ kind: "detach", device }));
    this.#send({ kind: "attach", device, channels: rings.slots });
    return rings;
  }

  async status(): Promise<VoiceStatus> {
    const status = await new Promise<WorkerStatus>((resolve) => {
      if (this.#port === null) return resolve(noWorker);
      this.#requests++;
      this.#waiting.set(this.#requests, resolve);
      this.#send({ kind: "status", request: this.#requests });
    });
    return { ...status, workerRestarts: this.#restarts, shadow: this.#shadow?.status() ?? null };
  }

  abortWorker(): void {
    // Sockets of Node's own; the others no event loop looks at.
    if (this.#descriptors.isEmpty) severPorts(this.#options.address, this.#ports);
    for (const thread of this.#pool.threads) void thread.terminate();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelRestart();
    const shadow = this.#shadow?.close();
    await this.#stopWorker();
    await this.#leave();
    await this.#pool.destroy();
    await shadow;
  }

  /** In good order, or not; one that is just being started stops in its first turn. */
  async #stopWorker(): Promise<void> {
    this.#port ??= this.#starting;
    let cancelHurry = (): void => {};
    const late = new Promise<void>((resolve) => {
      cancelHurry = this.#clock.after(ms(1000), () => {
        this.abortWorker();
        // A thread that is ended before it has begun may never say so.
        resolve();
      });
    });
    this.#send({ kind: "stop" });
    await Promise.race([late, this.#standing.catch(() => {})]);
    cancelHurry();
  }

  /** Starts the standing task on zeroed memory; resolves at `ready`. */
  async #launch(): Promise<void> {
    // New memory is zero; as long as nobody writes to it, it costs nothing.
    if (this.#restarts > 0) this.#map.clear();
    const { port1, port2 } = new MessageChannel();
    const wasm = this.#assets.wasm.href;
    const { memory } = this.#map;
    const descriptors = this.#descriptors.shared;
    const shadow = this.#shadow?.shared ?? null;
    const mail = this.#mail;
    const task: WorkerTask = { port: port2, memory, wasm, options: this.#options, descriptors, shadow, mail };
    const ready = new Promise<void>((resolve) => {
      port1.on("message", (message: FromWorker) => {
        if (message.kind === "ready") this.#ready(port1, message.ports);
        if (message.kind === "ready") resolve();
        else this.#hear(message);
      });
    });
    this.#starting = port1;
    this.#standing = this.#pool.run(task, { transferList: [port2] });
    const ended = this.#standing.then(
      () => this.#ended(port1, "the voice worker stopped"),
      (error: unknown) => this.#ended(port1, error instanceof Error ? error.message : String(error)),
    );
    await Promise.race([ready, ended.then((reason) => Promise.reject(new Error(reason)))]);
  }

  #ready(port: MessagePort, ports: readonly number[]): void {
    if (this.#closed) return;
    this.#starting = null;
    this.#port = port;
    this.#ports = ports.flatMap((rtp) => [rtp, rtp + 1]);
    this.#devices.forEach((device, rings) => {
      this.#send({ kind: "attach", device, channels: rings.slots });
    });
    const ticks = () => this.#map.sharedWord(layout.HEADER_TICKS);
    this.#watchdog = watch(ticks, this.#clock, () => this.abortWorker());
    const rtp = ports.map((udpPort, stream) => ({ endpoint: `rtp:${stream}` as const, port: udpPort }));
    this.#post({ world: "voice", at: this.#clock.now(), kind: "ready", rtp });
  }

  #hear(message: Exclude<FromWorker, { readonly kind: "ready" }>): void {
    if (message.kind === "happened") {
      this.#post({ world: "voice", at: this.#clock.now(), ...message.event });
      return;
    }
    if (message.kind === "refused") return this.onRefused?.(message.refused);
    if (message.kind === "rtcp") return this.onRtcp?.(message.seen);
    if (message.kind === "tapBegan" || message.kind === "tapEnded") return this.files.hear(message);
    this.#waiting.get(message.request)?.(message.status);
    this.#waiting.delete(message.request);
  }

  /** The standing task is over: on purpose when closed, else the worker died. Returns the reason. */
  #ended(port: MessagePort, reason: string): string {
    const ran = this.#port === port;
    if (this.#starting === port) this.#starting = null;
    this.#descriptors.closeAll();
    port.close();
    if (ran) void this.#leave();
    if (!ran || this.#closed) return reason;
    this.#restarts++;
    this.#post({ world: "voice", at: this.#clock.now(), kind: "lost", reason });
    this.#restart();
    return reason;
  }

  #restart(): void {
    this.#cancelRestart = this.#clock.after(ms(RESTART_MS), () => {
      this.#launch().catch(() => {
        if (!this.#closed) this.#restart();
      });
    });
  }

  /** No worker: every endpoint is closed, whoever waits gets nothing. Resolves when the files of recordings are closed. */
  #leave(): Promise<void> {
    this.#port = null;
    this.#watchdog?.stop();
    this.#watchdog = null;
    this.#devices.forEach((_, rings) => {
      rings.setAll(null);
    });
    for (const resolve of this.#waiting.values()) resolve(noWorker);
    this.#waiting.clear();
    return this.files.workerLost(this.#closed ? null : "the voice worker died");
  }

  /** False while there is no worker. One that can not be told something is out of step: it begins anew. */
  #send(message: ToWorker): boolean {
    if (this.#port === null) return false;
    try {
      this.#port.postMessage(message);
      announce(this.#mail);
      return true;
    } catch {
      this.abortWorker();
      return false;
    }
  }
}
