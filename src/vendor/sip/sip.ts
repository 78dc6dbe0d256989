import { randomBytes } from "node:crypto";
import type { Post } from "../../message/event.ts";
import type { Address } from "../../message/media.ts";
import type { SipCommand } from "../../message/sip.ts";
import type { Clock } from "../clock/clock.ts";
import { bindSocket } from "./hub/socket.ts";
import { installFastGrammar } from "./library/fast-grammar.ts";
import type { SipOptions } from "./options.ts";
import { SipSide } from "./sip-side.ts";

/** The SIP side of the house, as the gateway sees it. */
export interface SipVendor {
  /** Translates a command into SIP. Never throws; what comes too late or names no leg does nothing. */
  perform(command: SipCommand): void;
  /** Ends every leg and takes the bindings back, for at most 2 s, then closes the socket. */
  close(): Promise<void>;
  /** Plain counters for status: traffic, refusals, live transactions and legs. */
  figures(): SipFigures;
}

/** Counted since the start, but for those that say how many there are now. */
export type SipFigures = {
  readonly received: number;
  readonly sent: number;
  /** Messages refused by the gate. */
  readonly malformed: number;
  /** Messages dropped unread because there were too many. */
  readonly flooded: number;
  /** Requests and responses sent again. */
  readonly requestRepeats: number;
  readonly responseRepeats: number;
  /** How many now. */
  readonly legs: number;
  readonly clientTransactions: number;
  readonly serverTransactions: number;
  /** Header fields read by our fast forms, and by sip.js's own slow parser. */
  readonly fastParses: number;
  readonly slowParses: number;
};

/** Sees every SIP message as it is on the wire, sent or received. Never throws, and nobody waits for it. */
export type SipTap = (octets: Uint8Array, from: Address, to: Address) => void;

/** Tells the UDP port of an RTP endpoint, to be written into the SDP. */
export type MediaPort = (endpoint: `rtp:${number}`) => number;

/**
 * Opens the UDP socket for all accounts and starts registering. Rejects with a sentence when the socket cannot be had.
 * `report` hears of every message refused: `peer` is `address:port`, `problem` is in words and without secrets.
 */
export async function startSip(
  options: SipOptions,
  post: Post,
  clock: Clock,
  mediaPort: MediaPort,
  report: (peer: string, problem: string) => void,
  random: () => number = randomFraction,
  tap: SipTap | null = null,
): Promise<SipVendor> {
  installFastGrammar();
  const flow = await bindSocket(options.listen, report);
  return new SipSide(options, flow, { post, clock, mediaPort, report, random, tap });
}

function randomFraction(): number {
  return randomBytes(4).readUInt32BE() / 2 ** 32;
}
