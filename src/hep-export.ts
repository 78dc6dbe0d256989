import type { HepConfig } from "./config/config.ts";
import type { Command } from "./message/command.ts";
import type { Event } from "./message/event.ts";
import type { Address } from "./message/media.ts";
import type { CallId } from "./message/name.ts";
import { packetOf } from "./trace/hep.ts";
import { LiveLadder } from "./trace/live.ts";
import type { Clock } from "./vendor/clock/clock.ts";
import { Collector, type CollectorFigures } from "./vendor/hep/collector.ts";
import { payloadType } from "./vendor/hep/packet.ts";
import { rtcpJson } from "./vendor/hep/rtcp-json.ts";
import { callIdOf, withoutCredentials } from "./vendor/hep/sip-octets.ts";
import { Stamps } from "./vendor/hep/stamps.ts";
import type { RtcpSeen } from "./voice/contract.ts";

export interface HepExportOptions extends HepConfig {
  readonly clock: Clock;
  /** Where the gateway speaks SIP. */
  readonly gateway: Address;
  readonly report: (problem: string) => void;
}

/**
 * What a running gateway tells a HEP collector: every SIP message as it is on the wire, RTCP, and of each call what phones,
 * timers and voice did, as lines of a log under the same Call-ID. Nothing of it is waited for, nothing throws.
 */
export class HepExport {
  readonly #options: HepExportOptions;
  readonly #collector: Collector;
  readonly #stamps = new Stamps();
  readonly #ladder: LiveLadder;

  constructor(options: HepExportOptions) {
    const { host, port, id, password, clock, report } = options;
    this.#options = options;
    this.#collector = new Collector({ host, port, id, password }, clock, report);
    this.#ladder = new LiveLadder(
      (at) => this.#stamps.of(at),
      (rung) => this.#collector.send(packetOf(rung, options.gateway)),
    );
  }

  /** A SIP message that is sent, or was received. */
  sip(octets: Uint8Array, from: Address, to: Address): void {
    const payload = this.#options.credentials ? octets : withoutCredentials(octets);
    const atUs = this.#stamps.of(this.#options.clock.now());
    this.#collector.send({ type: payloadType.sip, from, to, atUs, correlation: callIdOf(octets), payload });
  }

  /** RTCP that is sent, or was received, of a call that has a Call-ID. */
  rtcp({ endpoint, octets, from, to }: RtcpSeen): void {
    const [correlation, json] = [this.#ladder.correlationOf(endpoint), rtcpJson(octets)];
    if (correlation === null || json === null) return;
    const atUs = this.#stamps.of(this.#options.clock.now());
    this.#collector.send({ type: payloadType.rtcp, from, to, atUs, correlation, payload: Buffer.from(json) });
  }

  /** An event that was handled: to be told of each, in order. */
  handled(event: Event, commands: readonly Command[], touched: readonly CallId[]): void {
    this.#ladder.take(event, commands, touched);
  }

  figures(): CollectorFigures {
    return this.#collector.figures();
  }

  close(): Promise<void> {
    return this.#collector.close();
  }
}
