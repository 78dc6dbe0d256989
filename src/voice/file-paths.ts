/**
 * Recordings and players: the host's end of the rings to files. File work is done here, on the host's thread and in its
 * thread pool; the tick never waits for it.
 */
import { resolve } from "node:path";
import * as layout from "../../assembly/layout.ts";
import type { Endpoint } from "../message/name.ts";
import type { Clock } from "../vendor/clock/clock.ts";
import type { RecordEnd, VoiceFiles } from "./contract.ts";
import { Lease } from "./lease.ts";
import type { VoiceMap } from "./map.ts";
import type { FileCommand, FromWorker, Happening, TapTask, ToWorker } from "./messages.ts";
import { TapRing } from "./tap.ts";
import { type OpenSink, TapPlayer, TapRecorder } from "./tap-file.ts";
import { type TapRate, tapAddress } from "./taps.ts";
import { WavWriter } from "./wav.ts";

/** Where the worker is asked, and who is told what became of it. */
export interface FilePathsOutlet {
  /** False while there is no worker. */
  send(message: ToWorker): boolean;
  tell(event: Happening): void;
}

export class FilePaths implements VoiceFiles {
  readonly #map: VoiceMap;
  readonly #clock: Clock;
  readonly #outlet: FilePathsOutlet;
  readonly #open: OpenSink;
  readonly #leases = new Map<number, Lease>();

  constructor(map: VoiceMap, clock: Clock, outlet: FilePathsOutlet, open: OpenSink = WavWriter.open) {
    this.#open = open;
    this.#map = map;
    this.#clock = clock;
    this.#outlet = outlet;
  }

  /** As an order: what goes wrong is told by an event. */
  perform(command: FileCommand): void {
    const { endpoint } = command;
    if (command.kind === "record")
      this.record(endpoint, command.file).catch((fault: unknown) => {
        this.#tellRecordEnd({ endpoint, file: command.file, reason: sentence(fault), durationMs: 0, lostMs: 0 });
      });
    else if (command.kind === "play")
      this.play(endpoint, command.file, command.repeat).catch((fault: unknown) => {
        this.#outlet.tell({ kind: "playEnded", endpoint, file: command.file, reason: sentence(fault) });
      });
    else this.#stop(endpoint, command.kind === "stopRecord" ? "record" : "play");
  }

  record(endpoint: Endpoint, file: string): Promise<void> {
    return this.#with(endpoint, file, "record", (lease) => this.#record(lease));
  }

  play(endpoint: Endpoint, file: string, repeat: boolean): Promise<void> {
    return this.#with(endpoint, file, "play", (lease) => this.#play(lease, repeat));
  }

  async stopRecord(endpoint: Endpoint): Promise<RecordEnd> {
    const end = await this.#stop(endpoint, "record")?.over.promise;
    if (end === undefined || end === null) throw new Error(`${endpoint} is not recorded`);
    return end;
  }

  async stopPlay(endpoint: Endpoint): Promise<void> {
    const lease = this.#stop(endpoint, "play");
    if (lease === null) throw new Error(`nothing is played to ${endpoint}`);
    await lease.over.promise;
  }

  hear(message: Extract<FromWorker, { readonly kind: "tapBegan" | "tapEnded" }>): void {
    const lease = this.#leases.get(message.ring);
    if (message.kind === "tapBegan") lease?.began.resolve(message.rateHz);
    else lease?.release(message.refused);
  }

  /** The worker is gone, on purpose (null) or not. Resolves when every file is closed. */
  async workerLost(why: string | null): Promise<void> {
    const leases = [...this.#leases.values()];
    for (const lease of leases) {
      lease.why = why;
      lease.release("the voice path is gone: try again when it is back");
    }
    await Promise.all(leases.map(({ over }) => over.promise));
  }

  async #with(endpoint: Endpoint, file: string, what: Lease["what"], work: (lease: Lease) => Promise<void>) {
    const lease = this.#take(endpoint, file, what);
    try {
      await work(lease);
    } catch (fault) {
      this.#ask(lease, { kind: "release", ring: lease.ring });
      if (lease.asked) await lease.released.promise;
      this.#end(lease, null);
      throw fault;
    }
  }

