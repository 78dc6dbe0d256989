import { readdirSync, readlinkSync } from "node:fs";
import { ask } from "../../src/api/control-client.ts";
import { type ControlSocket, openControlSocket } from "../../src/api/control-socket.ts";
import { readConfig } from "../../src/config/read-config.ts";
import type { Person } from "../../src/emulator/contract.ts";
import { startGateway } from "../../src/gateway.ts";
import type { Gateway } from "../../src/gateway-contract.ts";
import type { PhoneName } from "../../src/message/name.ts";
import type { Fact } from "../../src/message/notify.ts";
import type { VoiceStatus } from "../../src/voice/contract.ts";
import { FarEnd } from "./far-end.ts";

export const phones: readonly PhoneName[] = ["handset:1", "handset:2", "port:1"];
const lookEvery = 15;
/** How long people wait for what should happen: with something failing it often does not, ms. */
const impatient = 2000;
/** Where nothing fails it does, whatever else the processor has to do, ms. */
const patient = 15_000;
/** Nothing that is asked of a voice worker that lives takes so long. */
const statusPatience = 3000;

export interface Place {
  readonly dir: string;
  /** First of so many ports: one for SIP, two for the far end, eight for RTP. */
  readonly port: number;
  readonly edge: "dgram" | "batched";
}

export const portsWanted = 12;

function config({ port, edge }: Place): string {
  return `
[sip]
listen = "127.0.0.1:${port}"
[rtp]
port_min = ${port + 4}
port_max = ${port + 11}
edge = "${edge}"
jitter_ms = 20
[voice]
priority = "normal"
[usb]
enabled = false
emulate = true
[data]
save_after_ms = 100
[[line]]
name = "local"
mode = "direct"
user = "offhook"
server = "127.0.0.1:${port + 1}"
${[1, 2].map((n) => `[[handset]]\nnumber = "1${n}"\n`).join("")}
[[port]]
number = "21"
[[group]]
number = "10"
[[service]]
number = "29"
service = "capsule"
[[outgoing]]
pattern = "7"
line = "local"
`;
}

/** A gateway with its emulated phones and a far end, all in this process but for the voice worker's thread. */
export class House {
  readonly gateway: Gateway;
  readonly far: FarEnd;
  readonly dir: string;
  /** What people were told. */
  readonly reports: string[];
  /** Rules that were broken, and handlers that threw. */
  readonly bugs: string[] = [];
  /** Calls that are not in the log's file yet, or could not be written there. */
  unsaved = false;
  patience = patient;
  #troubles = 0;
  readonly #control: ControlSocket;
  readonly #bells = new Set<() => void>();

  /** Rejects when the gateway does; nothing is left then. */
  static async start(place: Place): Promise<House> {
    const reports: string[] = [];
    const control = await openControlSocket(place.dir);
    const far = await FarEnd.open(place.port + 1, place.port);
    try {
      const report = (problem: string): void => void reports.push(problem);
      const gateway = await startGateway(readConfig(config(place)), { dataDir: place.dir, report });
      control.serve(gateway);
      const house = new House(place, gateway, far, control, reports);
      for (const phone of ["handset:1", "handset:2"] as const)
        await house.person(phone).act({ kind: "alertAfter", ms: 20 });
      return house;
    } catch (problem) {
      far.close();
      await control.close();
      throw problem;
    }
  }

