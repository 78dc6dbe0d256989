/**
 * The voice worker at work: one turn every frame, all channels.
 *
 *   wait for the deadline or a packet | obey commands | drain the sockets | tick | send | RTCP | tell the host
 *
 * While the thread waits (timer-drive.ts, packet-drive.ts) nothing else of it runs, so packets and commands wait for the
 * turn: a frame at most.
 */

import { isIP } from "node:net";
import { setImmediate as loopTurn } from "node:timers/promises";
import type { MessagePort } from "node:worker_threads";
import * as layout from "../../assembly/layout.ts";
import type { CallId, PartyName } from "../message/name.ts";
import { callQuality } from "./call-quality.ts";
import { clockStatus } from "./clock-status.ts";
import type { EdgeStatus, RtcpSeen, StreamStatus, VoiceOptions } from "./contract.ts";
import { Control } from "./control.ts";
import { EarlyAndLate } from "./early-and-late.ts";
import type { Engine } from "./engine.ts";
import { forEachHappening } from "./happenings.ts";
import { Mailbox } from "./mailbox.ts";
import { VoiceMap } from "./map.ts";
import type { FromWorker, Happening, ToWorker, WorkerStatus, WorkerTask } from "./messages.ts";
import type { OpenedIo } from "./open-io.ts";
import { PacketDrive } from "./packet-drive.ts";
import { PacketsIn } from "./packets-in.ts";
import type { PluginHost } from "./plugin/host.ts";
import type { Priority } from "./priority.ts";
import type { ProgramPages } from "./program-pages.ts";
import { Reception } from "./reception.ts";
import { Refusals } from "./refusals.ts";
import { memoryStatus } from "./room.ts";
import { RtcpSessions } from "./rtcp-sessions.ts";
import { RtcpWatch } from "./rtcp-watch.ts";
import type { RtpIo } from "./rtp-io.ts";
import { ShadowTap } from "./shadow/tap.ts";
import { streamStatus } from "./stream-status.ts";
import type { Watch } from "./timepiece.ts";
import { type Drive, TimerDrive } from "./timer-drive.ts";
import { TurnFigures } from "./turn-figures.ts";
import type { TurnStages } from "./turn-stages.ts";

const KEPT_SECONDS = 60;
/** Ticks from one look at which reports are due to the next: a tenth of a second is nothing beside their 5 s. */
const REPORTS_EVERY = 5;
/** 2^31 µs are 36 minutes: a machine that slept longer is not told apart. */
const MOST_MS = 2_000_000;
/** When the options do not say. */
const FRAME_MS = 20;

/** Makes the host of the configuration's codecs. */
export type MakePlugins = (map: VoiceMap, failed: (stream: number, reason: string) => void) => PluginHost;

/** What of the thread and its process the loop makes use of. */
export interface ThreadMeans {
  readonly priority: Priority;
  readonly time: Watch;
  /** Null where none are given back. */
  readonly pages: ProgramPages | null;
}

export class VoiceLoop {
  readonly #engine: Engine;
  readonly #ticksPerSecond: number;
  readonly #map: VoiceMap;
  readonly #reception: Reception;
  readonly #port: MessagePort;
  readonly #io: RtpIo;
  readonly #edge: EdgeStatus;
  readonly #priority: Priority;
  readonly #pages: ProgramPages | null;
  readonly #options: VoiceOptions;
  readonly #control: Control;
  readonly #plugins: PluginHost | null;
  readonly #shadow: ShadowTap | null;
  readonly #drive: Drive;
  readonly #mail: Mailbox;
  readonly #rtcp: RtcpSessions;
  readonly #packets: PacketsIn;
  readonly #figures: TurnFigures;
  readonly #stages: TurnStages;
  readonly #now: () => number;
  readonly #refusals = new Refusals();
  readonly #earlyAndLate = new EarlyAndLate();
  #seenMalformed = 0;
  #stopped = false;
  // Made once: a turn makes nothing.
  readonly #heard = (message: ToWorker) => this.#hear(message);
  readonly #targetOf = (stream: number) => this.#control.remoteOf(stream)?.target ?? null;
  readonly #nameOf = (index: number) => this.#control.endpoints.nameOf(index);
  readonly #happened = (event: Happening) => this.#tell({ kind: "happened", event });

