import type { Config } from "./config/config.ts";
import type { EmulatedHouse } from "./emulator/contract.ts";
import type { Command } from "./message/command.ts";
import type { Event } from "./message/event.ts";
import type { Fact } from "./message/notify.ts";
import type { HouseView } from "./message/view.ts";
import type { VoiceFiles, VoiceStatus } from "./voice/contract.ts";

/** A running gateway, as the api sees it: look, tell, listen. */
export interface Gateway {
  readonly version: string;
  readonly startedAt: number;
  /** Last known state, read between two events. */
  view(): HouseView;
  post(event: Event): void;
  now(): number;
  /** Null without --emulate. */
  readonly emulator: EmulatedHouse | null;
  onFact(listener: (fact: Fact, at: number) => void): () => void;
  /** The last facts (about 200), oldest first. */
  recentFacts(): readonly { readonly at: number; readonly fact: Fact }[];
  voiceStatus(): Promise<VoiceStatus>;
  /** Voice to and from WAV files. */
  readonly files: VoiceFiles;
  /** Writes what the flight recorder holds back, and names the file it writes now; null without one. */
  journal(): string | null;
  /** Queue delay and handler time of the Proactor, counters of refused input. */
  figures(): Figures;
  /** What went to the HEP collector; null: none is configured. */
  hep(): HepFigures | null;
  readonly queue: QueueControl;
  close(): Promise<void>;
}

/**
 * The queue, paused between two events: state stands still, and what happens waits. Voice, SIP transactions and timers
 * go on below it.
 */
export interface QueueControl {
  /** Null while it moves. */
  frozen(): Frozen | null;
  freeze(): void;
  /** What has waited is handled, in order. */
  resume(): void;
  /** Handles the event that waits longest; null when none waits. @throws Error when the queue is not frozen */
  step(): { readonly event: Event; readonly commands: readonly Command[] } | null;
}

export interface Frozen {
  readonly since: number;
  /** Events that wait. */
  readonly waiting: number;
  /** With more than these it is resumed by itself. */
  readonly most: number;
}

/** Counted since the start. */
export interface HepFigures {
  /** `host:port`. */
  readonly collector: string;
  readonly sent: number;
  /** Not sent: too many at once, no address, or the network said no. */
  readonly dropped: number;
  /** What the last complaint was; null: none. */
  readonly trouble: string | null;
}

export interface Figures {
  readonly events: number;
  readonly queueDelayMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly handlerMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly faults: number;
  /** Refused input by kind, e.g. `sip malformed`, `usb malformed`. */
  readonly refused: Readonly<Record<string, number>>;
}

/** What a gateway is told besides its configuration. */
export interface GatewayOptions {
  /** Phone book, call log, journals. While it can not be written calls go on, and what is not saved is told. */
  readonly dataDir: string;
  /** A file that a supervisor watches (src/supervisor); it is written whenever an event has passed the queue. */
  readonly heartbeat?: string | null;
  /** Something a person should know, one line, at most once per peer and minute. */
  report(problem: string): void;
}

/** `src/gateway.ts`: wires everything; resolves when SIP listens, rejects with a sentence when it can not. */
export type StartGateway = (config: Config, options: GatewayOptions) => Promise<Gateway>;
