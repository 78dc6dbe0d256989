import { readFileSync } from "node:fs";
import * as layout from "../../assembly/layout.ts";
import type { RtpFormat } from "../../src/message/media.ts";
import type { Endpoint } from "../../src/message/name.ts";
import { callQuality } from "../../src/voice/call-quality.ts";
import type { FrameMs } from "../../src/voice/contract.ts";
import { Control } from "../../src/voice/control.ts";
import { DeviceRings } from "../../src/voice/device-rings.ts";
import { type Engine, openEngine } from "../../src/voice/engine.ts";
import { forEachHappening } from "../../src/voice/happenings.ts";
import { endpointAddress, newVoiceMemory, VoiceMap } from "../../src/voice/map.ts";
import type { Happening, PathCommand } from "../../src/voice/messages.ts";
import { PacketsIn } from "../../src/voice/packets-in.ts";
import { PacketsOut } from "../../src/voice/packets-out.ts";
import type { CodecModule } from "../../src/voice/plugin/codec.ts";
import { PluginHost } from "../../src/voice/plugin/host.ts";
import { streamStatus } from "../../src/voice/stream-status.ts";
import { type RtpPacket, readRtp } from "./rtp.ts";

const wasm = new WebAssembly.Module(readFileSync(new URL("../../dist/voice.wasm", import.meta.url)));
const farEnd = { address: "127.0.0.1", port: 4000 };

type WithoutWorld<C> = C extends unknown ? Omit<C, "world"> : never;
type Order = WithoutWorld<PathCommand>;

export interface RigOptions {
  /** Fixed, unless there are bounds. */
  readonly jitterMs?: number;
  readonly frameMs?: FrameMs;
  /** What the device hands over at a time; 20 without it. */
  readonly deviceMs?: FrameMs;
  readonly jitterMinMs?: number;
  readonly jitterMaxMs?: number;
  readonly rtpTimeoutMs?: number;
  readonly codecs?: readonly CodecModule[];
  /** When the device gives or takes a frame; without: in the middle between two ticks. */
  readonly deviceMicros?: () => number;
}

/** The voice path without thread, sockets and clock: a test delivers packets and frames, and ticks. */
export class Rig {
  readonly map = new VoiceMap(newVoiceMemory());
  readonly control: Control;
  readonly device: DeviceRings;
  readonly events: Happening[] = [];
  readonly failures: string[] = [];
  /** What was told of rings to files. */
  readonly taps: object[] = [];
  readonly plugins: PluginHost;
  readonly #engine: Engine;
  readonly #in = new PacketsIn(this.map);
  readonly #out = new PacketsOut(this.map);
  readonly frameMs: FrameMs;
  #clock = 0;

  constructor(options: RigOptions = {}) {
    const { jitterMs = 40, jitterMinMs = jitterMs, jitterMaxMs = jitterMs, frameMs = 20 } = options;
    this.frameMs = frameMs;
    const figures = { rtp: 24, usb: 4, jitterMs, jitterMinMs, jitterMaxMs, frameMs };
    this.#engine = openEngine(wasm, this.map.memory, figures);
    this.control = new Control(this.map, 24, options.rtpTimeoutMs ?? 60_000, 4, {
      opened: () => {},
      closing: (stream) => this.plugins.close(stream),
      measure: (index, { call, party, endpoint }) => {
        const quality = callQuality(
          streamStatus(this.map, index, endpoint, (other) => this.control.endpoints.nameOf(other)),
        );
        this.events.push({ kind: "measured", call, party, quality });
      },
      failed: (_, reason) => void this.failures.push(reason),
      taps: {
        began: (ring, rateHz) => void this.taps.push({ ring, rateHz }),
        ended: (ring, refused) => void this.taps.push({ ring, refused }),
      },
    });
    const { codecs = [] } = options;
    this.map.plugins.push(...codecs.map(({ shape }) => `codec:${shape.name}/${shape.clockRate}` as const));
    this.plugins = new PluginHost(this.map, codecs, (stream, reason) => {
      this.failures.push(`rtp:${stream}: ${reason}`);
    });
    // The device's frames lie in the middle between two ticks.
    this.device = new DeviceRings(
      this.map,
      [0, 1],
      () => {},
      { tickMs: frameMs, deviceMs: options.deviceMs ?? 20 },
      () => options.deviceMicros?.() ?? this.micros + frameMs * 500,
    );
    this.control.attach("dongle:1", [0, 1]);
  }