  constructor(
    task: WorkerTask,
    engine: Engine,
    { io, why }: OpenedIo,
    plugins: MakePlugins | null,
    { priority, time, pages }: ThreadMeans,
  ) {
    this.#priority = priority;
    this.#pages = pages;
    this.#options = task.options;
    this.#engine = engine;
    const { frameMs = FRAME_MS, drive = "timer" } = task.options;
    this.#ticksPerSecond = 1000 / frameMs;
    this.#now = time.now;
    this.#figures = new TurnFigures(KEPT_SECONDS * this.#ticksPerSecond, time);
    this.#stages = this.#figures.stages;
    this.#io = io;
    this.#edge = { name: io.edge, why };
    this.#port = task.port;
    this.#map = new VoiceMap(task.memory);
    this.#plugins = plugins?.(this.#map, (stream, reason) => this.#codecFailed(stream, reason)) ?? null;
    const { rtpTimeoutMs, address, shadow } = task.options;
    this.#shadow = task.shadow === null || !shadow ? null : new ShadowTap(this.#map, task.shadow, shadow);
    this.#control = new Control(this.#map, io.ports.length, rtpTimeoutMs, isIP(address) === 6 ? 6 : 4, {
      opened: (stream) => this.#opened(stream),
      closing: (stream) => this.#closing(stream),
      measure: (index, { call, party }) => this.#measured(index, call, party),
      failed: (endpoint, reason, closed) => this.#failed({ endpoint, reason, ...(closed && { closed }) }),
      taps: {
        began: (ring, rateHz) => this.#tell({ kind: "tapBegan", ring, rateHz }),
        ended: (ring, refused) => this.#tell({ kind: "tapEnded", ring, refused }),
      },
    });
    const remoteOf = (stream: number) => this.#control.remoteOf(stream);
    const tell = (seen: RtcpSeen) => this.#tell({ kind: "rtcp", seen });
    const watch = task.options.seeRtcp === true ? new RtcpWatch({ address, ports: io.ports, tell }) : null;
    this.#rtcp = new RtcpSessions({
      map: this.#map,
      remoteOf,
      send: (...report) => {
        this.#io.sendRtcp(...report);
        watch?.sent(...report);
      },
      now: time.now,
    });
    this.#packets = new PacketsIn(this.#map);
    this.#mail = new Mailbox(task.port, task.mail);
    const isPacketDriven = drive === "packets";
    this.#drive = isPacketDriven
      ? new PacketDrive(frameMs, time, io, {
          hasFarEnd: (stream) => remoteOf(stream) !== null,
          hasDevice: () => this.#control.endpoints.hasOpenChannel(),
        })
      : new TimerDrive(frameMs, time);
    this.#map.setWord(layout.HEADER_WINDOW, this.#drive.windowMs * 1000);
    this.#reception = new Reception({
      remoteOf,
      sessionOf: (stream) => this.#rtcp.of(stream),
      packets: this.#packets,
      refusals: this.#refusals,
      earlyAndLate: this.#earlyAndLate,
      watch,
    });
  }

  /** Runs until told to stop. */
  async run(): Promise<void> {
    try {
      await this.#ticks();
    } catch (error) {
      // The thread lives on and is used again: its sockets must not be in the way of the next loop.
      await this.#io.close();
      this.#figures.close();
      throw error;
    }
    await this.#close();
  }

  async #ticks(): Promise<void> {
    this.#tell({ kind: "ready", ports: this.#io.ports });
    while (!this.#stopped) {
      const waiting = this.#drive.wait();
      if (waiting !== undefined) await waiting;
      const { lateMs, periods, behindMs } = this.#drive.begin();
      if (this.#figures.begins(wholeMicros(lateMs))) this.#shadow?.late();
      this.#map.setWord(layout.HEADER_DUE, (this.#stages.begin() - behindMs * 1000) | 0);
      this.#beginTurn();
      const draining = this.#io.drain(this.#reception);
      if (draining !== undefined) await draining;
      this.#endTurn(periods);
      // Without sockets of Node's own nothing else lets its loop turn.
      if (this.#io.edge === "batched" && this.#map.word(layout.HEADER_TICKS) % this.#ticksPerSecond === 0)
        await loopTurn();
    }
  }

  #beginTurn(): void {
    // First, so that packets that come with the answer find their call.
    this.#mail.empty(this.#heard);
    this.#stages.end();
  }

  /** The sockets have been drained. */
  #endTurn(periods: number): void {
    this.#stages.end();
    const firstSlot = layout.RTP_IN_OFFSET + layout.SLOT_ENDPOINT;
    this.#drive.drained(this.#map.word(layout.HEADER_RTP_IN), this.#map.word(firstSlot));
    this.#shadow?.before(periods);
    if (this.#plugins !== null && this.#control.needsPlugins) this.#engine.tickWith(periods, this.#plugins);
    else this.#engine.tick(periods);
    this.#shadow?.after();
    this.#stages.end();
    this.#io.sendTick(this.#targetOf);
    this.#stages.end();
    forEachHappening(this.#map, this.#nameOf, this.#happened);
    this.#control.lookAtFiles();
    if (this.#map.word(layout.HEADER_TICKS) % REPORTS_EVERY === 0) this.#rtcp.report();
    this.#complain();
    this.#stages.end();
    this.#figures.ends();
  }

  #hear(message: ToWorker): void {
    if (message.kind === "perform") this.#control.perform(message.command);
    else if (message.kind === "attach") this.#control.attach(message.device, message.channels);
    else if (message.kind === "detach") this.#control.detach(message.device);
    else if (message.kind === "tap") this.#control.tap(message.task);
    else if (message.kind === "status")
      this.#tell({ kind: "status", request: message.request, status: this.#status() });
    else this.#stopped = true;
  }

  #opened(stream: number): void {
    this.#rtcp.open(stream, this.#now());
    this.#earlyAndLate.opened(stream, this.#control.remoteOf(stream));
    this.#shadow?.opened(stream);
  }

  #closing(stream: number): void {
    const now = this.#now();
    this.#rtcp.close(stream, now);
    this.#packets.forget(stream);
    this.#plugins?.close(stream);
    this.#shadow?.closed(stream);
    this.#earlyAndLate.closed(stream, this.#control.remoteOf(stream), now);
  }

  /** What was refused is told once a second at most. */
  #complain(): void {
    const malformed = this.#map.word(layout.HEADER_MALFORMED);
    if (malformed !== this.#seenMalformed) this.#refusals.bad(null, malformed - this.#seenMalformed);
    this.#seenMalformed = malformed;
    if (this.#map.word(layout.HEADER_TICKS) % this.#ticksPerSecond !== 0) return;
    this.#figures.look();
    this.#pages?.look();
    for (const { from, times } of this.#earlyAndLate.takeStrangers(this.#now())) this.#refusals.stranger(from, times);
    for (const refused of this.#refusals.take()) this.#tell({ kind: "refused", refused });
  }

  #status(): WorkerStatus {
    return {
      ticks: this.#map.word(layout.HEADER_TICKS),
      ...this.#figures.show(),
      edge: this.#edge,
      priority: this.#priority.show(),
      memory: memoryStatus(this.#options),
      drive: this.#drive.name,
      streams: this.#control.endpoints.openIndices().flatMap((index) => this.#streamStatus(index) ?? []),
      clocks: this.#control.endpoints.channels().map((channel) => clockStatus(this.#map, channel)),
      malformedPackets: this.#refusals.malformed,
      strangerPackets: this.#refusals.strangers,
    };
  }

  #streamStatus(index: number): StreamStatus | null {
    const endpoint = this.#nameOf(index);
    const rtcp = this.#rtcp.of(index)?.measured();
    return endpoint === null ? null : streamStatus(this.#map, index, endpoint, this.#nameOf, rtcp);
  }

  #measured(index: number, call: CallId, party: PartyName): void {
    const status = this.#streamStatus(index);
    if (status === null) return;
    this.#tell({ kind: "happened", event: { kind: "measured", call, party, quality: callQuality(status) } });
  }

  async #close(): Promise<void> {
    this.#rtcp.closeAll((stream) => this.#closing(stream));
    await this.#io.drain(this.#reception);
    await this.#io.close();
    this.#engine.close();
    this.#figures.close();
    this.#port.close();
  }

  #failed(failure: Omit<Extract<Happening, { kind: "endpointFailed" }>, "kind">): void {
    this.#tell({ kind: "happened", event: { kind: "endpointFailed", ...failure } });
  }

  /** A plug-in that did not keep its word: its stream is heard no more. */
  #codecFailed(stream: number, reason: string): void {
    this.#failed({ endpoint: `rtp:${stream}`, reason, codec: true });
  }

  #tell(message: FromWorker): void {
    this.#port.postMessage(message);
  }
}

/** Small whole numbers are the ones that are handed on without being allocated. */
function wholeMicros(ms: number): number {
  return (Math.min(ms, MOST_MS) * 1000) | 0;
}
