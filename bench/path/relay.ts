import type { Target } from "./traffic.ts";

export type CodecName = "PCMA" | "PCMU" | "G722";

/** RFC 3551 §6. */
export const payloadTypes: Readonly<Record<CodecName, number>> = { PCMU: 0, PCMA: 8, G722: 9 };

/** A process that carries RTP between the two sockets of a pair. */
export interface Relay {
  readonly name: string;
  readonly pid: number;
  /** Connects sockets 2 `pair` and 2 `pair` + 1; resolves with where each of them sends. */
  connect(pair: number, a: CodecName, b: CodecName): Promise<readonly [Target, Target]>;
  /** Ends all calls. */
  disconnect(): Promise<void>;
  close(): Promise<void>;
}
