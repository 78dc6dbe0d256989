import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Status } from "../../../src/api/status.ts";
import type { PhoneName } from "../../../src/message/name.ts";
import type { Fact } from "../../../src/message/notify.ts";
import type { CallRecord, Contact } from "../../../src/message/record.ts";
import type { CallView, LineView, PhoneView } from "../../../src/message/view.ts";
import { Door, type TimedFact } from "./door.ts";
import { freePorts } from "./free-ports.ts";
import { type HouseConfig, houseConfig } from "./house-config.ts";
import { Phone } from "./phone.ts";
import { Program } from "./program.ts";
import type { Scratch } from "./scratch.ts";
import { until } from "./until.ts";

const root = join(import.meta.dirname, "../../..");
const main = join(root, "dist/offhook.js");

/** How often the state is looked at while nothing is told, ms. */
const LOOK_EVERY_MS = 50;

export type HouseOptions = Partial<Pick<HouseConfig, "numbering" | "rtp" | "extra" | "peerPort">> & {
  /** A data directory that is there already: a house that is started again. */
  readonly dataDir?: string;
  /** Where the configuration is written; into the data directory when it is not said. */
  readonly configDir?: string;
};

/** A running gateway with emulated devices, in a process of its own, on ports and in a directory of its own. */
export class House {
  readonly dataDir: string;
  readonly sipPort: number;
  /** First of the 32 RTP ports. */
  readonly rtpPort: number;
  /** Where its calls out go. */
  readonly peerPort: number;
  readonly door: Door;
  readonly program: Program;
  readonly #phones = new Map<PhoneName, Phone>();

  private constructor(program: Program, dataDir: string, ports: HouseConfig) {
    this.program = program;
    this.dataDir = dataDir;
    this.door = new Door(dataDir);
    this.sipPort = ports.sipPort;
    this.rtpPort = ports.rtpPort;
    this.peerPort = ports.peerPort;
    for (const name of ["handset:1", "handset:2", "handset:3", "port:1", "port:2"] as const)
      this.#phones.set(name, new Phone(name, this.door, dataDir));
  }

  static async start(scratch: Scratch, options: HouseOptions = {}): Promise<House> {
    const dataDir = options.dataDir ?? (await scratch.folder("house"));
    // At once, so that none lies in the range of another: 32 for RTP, one for SIP, two for a softphone.
    const rtpPort = await freePorts(36);
    const ports = { ...options, rtpPort, sipPort: rtpPort + 32, peerPort: options.peerPort ?? rtpPort + 34 };
    const config = join(options.configDir ?? dataDir, "house.toml");
    await writeFile(config, houseConfig(ports));
    const args = [main, "start", "--config", config, "--data", dataDir, "--emulate", "--json", "--verbose"];
    const program = new Program({ name: "offhook", command: process.execPath, args });
    scratch.atEnd(() => program.stop());
    const house = new House(program, dataDir, ports);
    await house.#open();
    return house;
  }

  phone(name: PhoneName): Phone {
    const phone = this.#phones.get(name);
    if (phone === undefined) throw new Error(`the house has no ${name}`);
    return phone;
  }

  get phones(): readonly Phone[] {
    return [...this.#phones.values()];
  }

  /** The address a softphone calls. */
  uri(number: string): string {
    return `sip:${number}@127.0.0.1:${this.sipPort}`;
  }

  status(): Promise<Status> {
    return this.door.ask("status");
  }

  calls(): Promise<readonly CallView[]> {
    return this.door.ask("calls");
  }

  log(): Promise<readonly CallRecord[]> {
    return this.door.ask("log");
  }

  book(): Promise<readonly Contact[]> {
    return this.door.ask("book");
  }

  lines(): Promise<readonly LineView[]> {
    return this.door.ask("lines");
  }

  phoneViews(): Promise<readonly PhoneView[]> {
    return this.door.ask("phones");
  }

  unplug(device: string): Promise<unknown> {
    return this.door.ask("unplug", device);
  }

  plug(device: string): Promise<unknown> {
    return this.door.ask("plug", device);
  }

  /** `offhook …` as a person types it. */
  async cli(...args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
    const program = new Program({ name: `offhook ${args[0]}`, command: process.execPath, args: [main, ...args] });
    const code = await program.ends(20_000);
    return { code, output: program.output };
  }

  /** Resolves at the first such fact among those from index `since` on. */
  fact<K extends Fact["kind"]>(
    kind: K,
    deadlineMs = 5000,
    since = 0,
    which?: (fact: FactOf<K>) => boolean,
  ): Promise<FactOf<K>> {
    const wait = { what: `fact ${kind}`, deadlineMs, evidence: () => this.evidence() };
    return until(this.door.changed, wait, () => {
      const match = (timed: TimedFact) => isKind(timed.fact, kind) && (which === undefined || which(timed.fact));
      return this.door.facts.slice(since).find(match)?.fact as FactOf<K> | undefined; // `match` has looked
    });
  }

  /** Resolves when no call is up and every phone that is there is idle; rejects naming what is left. */
  isQuiet(deadlineMs = 5000): Promise<void> {
    return this.settles("the house is quiet", deadlineMs, async () => {
      const [calls, phones] = [await this.calls(), await this.phoneViews()];
      const busy = phones.filter((phone) => phone.state !== "idle" && phone.state !== "absent");
      return calls.length === 0 && busy.length === 0 ? null : JSON.stringify({ calls, busy });
    });
  }

  /** Resolves with the first status that is as wanted. */
  async untilStatus(what: string, deadlineMs: number, wanted: (status: Status) => boolean): Promise<Status> {
    let status = await this.status();
    await this.settles(what, deadlineMs, async () => {
      status = await this.status();
      return wanted(status) ? null : JSON.stringify(status);
    });
    return status;
  }

  evidence(): string {
    const facts = this.door.facts.slice(-25).map((timed) => JSON.stringify(timed));
    return `${facts.join("\n")}\n${this.program.tail()}`;
  }

  async #open(): Promise<void> {
    await this.program.says(/"ready":true/, 20_000);
    this.door.follow();
    await this.door.recall();
    await this.settles("every phone is there", 10_000, async () => {
      const { voice, phones } = await this.status();
      const missing = phones.filter((phone) => phone.state !== "idle");
      return voice === "ready" && phones.length > 0 && missing.length === 0 ? null : JSON.stringify({ voice, phones });
    });
  }

  /** Resolves once nothing is `left`; looks again at every fact, and now and then between them: not every change is one. */
  async settles(what: string, deadlineMs: number, left: () => Promise<string | null>): Promise<void> {
    const deadline = performance.now() + deadlineMs;
    for (let remains = await left(); remains !== null; remains = await left()) {
      if (performance.now() > deadline)
        throw new Error(`${what}: not within ${deadlineMs} ms, but ${remains}\n${this.evidence()}`);
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(again);
          stop();
          resolve();
        };
        const again = setTimeout(done, LOOK_EVERY_MS);
        const stop = this.door.changed.listen(done);
      });
    }
  }
}

export type FactOf<K extends Fact["kind"]> = Extract<Fact, { readonly kind: K }>;

function isKind<K extends Fact["kind"]>(fact: Fact, kind: K): fact is FactOf<K> {
  return fact.kind === kind;
}
