import type { Command } from "../message/command.ts";
import type { CountryCode, ToneName } from "../message/country.ts";
import type { CallId, Digit, Endpoint, PartyName, RtpEndpoint } from "../message/name.ts";
import type { VoiceCommand } from "../message/voice.ts";

type OpenRtp = Extract<VoiceCommand, { kind: "openRtp" }>;
type OpenUsb = Extract<VoiceCommand, { kind: "openUsb" }>;

interface Open {
  command: OpenRtp | OpenUsb;
  tone: ToneName | null;
}

/**
 * Last known state of the voice path: which endpoints are open, joined, sounding.
 * Voice endpoints are taken here and nowhere else, so that no path is ever left without an owner;
 * after a restart of the voice worker it can set up everything again.
 */
export class Switchboard {
  readonly #send: (command: Command) => void;
  readonly #country: () => CountryCode;
  readonly #ports = new Map<RtpEndpoint, number>();
  /** First in, first out: a port just closed rests longest, so that a new call never hears the old one. */
  #free: RtpEndpoint[] = [];
  readonly #taken = new Set<RtpEndpoint>();
  readonly #open = new Map<Endpoint, Open>();
  readonly #peers = new Map<Endpoint, Endpoint>();
  #state: "starting" | "ready" | "lost" = "starting";

  constructor(send: (command: Command) => void, country: () => CountryCode) {
    this.#send = send;
    this.#country = country;
  }

  get state(): "starting" | "ready" | "lost" {
    return this.#state;
  }

  /** The worker runs: first start, or all that was open is opened again. */
  ready(rtp: readonly { readonly endpoint: RtpEndpoint; readonly port: number }[]): void {
    this.#ports.clear();
    for (const { endpoint, port } of rtp) this.#ports.set(endpoint, port);
    const kept = this.#free.filter((endpoint) => this.#ports.has(endpoint));
    const fresh = rtp.map(({ endpoint }) => endpoint).filter((e) => !kept.includes(e) && !this.#taken.has(e));
    this.#free = [...kept, ...fresh];
    this.#state = "ready";
    for (const [endpoint, open] of this.#open) {
      this.#send(open.command);
      if (open.tone !== null) this.#sendTone(endpoint, open.tone);
    }
    for (const [a, b] of this.#peers) if (a <= b) this.#send({ world: "voice", kind: "join", a, b });
  }

  lost(): void {
    this.#state = "lost";
  }

  /** Takes an RTP endpoint; null when all are in use. Give it back by `close`. */
  takeRtp(): RtpEndpoint | null {
    const endpoint = this.#free.shift() ?? null;
    if (endpoint !== null) this.#taken.add(endpoint);
    return endpoint;
  }

  /** Whether one more could be taken. */
  get hasRtp(): boolean {
    return this.#free.length > 0;
  }

  openRtp(command: OpenRtp): void {
    this.#remember(command.endpoint, command);
    this.#send(command);
  }

  /** Opens a device channel, or changes it; nothing happens when it is open like that. */
  openUsb(command: OpenUsb): void {
    const now = this.#open.get(command.endpoint)?.command;
    if (now?.kind === "openUsb" && isSame(now, command)) return;
    this.#remember(command.endpoint, command);
    this.#send(command);
  }

  #remember(endpoint: Endpoint, command: OpenRtp | OpenUsb): void {
    const known = this.#open.get(endpoint);
    if (known === undefined) this.#open.set(endpoint, { command, tone: null });
    else known.command = command;
  }

  join(a: Endpoint, b: Endpoint): void {
    if (this.#peers.get(a) === b) return;
    this.part(a);
    this.part(b);
    this.#peers.set(a, b);
    this.#peers.set(b, a);
    this.#send({ world: "voice", kind: "join", a, b });
  }

  /** Ends the path this endpoint is part of, if any. */
  part(a: Endpoint): void {
    const b = this.#peers.get(a);
    if (b === undefined) return;
    this.#peers.delete(a);
    this.#peers.delete(b);
    this.#send({ world: "voice", kind: "part", a, b });
  }

  /** Plays a tone towards the endpoint; null = silence, or the peer's voice. */
  tone(endpoint: Endpoint, tone: ToneName | null): void {
    const open = this.#open.get(endpoint);
    if (open === undefined || open.tone === tone) return;
    open.tone = tone;
    this.#sendTone(endpoint, tone);
  }

  #sendTone(endpoint: Endpoint, tone: ToneName | null): void {
    this.#send({ world: "voice", kind: "tone", endpoint, tone, country: this.#country() });
  }

  /** How an endpoint was heard: `measured` follows, if the worker lives. */
  measure(endpoint: Endpoint, call: CallId, party: PartyName): void {
    if (this.#open.has(endpoint)) this.#send({ world: "voice", kind: "measure", endpoint, call, party });
  }

  sendDigit(endpoint: Endpoint, digit: Digit): void {
    if (this.#open.has(endpoint))
      this.#send({ world: "voice", kind: "sendDigit", endpoint, digit, durationMs: DIGIT_MS });
  }

  /** Parts, closes and gives back. Safe to call twice. */
  close(endpoint: Endpoint): void {
    this.part(endpoint);
    if (this.#open.delete(endpoint)) this.#send({ world: "voice", kind: "close", endpoint });
    if (isRtp(endpoint) && this.#taken.delete(endpoint) && this.#ports.has(endpoint)) this.#free.push(endpoint);
  }

  /** Nothing open, nothing taken: every path had an owner who closed it. */
  get idle(): boolean {
    return this.#open.size === 0 && this.#taken.size === 0 && this.#peers.size === 0;
  }

  /** For the journal's restart point; only meaningful when idle. */
  dump(): { state: "starting" | "ready" | "lost"; free: readonly RtpEndpoint[]; ports: [RtpEndpoint, number][] } {
    return { state: this.#state, free: this.#free, ports: [...this.#ports] };
  }

  restore(state: ReturnType<Switchboard["dump"]>): void {
    this.#state = state.state;
    this.#free = [...state.free];
    this.#ports.clear();
    for (const [endpoint, port] of state.ports) this.#ports.set(endpoint, port);
  }
}

/** A key sent for a person is 100 ms long (Q.24 asks for 40 at least; RFC 4733 packets carry 50 ms steps). */
const DIGIT_MS = 100;

function isRtp(endpoint: Endpoint): endpoint is RtpEndpoint {
  return endpoint.startsWith("rtp:");
}

function isSame(a: OpenUsb, b: OpenUsb): boolean {
  return (
    a.format === b.format &&
    a.echoTailMs === b.echoTailMs &&
    a.muteKeys === b.muteKeys &&
    a.faxSearch === b.faxSearch &&
    a.voiceBandData === b.voiceBandData
  );
}
