import type { TestContext } from "node:test";
import type { Status } from "../../../src/api/status.ts";
import type { DeviceName } from "../../../src/message/name.ts";
import type { Fact } from "../../../src/message/notify.ts";
import type { CallRecord } from "../../../src/message/record.ts";
import { Baresip } from "../../peers/harness/baresip.ts";
import { freePorts } from "../../peers/harness/free-ports.ts";
import { Scratch } from "../../peers/harness/scratch.ts";
import { sine } from "../../peers/harness/signal.ts";
import { until } from "../../peers/harness/until.ts";
import { LEVEL_DBM0, notes } from "../../peers/harness/voices.ts";
import { type Target, targetNames, targets } from "../image/target.ts";
import { routerConfig } from "./config.ts";
import { GuestGateway } from "./gateway.ts";
import { Guest, type GuestOptions, ports } from "./guest.ts";
import { busids, ServedHouse, type ServedName } from "./served-house.ts";

/** A processor that is emulated is slow, and the machine it is emulated on may be: nothing here is a figure of speed. */
const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 200;

export type FactOf<K extends Fact["kind"]> = Extract<Fact, { readonly kind: K }>;

/**
 *   this machine                                      the guest
 *   offhook device --serve ═════ USB/IP (TCP) ═══════ vhci-hcd, the kernel's USB, npm `usb`, offhook start
 *     the people at the phones                           │
 *   baresip ════════════════════ SIP, RTP (UDP) ═════════╯
 */
export class RouterWorld {
  readonly scratch: Scratch;
  readonly guest: Guest;
  readonly house: ServedHouse;
  /** Where calls out of the guest go. */
  readonly peerPort: number;
  readonly config: string;
  #gateway: GuestGateway | null = null;

  private constructor(scratch: Scratch, guest: Guest, house: ServedHouse, peerPort: number, config: string) {
    this.scratch = scratch;
    this.guest = guest;
    this.house = house;
    this.peerPort = peerPort;
    this.config = config;
  }

  /** Boots; the devices are not attached and no gateway runs yet. */
  static async boot(target: Target, options: GuestOptions = {}): Promise<RouterWorld> {
    const scratch = new Scratch();
    try {
      const guest = await Guest.boot(target, scratch, options);
      const peerPort = await freePorts(2);
      const config = routerConfig({ address: guest.address, peerPort });
      return new RouterWorld(scratch, guest, await ServedHouse.start(scratch, config), peerPort, config);
    } catch (problem) {
      await scratch.close();
      throw problem;
    }
  }

  get gateway(): GuestGateway {
    if (this.#gateway === null) throw new Error("no gateway runs in the guest");
    return this.#gateway;
  }

  close(): Promise<void> {
    return this.scratch.close();
  }

  /** `user`: whose it is; root's when not given. Resolves with how long it took to be ready, ms. */
  async startGateway(user?: string): Promise<number> {
    const began = performance.now();
    this.#gateway = await GuestGateway.start(this.guest, this.scratch, { config: this.config, user });
    return performance.now() - began;
  }

  async stopGateway(): Promise<void> {
    await this.gateway.stop();
    this.#gateway = null;
  }

  /** As a person does it in the guest. */
  attachByProgram(): Promise<string> {
    return this.guest.run(`cd /data && offhook device --attach 127.0.0.1:${this.house.port}`);
  }

  /** Plugs one in, without a program of ours. */
  async attach(device: ServedName): Promise<void> {
    await this.guest.run(`/opt/router/attach 127.0.0.1 ${this.house.port} ${busids[device]}`);
  }

  /** Pulls a device out and plugs it in again. */
  async replug(device: ServedName): Promise<void> {
    await this.house.unplug(device);
    await this.house.offer(device);
    await this.attach(device);
  }

  /** The address a softphone calls. */
  uri(number: string): string {
    return `sip:${number}@${this.guest.address}:${ports.sip}`;
  }

  /** Alice, who is in the phone book as 700: calls the house. */
  alice(t: TestContext): Promise<Baresip> {
    const says = sine(notes.softphone, LEVEL_DBM0, 60_000);
    return Baresip.start(forTest(t), { user: "700", displayName: "A. Example", says, answer: "manual" });
  }

  /** Bob, where calls out of the house go. */
  bob(t: TestContext): Promise<Baresip> {
    const says = sine(notes.otherSoftphone, LEVEL_DBM0, 60_000);
    return Baresip.start(forTest(t), { user: "701", says, answer: "auto", port: this.peerPort });
  }

  status(): Promise<Status> {
    return this.gateway.door.ask("status");
  }

  log(): Promise<readonly CallRecord[]> {
    return this.gateway.door.ask("log");
  }

  /** How many facts were told so far. */
  get told(): number {
    return this.gateway.door.facts.length;
  }

  /** Resolves at the first such fact from `since` on. */
  fact<K extends Fact["kind"]>(kind: K, since: number, which?: (fact: FactOf<K>) => boolean): Promise<FactOf<K>> {
    const { door } = this.gateway;
    const wait = { what: `fact ${kind}`, deadlineMs: PATIENCE_MS, evidence: () => this.evidence() };
    return until(door.changed, wait, () => {
      const isIt = (fact: Fact): fact is FactOf<K> => fact.kind === kind && (which?.(fact as FactOf<K>) ?? true); // its kind was looked at
      return door.facts
        .slice(since)
        .map((timed) => timed.fact)
        .find(isIt);
    });
  }

  attached(device: DeviceName, since: number): Promise<FactOf<"deviceAttached">> {
    return this.fact("deviceAttached", since, (fact) => fact.device === device);
  }

  detached(device: DeviceName, since: number): Promise<FactOf<"deviceDetached">> {
    return this.fact("deviceDetached", since, (fact) => fact.device === device);
  }

  /** Resolves once there is nothing `left` to wait for. */
  async settles(what: string, left: (status: Status) => string | null, deadlineMs = PATIENCE_MS): Promise<void> {
    const deadline = performance.now() + deadlineMs;
    for (;;) {
      const remains = left(await this.status());
      if (remains === null) return;
      if (performance.now() > deadline)
        throw new Error(`${what}: not within ${deadlineMs} ms, but ${remains}\n${this.evidence()}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** Every phone that is there is idle, and no call is up. */
  isQuiet(): Promise<void> {
    return this.settles("the house is quiet", ({ calls, phones }) => {
      const busy = phones.filter(({ state }) => state !== "idle" && state !== "absent");
      return calls === 0 && busy.length === 0 ? null : JSON.stringify({ calls, busy });
    });
  }

  allThere(): Promise<void> {
    return this.settles("every phone is there", ({ voice, phones }) => {
      const missing = phones.filter(({ state }) => state !== "idle");
      return voice === "ready" && phones.length > 0 && missing.length === 0 ? null : JSON.stringify({ voice, missing });
    });
  }

  evidence(): string {
    const facts = this.#gateway?.door.facts.slice(-20).map((timed) => JSON.stringify(timed)) ?? [];
    return [...facts, this.guest.console(), this.house.program.tail(1000)].join("\n");
  }
}

/** What ends with the test. */
function forTest(t: TestContext): Scratch {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  return scratch;
}

/** The target that the run is about, `OFFHOOK_ROUTER` in the environment: that of a PC when nothing is said. */
export function wantedTarget(): Target {
  const { OFFHOOK_ROUTER: wanted = "x86-64" } = process.env;
  const name = targetNames.find((one) => one === wanted);
  if (name === undefined) throw new Error(`OFFHOOK_ROUTER=${wanted}: there is ${targetNames.join(", ")}`);
  return targets[name];
}
