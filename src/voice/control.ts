import * as words from "../../assembly/endpoint-words.ts";
import * as layout from "../../assembly/layout.ts";
import { countries } from "../message/country.ts";
import type { ConferenceName, DeviceName, Digit, Endpoint } from "../message/name.ts";
import { unreachable } from "../message/units.ts";
import { callerIdMessage } from "./caller-id.ts";
import { Conferences, conferencePeer, isConference } from "./conferences.ts";
import { queueDigit } from "./digits.ts";
import { EndpointTable } from "./endpoint-table.ts";
import { FarEnds } from "./far-ends.ts";
import { endpointAddress, type VoiceMap } from "./map.ts";
import type { PathCommand, TapTask } from "./messages.ts";
import type { Remote } from "./remote.ts";
import { beginSession, writeChannel, writeStream } from "./session-words.ts";
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
  /** `closed`: it was to be opened, and is not. */
  failed(endpoint: Endpoint, reason: string, closed?: true): void;
  readonly taps: TapListener;
}

/** Turns commands into control words of the memory map; the next tick obeys them. Runs on the thread of the tick. */
export class Control {
  readonly #map: VoiceMap;
  readonly #endpoints: EndpointTable;
  readonly #rtpTimeoutMs: number;
  readonly #farEnds: FarEnds;
  readonly #listener: ControlListener;
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
    this.#endpoints = new EndpointTable(map, streams);
    this.#rtpTimeoutMs = rtpTimeoutMs;
    this.#farEnds = new FarEnds(map, family);
    this.#listener = listener;
  }

  /** Which endpoints there are. */
  get endpoints(): EndpointTable {
    return this.#endpoints;
  }

  /** The device's channels exist from now on. */
  attach(device: DeviceName, channels: readonly number[]): void {
    this.#endpoints.attach(device, channels);
  }

  /** The device's channels close and are no more. */
  detach(device: DeviceName): void {
    this.#endpoints.detach(device, (index) => this.#close(index));
  }

  /** The tick has to be done in parts: some stream's codec is one of the host's. */
  get needsPlugins(): boolean {
    return this.#ofPlugins.size > 0;
  }

  /** The far end of a stream; null while it is not known. */
  remoteOf(stream: number): Remote | null {
    return this.#farEnds.at(stream);
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
        const index = this.#endpoints.indexOf(command.endpoint);
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
    const index = this.#endpoints.indexOf(endpoint);
    if (index === null || !this.#endpoints.isOpen(index))
      this.#taps.refuse(ring, this.#endpoints.whyNotOpen(endpoint, index));
    else if (task.kind === "record") this.#taps.record(ring, index, endpoint);
    else this.#taps.play(ring, index, task.rateHz, endpoint);
  }

  /** Once after each tick. */
  lookAtFiles(): void {
    this.#taps.look();
  }

  #openRtp(command: Of<"openRtp">): void {
    const index = this.#endpoints.indexOf(command.endpoint);
    if (index === null) return this.#listener.failed(command.endpoint, this.#endpoints.missing(command.endpoint), true);
    const fresh = !this.#endpoints.isOpen(index);
    const format = this.#map.formatNumber(command.format);
    const problem =
      format === 0 ? `${command.format} is not loaded: add its [[codec]]` : this.#farEnds.place(index, command.remote);
    if (problem !== null) return this.#listener.failed(command.endpoint, problem, fresh || undefined);
    if (fresh) beginSession(this.#map, index, this.#nextSession());
    this.#map.setWord(endpointAddress(index) + words.CONTROL_FORMAT, format);
    if (format >= layout.FORMAT_PLUGIN) this.#ofPlugins.add(index);
    else this.#ofPlugins.delete(index);
    writeStream(this.#map, index, command, this.#farEnds.at(index) !== null, this.#rtpTimeoutMs);
    if (fresh) this.#listener.opened(index);
  }

  #openUsb(command: Of<"openUsb">): void {
    const index = this.#endpoints.indexOf(command.endpoint);
    if (index === null) return this.#listener.failed(command.endpoint, this.#endpoints.missing(command.endpoint), true);
    if (!this.#endpoints.isOpen(index)) beginSession(this.#map, index, this.#nextSession());
    writeChannel(this.#map, index, command);
  }

  #nextSession(): number {
    this.#sessions = (this.#sessions + 1) | 0 || 1;
    return this.#sessions;
  }

  #close(index: number): void {
    if (!this.#endpoints.isOpen(index)) return;
    if (index < layout.MAX_RTP) this.#listener.closing(index);
    this.#leave(index);
    this.#taps.closed(index);
    this.#map.setWord(endpointAddress(index) + words.CONTROL_OPEN, 0);
    this.#farEnds.forget(index);
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
    const first = this.#endpoints.indexOf(a);
    const peer = isConference(b) ? conferencePeer(b) : this.#endpoints.indexOf(b);
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
    const index = this.#endpoints.indexOf(command.endpoint);
    if (index !== null && this.#endpoints.isOpen(index)) this.#listener.measure(index, command);
  }

  /** Nobody hears this endpoint any more, and it hears nobody. */
  #leave(index: number): void {
    if (this.#conferences.leave(index)) return;
    const peer = this.#peer(index);
    this.#setPeer(index, -1);
    if (peer >= 0 && this.#peer(peer) === index) this.#setPeer(peer, -1);
  }

  #tone(command: Of<"tone">): void {
    const known = this.#endpoints.indexOf(command.endpoint);
    // A tone that ends on a closed endpoint has ended.
    if (command.tone === null && (known === null || !this.#endpoints.isOpen(known))) return;
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
    if (index !== null) queueDigit(this.#map, index, digit, durationMs);
  }

  /** Reports when the endpoint is not there or closed. */
  #openIndex(endpoint: Endpoint): number | null {
    const index = this.#endpoints.indexOf(endpoint);
    if (index !== null && this.#endpoints.isOpen(index)) return index;
    this.#listener.failed(endpoint, this.#endpoints.whyNotOpen(endpoint, index));
    return null;
  }

  #peer(index: number): number {
    return this.#map.word(endpointAddress(index) + words.CONTROL_PEER);
  }

  #setPeer(index: number, peer: number): void {
    this.#map.setWord(endpointAddress(index) + words.CONTROL_PEER, peer);
  }
}