  private constructor(place: Place, gateway: Gateway, far: FarEnd, control: ControlSocket, reports: string[]) {
    this.dir = place.dir;
    this.gateway = gateway;
    this.far = far;
    this.reports = reports;
    this.#control = control;
    const ring = (): void => {
      for (const bell of this.#bells) bell();
    };
    far.onChange = ring;
    for (const { fact } of gateway.recentFacts()) this.#look(fact);
    gateway.onFact((fact) => {
      this.#look(fact);
      ring();
    });
    for (const phone of phones) this.person(phone).onChange(ring);
  }

  /** Something is going to fail, or nothing is any more. */
  expectsTrouble(is: boolean): void {
    this.patience = is ? impatient : patient;
  }

  person(phone: PhoneName): Person {
    const person = this.gateway.emulator?.person(phone) ?? null;
    if (person === null) throw new Error(`nobody is at ${phone}`);
    return person;
  }

  /** Resolves once it is so; rejects when it can not become so any more (`hopeless`), or patience is at its end. */
  async until(what: string, isSo: () => boolean, hopeless: () => boolean = () => false): Promise<void> {
    const end = performance.now() + this.patience;
    while (!isSo()) {
      if (hopeless() || performance.now() > end) throw new Error(`not so: ${what}`);
      await this.change();
    }
  }

  /** Everybody hangs up, and what was unplugged is plugged in. */
  async hangUpAll(): Promise<void> {
    const { emulator } = this.gateway;
    this.far.endAll();
    for (const phone of phones)
      await this.person(phone)
        .act({ kind: "onhook" })
        .catch(() => {});
    for (const device of ["base:1", "dongle:1"] as const) await emulator?.plug(device).catch(() => {});
  }

  /** What is left when everybody has hung up; null: nothing. */
  async left(): Promise<string | null> {
    const { calls, timers, phones: views, voice, unsaved } = this.gateway.view();
    const busy = views.filter(({ state }) => state !== "idle").map(({ phone, state }) => `${phone} ${state}`);
    const people = phones.filter(
      (phone) => this.person(phone).look().hook === "off" || this.person(phone).look().ringing,
    );
    const left = [
      ...(this.unsaved ? ["the call log is not saved"] : []),
      ...calls.map(({ call, state }) => `${call} ${state}`),
      ...timers.map(({ name, owner }) => `timer ${name} of ${owner}`),
      ...busy,
      ...people.map((phone) => `${phone} is off-hook or rings`),
      ...(voice === "ready" ? [] : [`voice ${voice}`]),
      ...(this.far.dialog === null ? [] : ["the far end has a dialog"]),
      ...Object.entries(unsaved).flatMap(([what, why]) => (why === null ? [] : [`${what} not saved: ${why}`])),
    ];
    if (left.length > 0) return left.join(", ");
    const status = await this.#voiceStatus();
    // One that has just died has no ticks.
    if (status === null || status.ticks === 0) return "the voice worker does not answer";
    return status.streams.length === 0 ? null : `open: ${status.streams.map(({ endpoint }) => endpoint).join(" ")}`;
  }

  /** How much people could know of troubles: reports, counted refusals, facts of devices, files and voice. */
  heardOf(): number {
    const refused = Object.values(this.gateway.figures().refused).reduce((sum, count) => sum + count, 0);
    return refused + this.reports.length + this.#troubles;
  }

  /** Nothing more is recorded for half a minute. */
  get recorderStopped(): boolean {
    return this.reports.some((report) => report.includes("flight recorder"));
  }

  /** The control socket answers. */
  async answers(): Promise<boolean> {
    return (await ask(this.dir, "status", []).catch(() => null)) !== null;
  }

  async close(): Promise<void> {
    this.far.close();
    await this.gateway.close();
    await this.#control.close();
  }

  #look(fact: Fact): void {
    if (fact.kind === "ruleBroken") this.bugs.push(`rule ${fact.rule}: ${fact.objects.join(" ")} ${fact.why}`);
    const lost = fact.kind === "deviceDetached" || (fact.kind === "voiceChanged" && fact.state !== "ready");
    const spoilt = fact.kind === "recordEnded" && fact.reason !== null;
    if (lost || spoilt || (fact.kind === "storeChanged" && fact.state !== "saved")) this.#troubles += 1;
    if (fact.kind === "callEnded" && fact.record !== null) this.unsaved = true;
    if (fact.kind === "storeChanged" && fact.what === "calls" && fact.state === "saved") this.unsaved = false;
    if (fact.kind === "fault") this.bugs.push(`a handler threw: ${fact.message} on ${fact.event}`);
  }

  async #voiceStatus(): Promise<VoiceStatus | null> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setInterval(() => resolve(null), statusPatience);
    });
    return Promise.race([this.gateway.voiceStatus().catch(() => null), late]).finally(() => clearInterval(timer));
  }

  /** Something has changed, or a moment has passed. */
  change(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(again);
        this.#bells.delete(done);
        resolve();
      };
      const again = setTimeout(done, lookEvery);
      this.#bells.add(done);
    });
  }
}

/** Open files and sockets of this process, by what they are: `socket`, `pipe`, or a path. */
export function openFiles(): string[] {
  return readdirSync("/proc/self/fd").flatMap((file) => {
    try {
      return [readlinkSync(`/proc/self/fd/${file}`)];
    } catch {
      return [];
    }
  });
}
