import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import * as words from "../../assembly/endpoint-words.ts";
import * as layout from "../../assembly/layout.ts";
import { countries } from "../message/country.ts";
import type { Address, Direction } from "../message/media.ts";
import type { ConferenceName, DeviceName, Digit, Endpoint, RtpEndpoint } from "../message/name.ts";
import { unreachable } from "../message/units.ts";
import { callerIdMessage } from "./caller-id.ts";
import { Conferences, conferencePeer, isConference } from "./conferences.ts";
import { endpointAddress, formatNumber, type VoiceMap } from "./map.ts";
import type { PathCommand, TapTask } from "./messages.ts";
import { Remote } from "./remote.ts";
import { type TapListener, Taps } from "./taps.ts";
import { writeData, writeTone } from "./tone-words.ts";

type Of<Kind extends PathCommand["kind"]> = Extract<PathCommand, { readonly kind: Kind }>;

/** Who is told of what the commands did. */
export interface ControlListener {
  /** A stream goes from closed to open. */
  opened(stream: number): void;
  /** A stream is about to close; its figures are still there. */
  closing(stream: number): void;
  measure(index: number, command: Of<"measure">): void;
  failed(endpoint: Endpoint, reason: string): void;
  readonly taps: TapListener;
}

/** RFC 4733 events 0-15, in order. */
export const digits = "0123456789*#ABCD";
/** A key shorter than 40 ms is heard by nobody (ITU-T Q.24); one of more than 8 s does not fit a telephone event. */
const SHORTEST_DIGIT_MS = 40;
const LONGEST_DIGIT_MS = 8000;

const directions: Readonly<Record<Direction, number>> = {
  sendrecv: words.DIRECTION_SEND | words.DIRECTION_RECEIVE,
  sendonly: words.DIRECTION_SEND,
  recvonly: words.DIRECTION_RECEIVE,
  inactive: 0,
};

/** Turns commands into control words of the memory map; the next tick obeys them. Runs on the thread of the tick. */
export class Control {
  readonly #map: VoiceMap;
  readonly #streams: number;
  readonly #rtpTimeoutMs: number;
  readonly #family: number;
  readonly #listener: ControlListener;
  readonly #channels = new Map<Endpoint, number>();
  readonly #remotes = new Map<number, Remote>();
  readonly #conferences: Conferences;
  readonly #taps: Taps;
  /** Open streams whose codec is one of the host's. */
  readonly #ofPlugins = new Set<number>();
  #sessions = 0;

  /** `family`: 4 or 6, of the sockets. */
  constructor(map: VoiceMap, streams: number, rtpTimeoutMs: number, family: number, listener: ControlListener) {
    this.#map = map;
    this.#conferences = new Conferences(map);
    this.#taps = new Taps(map, listener.taps);
    this.#streams = streams;
    this.#rtpTimeoutMs = rtpTimeoutMs;
    this.#family = family;
    this.#listener = listener;
  }

  /** The device's channels exist from now on. */
  attach(device: DeviceName, channels: readonly number[]): void {
    channels.forEach((channel, n) => {
      this.#channels.set(`usb:${device}:${n}`, layout.MAX_RTP + channel);
    });
  }

  /** The device's channels close and are no more. */
  detach(device: DeviceName): void {
    for (const [endpoint, index] of this.#channels) {
      if (!endpoint.startsWith(`usb:${device}:`)) continue;
      this.#close(index);
      this.#channels.delete(endpoint);
    }
  }

  /** Index in the memory map; null when there is no such endpoint. */
  indexOf(endpoint: Endpoint): number | null {
    if (!endpoint.startsWith("rtp:")) return this.#channels.get(endpoint) ?? null;
    const stream = Number(endpoint.slice(4));
    return Number.isInteger(stream) && stream >= 0 && stream < this.#streams ? stream : null;
  }

