import type { DeviceVoice } from "../message/device-voice.ts";
import type { Address, CodecFrameMs } from "../message/media.ts";
import type { DeviceName, Endpoint, RtpEndpoint } from "../message/name.ts";
import type { FarEndQuality } from "../message/quality.ts";
import type { VoiceCommand } from "../message/voice.ts";
import type { Culprit } from "./late-ticks.ts";
import type { Step } from "./log-histogram.ts";
import type { LossBursts } from "./loss-bursts.ts";
import type { ShadowOptions, ShadowStatus } from "./shadow/contract.ts";
import type { StageStatus } from "./turn-stages.ts";

/** `auto`: the faster edge that works on this machine. */
export type EdgeChoice = "auto" | "batched" | "dgram";

/** The length of a frame, which is the time between two ticks. */
export type FrameMs = 10 | 20;

/** What the voice thread asks for; `realtime`: else what `nice` asks for. */
export type PriorityChoice = "realtime" | "nice" | "normal";
/** What begins a turn: the clock, or a packet of one of the streams. */
export type DriveName = "timer" | "packets";

export interface VoiceOptions {
  /** Where RTP sockets are bound. */
  readonly address: string;
  /** First UDP port of the range, even; pairs of RTP and RTCP are bound from here, busy ones are skipped. */
  readonly firstPort: number;
  /** Last UDP port of the range; without it the range ends with the ports there are. */
  readonly lastPort?: number;
  /** How many RTP socket pairs are bound ahead: the most RTP streams at a time. */
  readonly streams: number;
  /** The most USB voice channels at a time, through all devices. */
  readonly usbChannels: number;
  /** 20 when it is not said. */
  readonly frameMs?: FrameMs;
  /** Depth of a stream's jitter buffer at the beginning, ms (a multiple of the frame, like its bounds). */
  readonly jitterMs: number;
  /** The bounds within which it follows the network; `jitterMs` where it is not said. */
  readonly jitterMinMs?: number;
  readonly jitterMaxMs?: number;
  /** Silence on a receiving stream before `rtpTimeout`. */
  readonly rtpTimeoutMs: number;
  /** `timer` without it. */
  readonly drive?: DriveName;
  /** How packets get in and out; `auto` without it. */
  readonly edge?: EdgeChoice;
  /** Of the voice thread; `nice` without it. */
  readonly priority?: PriorityChoice;
  /** Codecs besides the built-in ones (docs/codec.md); none when it is not said. */
  readonly codecs?: readonly CodecFile[];
  /** Whether RTCP is to be seen; it is not when it is not said. */
  readonly seeRtcp?: boolean;
  /** Candidates that run beside the live path (docs/shadow.md); none when it is not said. */
  readonly shadow?: ShadowOptions;
}

/** An RTCP datagram as it is on the wire, sent or received. */
export interface RtcpSeen {
  readonly endpoint: RtpEndpoint;
  readonly octets: Uint8Array;
  readonly from: Address;
  readonly to: Address;
}

/** A codec's WASM file, and what the configuration says that it is. */
export interface CodecFile {
  readonly file: string;
  /** RTP encoding name. */
  readonly name: string;
  readonly clockRate: number;
  /** Of one frame; 20 when it is not said. */
  readonly frameMs?: CodecFrameMs;
}

/** How a recording ended. */
export interface RecordEnd {
  readonly endpoint: Endpoint;
  readonly file: string;
  /** Null: stopped, or the endpoint was closed. Else a sentence. */
  readonly reason: string | null;
  readonly durationMs: number;
  /** Of it lost, because the disk did not keep up: silent in the file. */
  readonly lostMs: number;
}

/** Paths to and from WAV files. All reject with a sentence; an end is a voice event, too, whoever asked for it. */
export interface VoiceFiles {
  /** What the endpoint says (left) and hears (right). Resolves when it is being written. */
  record(endpoint: Endpoint, file: string): Promise<void>;
  /** Resolves when the file is closed. */
  stopRecord(endpoint: Endpoint): Promise<RecordEnd>;
  /** Instead of what the endpoint's peer says. Resolves when it is being heard. */
  play(endpoint: Endpoint, file: string, repeat: boolean): Promise<void>;
  stopPlay(endpoint: Endpoint): Promise<void>;
}

/** The host side of the voice path. */
export interface VoiceHost {
  perform(command: VoiceCommand): void;
  /** Rings for a device's channels; channel n is endpoint `usb:<device>:<n>`. */
  openDevice(device: DeviceName, channels: number, frameMs?: FrameMs): DeviceVoice;
  readonly files: VoiceFiles;
  /** Figures for status and bench; plain JSON. */
  status(): Promise<VoiceStatus>;
  close(): Promise<void>;
}

