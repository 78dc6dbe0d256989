import type { Address, CodecFrameMs, PluginFormat } from "../../message/media.ts";
import type { LineName } from "../../message/name.ts";

/** What the SIP side is told at start. Holds secrets: never logged, never journalled, never shown. */
export interface SipOptions {
  /** The UDP socket (and its Via, Contact and SDP address). */
  readonly listen: Address;
  /** Address written into SDP; the listening address when null. */
  readonly mediaAddress: string | null;
  readonly userAgent: string;
  readonly accounts: readonly SipAccount[];
  /** Codecs that are spoken besides the built-in ones. */
  readonly codecs?: readonly PluginCodec[];
  /** What our packets have, as `a=ptime` says it, unless a frame of their codec is longer; 20 when it is not said. */
  readonly frameMs?: 10 | 20;
}

/** A codec of the configuration, and how long its frames are. */
export interface PluginCodec {
  readonly format: PluginFormat;
  readonly frameMs: CodecFrameMs;
}

/** A SIP account (TR-104 Line). */
export interface SipAccount {
  readonly line: LineName;
  /**
   * `register`: REGISTER at the registrar and keep it fresh.
   * `direct`: no registrar; takes every INVITE that no other account claims, calls out to `server`.
   */
  readonly mode: "register" | "direct";
  readonly user: string;
  readonly authUser: string;
  readonly password: string;
  readonly displayName: string;
  /** Domain of the AOR and of URIs called, e.g. `sip.example.com`. */
  readonly domain: string;
  /** Where requests of this account go: registrar or outbound server, or the peer of a direct line. */
  readonly server: { readonly host: string; readonly port: number };
  readonly expiresSeconds: number;
}