  nameOf(index: number): Endpoint | null {
    if (index >= 0 && index < this.#streams) return `rtp:${index}`;
    for (const [endpoint, channel] of this.#channels) if (channel === index) return endpoint;
    return null;
  }

  /** The channels of all devices. */
  channels(): { readonly endpoint: Endpoint; readonly index: number; readonly isOpen: boolean }[] {
    return [...this.#channels].map(([endpoint, index]) => ({ endpoint, index, isOpen: this.#isOpen(index) }));
  }

  /** Indices of all open endpoints. */
  openIndices(): number[] {
    const all = [...Array(this.#streams).keys(), ...this.#channels.values()];
    return all.filter((index) => this.#isOpen(index));
  }

  /** The tick has to be done in parts: some stream's codec is one of the host's. */
  get needsPlugins(): boolean {
    return this.#ofPlugins.size > 0;
  }

  /** The far end of a stream; null while it is not known. */
  remoteOf(stream: number): Remote | null {
    return this.#remotes.get(stream) ?? null;
  }

  perform(command: PathCommand): void {
    switch (command.kind) {
      case "openRtp":
        return this.#openRtp(command);
      case "openUsb":
        return this.#openUsb(command);
      case "join":
        return this.#join(command.a, command.b);
      case "part":
        return this.#part(command.a, command.b);
      case "mix":
        return this.#mix(command.endpoint, command.conference);
      case "tone":
        return this.#tone(command);
      case "callerId":
        return this.#callerId(command);
      case "sendDigit":
        return this.#sendDigit(command.endpoint, command.digit, command.durationMs);
      case "measure":
        return this.#measure(command);
      case "close": {
        const index = this.indexOf(command.endpoint);
        if (index !== null) this.#close(index);
        return;
      }
      default:
        return unreachable(command);
    }
  }

  /** What is recorded, and played from files. */
  tap(task: TapTask): void {
    if (task.kind === "release") return this.#taps.release(task.ring);
    const { ring, endpoint } = task;
    const index = this.indexOf(endpoint);
    if (index === null || !this.#isOpen(index)) this.#taps.refuse(ring, this.#notOpen(endpoint, index));
    else if (task.kind === "record") this.#taps.record(ring, index, endpoint);
    else this.#taps.play(ring, index, task.rateHz, endpoint);
  }

  /** Once after each tick. */
  lookAtFiles(): void {
    this.#taps.look();
  }

  #openRtp(command: Of<"openRtp">): void {
    const index = this.indexOf(command.endpoint);
    if (index === null) return this.#listener.failed(command.endpoint, this.#missing(command.endpoint));
    const format = this.#map.formatNumber(command.format);
    if (format === 0)
      return this.#listener.failed(command.endpoint, `${command.format} is not loaded: add its [[codec]]`);
    if (!this.#setRemote(index, command.endpoint, command.remote)) return;
    const fresh = !this.#isOpen(index);
    if (fresh) this.#begin(index);
    const at = endpointAddress(index);
    this.#map.setWord(at + words.CONTROL_FORMAT, format);
    if (format >= layout.FORMAT_PLUGIN) this.#ofPlugins.add(index);
    else this.#ofPlugins.delete(index);
    this.#map.setWord(at + words.CONTROL_PAYLOAD_TYPE, command.payloadType & 0x7f);
    this.#map.setWord(at + words.CONTROL_EVENT_TYPE, command.eventPayloadType ?? -1);
    this.#map.setWord(at + words.CONTROL_LONG_PACKETS, command.longPackets === true ? 1 : 0);
    this.#map.setWord(at + words.CONTROL_QUIET, command.comfortNoise === true ? 1 : 0);
    this.#map.setWord(at + words.CONTROL_VBD, command.voiceBandData === true ? 1 : 0);
    this.#map.setWord(at + words.CONTROL_DIRECTION, directions[command.direction]);
    this.#map.setWord(at + words.CONTROL_REMOTE, this.#remotes.has(index) ? 1 : 0);
    this.#map.setWord(at + words.CONTROL_TIMEOUT, this.#rtpTimeoutMs);
    // Taken off hold, or answered after early media: a silence told before then was ignored, and may go on.
    this.#map.setWord(at + words.SILENT_MS, 0);
    this.#map.setWord(at + words.SILENT_TOLD, 0);
    if (fresh) this.#listener.opened(index);
  }

  /** False when nothing can be sent there. 0.0.0.0 is hold in the style of RFC 2543: no address. */
  #setRemote(index: number, endpoint: RtpEndpoint, remote: Address | null): boolean {
    if (remote === null || remote.address === "0.0.0.0" || remote.address === "::") {
      this.#remotes.delete(index);
      return true;
    }
    const validPort = Number.isInteger(remote.port) && remote.port > 0 && remote.port < 65536;
    if (isIP(remote.address) !== this.#family || !validPort) {
      const where = `${remote.address} port ${remote.port}`;
      this.#listener.failed(endpoint, `${where} is no IPv${this.#family} address of a far end: offer one`);
      return false;
    }
    if (this.#remotes.get(index)?.isAt(remote) === true) return true;
    this.#remotes.set(index, new Remote(remote));
    // What was learnt of the way from the old address means nothing; an endpoint that opens is cleared anyway.
    this.#map.add(endpointAddress(index) + words.CONTROL_NETWORK, 1);
    return true;
  }

  #openUsb(command: Of<"openUsb">): void {
    const index = this.indexOf(command.endpoint);
    if (index === null) return this.#listener.failed(command.endpoint, this.#missing(command.endpoint));
    if (!this.#isOpen(index)) this.#begin(index);
    const at = endpointAddress(index);
    this.#map.setWord(at + words.CONTROL_FORMAT, formatNumber(command.format));
    this.#map.setWord(at + words.CONTROL_ECHO, command.echoTailMs ?? 0);
    this.#map.setWord(at + words.CONTROL_MUTE_KEYS, command.muteKeys === true ? 1 : 0);
    this.#map.setWord(at + words.CONTROL_FAX, command.faxSearch === true ? 1 : 0);
    this.#map.setWord(at + words.CONTROL_VBD, command.voiceBandData === true ? 1 : 0);
  }

  /** Control words of an endpoint that was closed; the state of its last session is void. */
  #begin(index: number): void {
    const at = endpointAddress(index);
    this.#map.octets.fill(0, at, at + words.FRAME_OCTETS);
    this.#sessions = (this.#sessions + 1) | 0 || 1;
    const random = randomBytes(12);
    this.#map.setWord(at + words.CONTROL_SESSION, this.#sessions);
    this.#map.setWord(at + words.CONTROL_PEER, -1);
    this.#map.setWord(at + words.CONTROL_EVENT_TYPE, -1);
    this.#map.setWord(at + words.CONTROL_SSRC, random.readInt32LE(0));
    this.#map.setWord(at + words.CONTROL_FIRST_SEQUENCE, random.readUInt16LE(4));
    this.#map.setWord(at + words.CONTROL_FIRST_TIMESTAMP, random.readInt32LE(8));
    this.#map.setWord(at + words.CONTROL_OPEN, 1);
  }

  #close(index: number): void {
    if (!this.#isOpen(index)) return;
    if (index < layout.MAX_RTP) this.#listener.closing(index);
    this.#leave(index);
    this.#taps.closed(index);
    this.#map.setWord(endpointAddress(index) + words.CONTROL_OPEN, 0);
    this.#remotes.delete(index);
    this.#ofPlugins.delete(index);
  }

  #join(a: Endpoint, b: Endpoint): void {
    const first = this.#openIndex(a);
    const second = this.#openIndex(b);
    if (first === null || second === null) return;
    this.#leave(first);
    this.#leave(second);
    this.#setPeer(first, second);
    this.#setPeer(second, first);
  }

  #part(a: Endpoint, b: Endpoint | ConferenceName): void {
    const first = this.indexOf(a);
    const peer = isConference(b) ? conferencePeer(b) : this.indexOf(b);
    if (first !== null && peer !== null && this.#peer(first) === peer) this.#leave(first);
  }

  #mix(endpoint: Endpoint, conference: ConferenceName): void {
    const index = this.#openIndex(endpoint);
    if (index === null) return;
    const refused = this.#conferences.whyNot(index, conference);
    if (refused !== null) return this.#listener.failed(endpoint, refused);
    this.#leave(index);
    this.#conferences.enter(index, conference);
  }

  /** An endpoint that is gone was lost with its device: nothing is known of it. */
  #measure(command: Of<"measure">): void {
    const index = this.indexOf(command.endpoint);
    if (index !== null && this.#isOpen(index)) this.#listener.measure(index, command);
  }

  /** Nobody hears this endpoint any more, and it hears nobody. */
  #leave(index: number): void {
    if (this.#conferences.leave(index)) return;
    const peer = this.#peer(index);
    this.#setPeer(index, -1);
    if (peer >= 0 && this.#peer(peer) === index) this.#setPeer(peer, -1);
  }

  #tone(command: Of<"tone">): void {
    const known = this.indexOf(command.endpoint);
    // A tone that ends on a closed endpoint has ended.
    if (command.tone === null && (known === null || !this.#isOpen(known))) return;
    const index = this.#openIndex(command.endpoint);
    if (index === null) return;
    writeTone(this.#map, index, command.tone === null ? null : countries[command.country].tones[command.tone]);
  }

  #callerId(command: Of<"callerId">): void {
    const index = this.#openIndex(command.endpoint);
    if (index === null) return;
    writeData(this.#map, index, command.standard, callerIdMessage(command, new Date()));
  }

  #sendDigit(endpoint: Endpoint, digit: Digit, durationMs: number): void {
    const index = this.#openIndex(endpoint);
    if (index === null) return;
    const at = endpointAddress(index);
    const written = this.#map.word(at + words.DIGITS_WRITTEN);
    if (written - this.#map.word(at + words.DIGITS_READ) >= words.MAX_DIGITS) return;
    const duration = Math.max(SHORTEST_DIGIT_MS, Math.min(LONGEST_DIGIT_MS, durationMs)) * 8;
    const place = at + words.DIGITS_QUEUE + 4 * (written % words.MAX_DIGITS);
    this.#map.setWord(place, (Math.round(duration) << 8) | digits.indexOf(digit));
    this.#map.setWord(at + words.DIGITS_WRITTEN, written + 1);
  }

  /** Reports when the endpoint is not there or closed. */
  #openIndex(endpoint: Endpoint): number | null {
    const index = this.indexOf(endpoint);
    if (index !== null && this.#isOpen(index)) return index;
    this.#listener.failed(endpoint, this.#notOpen(endpoint, index));
    return null;
  }

  #notOpen(endpoint: Endpoint, index: number | null): string {
    return index === null ? this.#missing(endpoint) : `${endpoint} is closed: open it first`;
  }

  #missing(endpoint: Endpoint): string {
    return endpoint.startsWith("rtp:")
      ? `no stream ${endpoint}: rtp:0 to rtp:${this.#streams - 1} are bound`
      : `no channel ${endpoint}: its device is not attached`;
  }

  #isOpen(index: number): boolean {
    return this.#map.word(endpointAddress(index) + words.CONTROL_OPEN) !== 0;
  }

  #peer(index: number): number {
    return this.#map.word(endpointAddress(index) + words.CONTROL_PEER);
  }

  #setPeer(index: number, peer: number): void {
    this.#map.setWord(endpointAddress(index) + words.CONTROL_PEER, peer);
  }
}