  async #record(lease: Lease): Promise<void> {
    const { ring, endpoint, file } = lease;
    const samples = this.#ring(lease);
    this.#ask(lease, { kind: "record", ring, endpoint });
    const rateHz: TapRate = await lease.began.promise;
    let reason: string | null = null;
    const ended = (problem: string | null) => {
      reason = problem;
      if (problem !== null) this.#ask(lease, { kind: "release", ring });
    };
    const shape = { rateHz, channels: 2 } as const;
    const recorder = await TapRecorder.start(samples, file, shape, this.#clock, ended, this.#open);
    void lease.released.promise.then(async () => {
      await recorder.stop();
      const { durationMs, lostMs } = recorder;
      const end: RecordEnd = { endpoint, file, reason: reason ?? lease.why, durationMs, lostMs };
      this.#end(lease, end);
      this.#tellRecordEnd(end);
    });
  }

  async #play(lease: Lease, repeat: boolean): Promise<void> {
    const { ring, endpoint, file } = lease;
    let reason: string | null = null;
    const player = await TapPlayer.start(this.#ring(lease), file, this.#clock, repeat, (problem) => {
      reason = problem;
    });
    try {
      if (lease.isUnwanted) throw new Error(`${file}: was stopped before it was heard`);
      this.#ask(lease, { kind: "play", ring, endpoint, rateHz: player.rateHz });
      await lease.began.promise;
    } catch (fault) {
      await player.stop();
      throw fault;
    }
    void lease.released.promise.then(async () => {
      await player.stop();
      this.#end(lease, null);
      this.#outlet.tell({ kind: "playEnded", endpoint, file, reason: reason ?? lease.why });
    });
  }

  /** An empty one. */
  #ring({ ring }: Lease): TapRing {
    return TapRing.make(this.#map.memory.buffer, tapAddress(ring) + layout.TAP_RING, layout.TAP_SAMPLES);
  }

  /** @throws Error when the endpoint or the file is busy so, or all rings are taken */
  #take(endpoint: Endpoint, file: string, what: Lease["what"]): Lease {
    const taken = this.#find(endpoint, what);
    const verb = what === "record" ? "is recorded to" : "is played";
    if (taken !== null) throw new Error(`${endpoint} ${verb} ${taken.file}: stop that first`);
    const other = [...this.#leases.values()].find((one) => resolve(one.file) === resolve(file));
    if (other !== undefined && (what === "record" || other.what === "record"))
      throw new Error(
        `${file}: ${other.endpoint} ${other.what === "record" ? "is recorded to" : "is played"} it: name another`,
      );
    const ring = [...Array(layout.MAX_TAPS).keys()].find((n) => !this.#leases.has(n));
    if (ring === undefined) throw new Error(`${layout.MAX_TAPS} recordings and players are at work: stop one first`);
    const lease = new Lease(ring, endpoint, file, what);
    this.#leases.set(ring, lease);
    return lease;
  }

  /** A release is for a ring that the worker has, anything else for one that it has not had. */
  #ask(lease: Lease, task: TapTask): void {
    if (task.kind === "release") {
      if (lease.asked && !lease.isReleased) this.#outlet.send({ kind: "tap", task });
      return;
    }
    if (lease.isReleased || !this.#outlet.send({ kind: "tap", task }))
      throw new Error("the voice path is not ready: try again in a moment");
    lease.asked = true;
  }

  #stop(endpoint: Endpoint, what: Lease["what"]): Lease | null {
    const lease = this.#find(endpoint, what);
    if (lease === null) return null;
    lease.isUnwanted = true;
    this.#ask(lease, { kind: "release", ring: lease.ring });
    return lease;
  }

  #find(endpoint: Endpoint, what: Lease["what"]): Lease | null {
    return [...this.#leases.values()].find((lease) => lease.endpoint === endpoint && lease.what === what) ?? null;
  }

  #end(lease: Lease, end: RecordEnd | null): void {
    this.#leases.delete(lease.ring);
    lease.over.resolve(end);
  }

  #tellRecordEnd(end: RecordEnd): void {
    this.#outlet.tell({ kind: "recordEnded", ...end });
  }
}

function sentence(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