  perform(order: Order): void {
    this.control.perform({ world: "voice", ...order } as PathCommand); // TypeScript does not spread a union into a union
    if (order.kind === "openUsb") this.device.setFormat(Number(order.endpoint.at(-1)), order.format);
  }

  /** Opens a stream, both ways unless told otherwise. */
  openRtp(stream: number, format: RtpFormat, more: Partial<Extract<Order, { kind: "openRtp" }>> = {}): void {
    const payloadType = format === "PCMU" ? 0 : format === "PCMA" ? 8 : 96;
    this.perform({
      kind: "openRtp",
      endpoint: `rtp:${stream}`,
      remote: farEnd,
      format,
      payloadType,
      eventPayloadType: 101,
      direction: "sendrecv",
      ...more,
    });
  }

  join(a: Endpoint, b: Endpoint): void {
    this.perform({ kind: "join", a, b });
  }

  deliver(stream: number, packet: Uint8Array): boolean {
    return this.#in.put(stream, packet, this.#clock);
  }

  /** One tick; returns the packets sent. `dueMicros`: when it was due, by the clock without it. */
  tick(periods = 1, dueMicros?: number): { readonly stream: number; readonly packet: RtpPacket }[] {
    this.tickEngine(periods, dueMicros);
    forEachHappening(
      this.map,
      (index) => this.control.endpoints.nameOf(index),
      (event) => this.events.push(event),
    );
    this.control.lookAtFiles();
    return this.sent();
  }

  /** When the last tick was due, µs. */
  get micros(): number {
    return this.#clock * 125;
  }

  /** One tick and nothing else. */
  tickEngine(periods = 1, dueMicros?: number): void {
    this.#clock += 8 * this.frameMs * periods;
    this.map.setWord(layout.HEADER_DUE, dueMicros ?? this.micros);
    if (this.control.needsPlugins) this.#engine.tickWith(periods, this.plugins);
    else this.#engine.tick(periods);
  }

  /** The packets of the tick just done. */
  sent(): { readonly stream: number; readonly packet: RtpPacket }[] {
    const sent: { stream: number; packet: RtpPacket }[] = [];
    this.#out.forEach((stream, octets) => {
      sent.push({ stream, packet: readRtp(octets) });
    });
    return sent;
  }

  /** One tick; returns the payload that one stream sent, as a copy. */
  tickFor(stream: number): Uint8Array | null {
    return this.tick().find((sent) => sent.stream === stream)?.packet.payload ?? null;
  }

  /** 20 ms; returns the next frame for a USB channel as samples, null when there is none. */
  tickSamples(channel: number): Int16Array | null {
    for (let passed = 0; passed < 20; passed += this.frameMs) this.tick();
    const frame = new Uint8Array(320);
    return this.device.pull(channel, frame) === 320 ? new Int16Array(frame.buffer) : null;
  }

  status(endpoint: Endpoint) {
    const index = this.control.endpoints.indexOf(endpoint) ?? 0;
    return streamStatus(this.map, index, endpoint, (other) => this.control.endpoints.nameOf(other));
  }

  word(endpoint: Endpoint, offset: number): number {
    return this.map.word(endpointAddress(this.control.endpoints.indexOf(endpoint) ?? 0) + offset);
  }
}

/** Samples of so many frames heard at USB channel 0, which must be open as L16. */
export function listen(rig: Rig, frames: number): Int16Array {
  const heard: number[] = [];
  while (heard.length < frames * 160) heard.push(...(rig.tickSamples(0) ?? []));
  return Int16Array.from(heard);
}
