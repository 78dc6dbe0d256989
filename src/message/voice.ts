import type { CallerIdStandard, CountryCode, ToneName } from "./country.ts";
import type { Address, Direction, RtpFormat, VoiceFormat } from "./media.ts";
import type { CallId, ConferenceName, Digit, Endpoint, PartyName, RtpEndpoint, UsbEndpoint } from "./name.ts";
import type { CallQuality } from "./quality.ts";
import type { Instant } from "./units.ts";

/** What an echo canceller can look back at, ms. */
export type EchoTailMs = 8 | 16 | 32 | 128;

/** A calling fax machine; an answering one or a modem; and one whose tone has phase reversals or is ANSam (ITU-T V.8, G.168). */
export type FaxTone = "cng" | "ced" | "ansam";

/** Voice path -> upper half. */
export type VoiceEvent = {
  readonly world: "voice";
  readonly at: Instant;
} /** The voice worker runs, its RTP socket pairs are bound. Posted again after a restart: every endpoint is then closed. */ & (
  | { readonly kind: "ready"; readonly rtp: readonly { readonly endpoint: RtpEndpoint; readonly port: number }[] }
  /** The worker died; `ready` follows when it is back. */
  | { readonly kind: "lost"; readonly reason: string }
  /** RFC 4733 event received, exactly once per key press, at its end (or when its end was lost). */
  | { readonly kind: "digit"; readonly endpoint: Endpoint; readonly digit: Digit; readonly durationMs: number }
  | { readonly kind: "callerIdSent"; readonly endpoint: UsbEndpoint }
  /** Heard at a channel that searches: from its phone, or from the far end. Each of them once in a session. */
  | {
      readonly kind: "faxTone";
      readonly endpoint: UsbEndpoint;
      readonly tone: FaxTone;
      readonly from: "phone" | "farEnd";
    }
  /** Candidates beside the voice path: switched on, or off and why. The calls are not touched. */
  | { readonly kind: "shadow"; readonly state: string; readonly reason: string | null }
  /** The answer to `measure`. */
  | {
      readonly kind: "measured";
      readonly call: CallId;
      readonly party: PartyName;
      readonly quality: CallQuality;
    }
  /** A recording is over and its file closed: stopped, or its endpoint was (null), or a sentence says why. */
  | {
      readonly kind: "recordEnded";
      readonly endpoint: Endpoint;
      readonly file: string;
      readonly reason: string | null;
      readonly durationMs: number;
      /** Of it lost, because the disk did not keep up: silent in the file. */
      readonly lostMs: number;
    }
  /** A file is not heard any more: to its end or stopped (null), or a sentence says why. */
  | { readonly kind: "playEnded"; readonly endpoint: Endpoint; readonly file: string; readonly reason: string | null }
  /** No RTP for the configured time on an open, receiving endpoint. Once, until packets come again or it is opened anew. */
  | { readonly kind: "rtpTimeout"; readonly endpoint: RtpEndpoint; readonly silentMs: number }
  /**
   * `codec`: the stream's codec is a plug-in that failed; nothing is heard until the stream is opened anew.
   * `closed`: it could not be opened.
   */
  | {
      readonly kind: "endpointFailed";
      readonly endpoint: Endpoint;
      readonly reason: string;
      readonly codec?: true;
      readonly closed?: true;
    }
);

/** Upper half -> voice path. A path is two joined endpoints; an endpoint joined to itself hears itself (echo number). */
export type VoiceCommand = {
  readonly world: "voice";
} /** Opens the stream, or changes it when it is open (new remote address, codec, direction) without a click. */ & (
  | {
      readonly kind: "openRtp";
      readonly endpoint: RtpEndpoint;
      /** Null: receive only until an answer tells the address. */
      readonly remote: Address | null;
      readonly format: RtpFormat;
      readonly payloadType: number;
      readonly eventPayloadType: number | null;
      /** How long the far end wants its packets, as far as whole frames make them; and the most that it takes, ms. */
      readonly packetMs?: number;
      readonly mostPacketMs?: number;
      /** A silent background is told of by comfort noise instead of being sent (RFC 3389); with G.711 only. */
      readonly comfortNoise?: true;
      /** A fax or modem speaks (ITU-T V.152): what is lost stays lost, the jitter buffer keeps its depth. */
      readonly voiceBandData?: true;
      /** From our side: `sendonly` does not play what is received. */
      readonly direction: Direction;
    }
  /** Opens a device channel in the given format, or changes what it was opened with. */
  | {
      readonly kind: "openUsb";
      readonly endpoint: UsbEndpoint;
      readonly format: VoiceFormat;
      /** Echo of the line that is cancelled, ITU-T G.168; without it none is, or the device does it. */
      readonly echoTailMs?: EchoTailMs;
      /** The channel's keys are sent as events: their sound is taken out. */
      readonly muteKeys?: true;
      /** Fax tones are searched for, in what the phone sends and in what it is sent. */
      readonly faxSearch?: true;
      /** As for a stream. */
      readonly voiceBandData?: true;
    }
  | { readonly kind: "join"; readonly a: Endpoint; readonly b: Endpoint }
  | { readonly kind: "part"; readonly a: Endpoint; readonly b: Endpoint | ConferenceName }
  /**
   * The endpoint is a party of the conference (at most 16 are): it hears the sum of the others, wideband those who have it
   * when it has it itself. It leaves by `part` from the conference, `join`, another `mix`, or `close`.
   */
  | { readonly kind: "mix"; readonly endpoint: Endpoint; readonly conference: ConferenceName }
  /** Plays a progress tone towards the endpoint instead of its peer's voice; null ends it. */
  | {
      readonly kind: "tone";
      readonly endpoint: Endpoint;
      readonly tone: ToneName | null;
      readonly country: CountryCode;
    }
  /** What the endpoint says (left) and hears (right) is written to a WAV file until `stopRecord`, or its session ends. */
  | { readonly kind: "record"; readonly endpoint: Endpoint; readonly file: string }
  | { readonly kind: "stopRecord"; readonly endpoint: Endpoint }
  /** A WAV file is played towards the endpoint instead of its peer's voice, to its end or, repeated, until `stopPlay`. */
  | { readonly kind: "play"; readonly endpoint: Endpoint; readonly file: string; readonly repeat: boolean }
  | { readonly kind: "stopPlay"; readonly endpoint: Endpoint }
  /** FSK caller ID towards an on-hook phone (data transmission between the rings). */
  | {
      readonly kind: "callerId";
      readonly endpoint: UsbEndpoint;
      readonly standard: CallerIdStandard;
      readonly number: string | null;
      readonly name: string | null;
    }
  /** Sends a key towards the endpoint's far end: RFC 4733 when negotiated, else as DTMF sound. */
  | { readonly kind: "sendDigit"; readonly endpoint: Endpoint; readonly digit: Digit; readonly durationMs: number }
  /** Answered by `measured` when the endpoint is open: how it was heard since it was opened, for that party of a call. */
  | {
      readonly kind: "measure";
      readonly endpoint: Endpoint;
      readonly call: CallId;
      readonly party: PartyName;
    }
  | { readonly kind: "close"; readonly endpoint: Endpoint }
);