export interface VoiceStatus {
  readonly ticks: number;
  /** Ticks that began more than 5 ms late. */
  readonly lateTicks: number;
  /** How late ticks began, as a histogram over all ticks in steps of 3 %, those that are not empty. */
  readonly latenessStepsUs: readonly Step[];
  /** Of the last minute, but the maximum of all ticks. */
  readonly latenessUs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Of all ticks. */
  readonly latenessOfAllUs: { readonly p50: number; readonly p99: number; readonly p999: number };
  readonly tickUs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** How long each part of a turn took, over all turns. */
  readonly stages: readonly StageStatus[];
  /** What kept the late ticks. */
  readonly lateBecauseOf: readonly { readonly culprit: Culprit; readonly count: number }[];
  readonly edge: EdgeStatus;
  readonly priority: PriorityStatus;
  readonly memory: MemoryStatus;
  readonly drive: DriveName;
  readonly streams: readonly StreamStatus[];
  /** Of the channels of all devices. */
  readonly clocks: readonly ClockStatus[];
  readonly malformedPackets: number;
  /** Packets refused because they do not come from the stream's far end. */
  readonly strangerPackets: number;
  readonly workerRestarts: number;
  /** What candidates would do differently; null when none is configured. */
  readonly shadow: ShadowStatus | null;
}

/** How packets get in and out. */
export interface EdgeStatus {
  readonly name: "batched" | "dgram";
  /** Why it is not the one that was asked for, in a sentence; null when it is. */
  readonly why: string | null;
}

/** Octets of the voice thread, without codecs of the configuration: they have memories of their own. */
export interface MemoryStatus {
  /** The most that an RTP stream takes of the memory map, and a device channel. */
  readonly streamBytes: number;
  readonly channelBytes: number;
  /** The most that the whole map takes with as many of them as are configured; known at the start. */
  readonly mostBytes: number;
  /** What the thread's JavaScript has at the moment. */
  readonly heapBytes: number;
}

/** The voice thread's place on a processor, as the system has it. */
export interface PriorityStatus {
  /** SCHED_OTHER, SCHED_FIFO … of sched(7). Null where it is not known. */
  readonly policy: "other" | "fifo" | "rr" | "batch" | null;
  /** Of `fifo`, 1 to 99; 0 otherwise. */
  readonly realtime: number;
  /** Of `other`: -20 goes before all others. Null where it is not known. */
  readonly nice: number | null;
  /** Why it is not the one that was asked for, in a sentence; null when it is. */
  readonly why: string | null;
}

export interface StreamStatus {
  readonly endpoint: string;
  readonly format: string;
  /** An endpoint, or a conference. */
  readonly peer: string | null;
  readonly received: number;
  readonly sent: number;
  readonly lost: number;
  readonly late: number;
  readonly concealed: number;
  /** Interarrival jitter, RFC 3550 §6.4.1, ms; null for device channels. */
  readonly jitterMs: number | null;
  readonly quality: StreamQuality;
}

/** A device's clock beside ours, at one channel: of the frames that it sends, and of those that it takes. */
export interface ClockStatus {
  readonly endpoint: string;
  readonly sends: ClockDrift;
  readonly takes: ClockDrift;
}

export interface ClockDrift {
  /** So much faster than ours, parts per million; null while it is not known, or not told from ours. */
  readonly ppm: number | null;
  /** Frames are resampled; else they pass as they are. */
  readonly resampled: boolean;
}

/** How an endpoint is heard. What was not measured is null. */
export interface StreamQuality {
  /** Null for device channels, and before the first packet. */
  readonly losses: LossBursts | null;
  /** From a packet's arrival to its being played, smoothed. */
  readonly bufferMs: number | null;
  /** Null for device channels, and before the first packet. */
  readonly jitterBuffer: JitterBufferStatus | null;
  /** Of RTCP, when the far end answers reports. */
  readonly roundTripMs: number | null;
  /** Half the round trip and the buffer: from the far end's wire to our playing. */
  readonly delayMs: number | null;
  /** Mean while it is louder than the background; before a line's echo is cancelled. Null for octets that only passed. */
  readonly levelDbm0: number | null;
  /** Of the line behind a channel, ITU-T G.168: echo return loss, and what the canceller's filter takes off besides. */
  readonly echo: { readonly returnLossDb: number; readonly enhancementDb: number } | null;
  /** ITU-T G.107: rating and mean opinion score of the conversation, delay and all; and of listening alone. */
  readonly r: number | null;
  readonly mos: number | null;
  readonly mosListening: number | null;
  readonly farEnd: FarEndQuality | null;
}

/** Depths are of a packet that took the fastest path of the last seconds. */
export interface JitterBufferStatus {
  readonly depthMs: number;
  /** What the network needs, as it was of late. */
  readonly targetMs: number;
  /** Since the stream was opened. */
  readonly shallowestMs: number;
  readonly deepestMs: number;
  /** Frames made up, and frames left out, to follow the network and the sender's clock. */
  readonly inserted: number;
  readonly dropped: number;
}
