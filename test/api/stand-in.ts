import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Terminal } from "../../src/api/cli/terminal.ts";
import type { EmulatedHouse, PhoneAction, PhoneReport } from "../../src/emulator/contract.ts";
import type { Gateway, HepFigures, QueueControl } from "../../src/gateway-contract.ts";
import type { Event } from "../../src/message/event.ts";
import type { PhoneName } from "../../src/message/name.ts";
import type { Fact } from "../../src/message/notify.ts";
import { instant, ms } from "../../src/message/units.ts";
import type { HouseView } from "../../src/message/view.ts";
import type { StreamStatus, VoiceFiles } from "../../src/voice/contract.ts";
import { aQuality } from "../a-quality.ts";

const began = 1_795_000_000_000;

const view: HouseView = {
  lines: [{ line: "line:local", state: "direct", server: "127.0.0.1:5070", detail: "", calls: 1 }],
  phones: [
    { phone: "handset:1", number: "611", name: "Living room", state: "inCall", device: "base:1" },
    { phone: "port:1", number: "601", name: "Hall", state: "absent", device: null },
  ],
  devices: [{ device: "base:1", model: "Offhook reference base", serial: "1", attached: true, channels: 4 }],
  calls: [
    {
      call: "call:3",
      state: "answered",
      from: { number: "700", name: "Alice Softphone" },
      to: { number: "611", name: null },
      parties: [
        { party: "line:local", state: "answered", endpoint: "rtp:0" },
        { party: "handset:1", state: "answered", endpoint: "usb:base:1:0" },
        { party: "port:1", state: "ringing", endpoint: null },
      ],
      startedAt: instant(began),
      answeredAt: instant(began + 4000),
    },
  ],
  contacts: [{ id: 1, name: "Alice Softphone", numbers: ["700", "alice"] }],
  log: [
    {
      id: 7,
      call: "call:2",
      direction: "incoming",
      result: "missed",
      from: { number: null, name: null },
      to: { number: "600", name: null },
      fromParty: "line:local",
      answeredBy: null,
      startedAt: instant(began),
      answeredAt: null,
      durationMs: ms(0),
      cause: "cancelled",
      quality: [],
    },
    {
      id: 8,
      call: "call:1",
      direction: "outgoing",
      result: "answered",
      from: { number: "601", name: "Hall" },
      to: { number: "700", name: null },
      fromParty: "port:1",
      answeredBy: "line:local",
      startedAt: instant(began),
      answeredAt: instant(began + 1000),
      durationMs: ms(30_000),
      cause: "normal",
      quality: [
        { party: "port:1", ...aQuality, lostShare: null, lateShare: null, mosListening: null },
        { party: "line:local", ...aQuality },
      ],
    },
  ],
  unsaved: { book: null, calls: null },
  voice: "ready",
  memory: "easy",
  timers: [{ name: "noAnswer", owner: "call:3" }],
};

const unknown = { ppm: null, resampled: false };

const stream: StreamStatus = {
  endpoint: "rtp:0",
  format: "PCMA",
  peer: null,
  received: 990,
  sent: 1000,
  lost: 10,
  late: 5,
  concealed: 15,
  jitterMs: 2.5,
  quality: {
    losses: {
      packets: 1000,
      lostShare: 0.01,
      discardedShare: 0.005,
      burstDensity: 0,
      gapDensity: 0.015,
      burstMs: 0,
      gapMs: 20_000,
      burstRatio: 1,
    },
    bufferMs: 40,
    jitterBuffer: { depthMs: 40, targetMs: 40, shallowestMs: 20, deepestMs: 60, inserted: 1, dropped: 2 },
    roundTripMs: null,
    delayMs: null,
    levelDbm0: null,
    echo: null,
    r: null,
    mos: null,
    mosListening: 4.3,
    farEnd: null,
  },
};

/** A gateway with a call, two phones and nothing behind them. */
export class StandIn implements Gateway {
  readonly version = "0.0.0";
  readonly startedAt = began;
  readonly posted: Event[] = [];
  recorded: string | null = null;
  readonly played: unknown[] = [];
  readonly acts: { readonly phone: PhoneName; readonly action: PhoneAction }[] = [];
  closed = false;
  emulator: EmulatedHouse | null = this.#house();
  unsaved: HouseView["unsaved"] = view.unsaved;
  collected: HepFigures | null = null;
  readonly #listeners = new Set<(fact: Fact, at: number) => void>();

  hep(): HepFigures | null {
    return this.collected;
  }

  view(): HouseView {
    return { ...view, unsaved: this.unsaved };
  }

  readonly files: VoiceFiles = {
    record: async (endpoint, file) => {
      if (this.recorded !== null) throw new Error(`${endpoint} is recorded to ${this.recorded}: stop that first`);
      this.recorded = file;
    },
    stopRecord: async (endpoint) => {
      if (this.recorded === null) throw new Error(`${endpoint} is not recorded`);
      const file = this.recorded;
      this.recorded = null;
      return { endpoint, file, reason: null, durationMs: 12_340, lostMs: 1000 };
    },
    play: async (endpoint, file, repeat) => void this.played.push([endpoint, file, repeat]),
    stopPlay: (endpoint) => Promise.reject(new Error(`nothing is played to ${endpoint}`)),
  };

  onJournal = (): void => {};

  journal(): string | null {
    this.onJournal();
    return null;
  }

  post(event: Event): void {
    this.posted.push(event);
  }

  now(): number {
    return began + 61_000;
  }

  onFact(listener: (fact: Fact, at: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  recentFacts() {
    return [{ at: began, fact: { kind: "bookChanged", contacts: 1 } as const }];
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  tell(fact: Fact): void {
    for (const listener of this.#listeners) listener(fact, began);
  }

  voiceStatus() {
    const figures = { p50: 1, p99: 2, max: 3 };
    return Promise.resolve({
      ticks: 100,
      lateTicks: 0,
      latenessUs: figures,
      latenessStepsUs: [],
      latenessOfAllUs: { p50: 1, p99: 2, p999: 3 },
      tickUs: figures,
      stages: [],
      lateBecauseOf: [],
      edge: { name: "batched" as const, why: null },
      memory: { streamBytes: 80_000, channelBytes: 110_000, mostBytes: 4_100_000, heapBytes: 3_000_000 },
      priority: { policy: "fifo" as const, realtime: 1, nice: -15, why: null },
      drive: "timer" as const,
      streams: [stream],
      clocks: [
        {
          endpoint: "usb:dongle:1:0",
          sends: { ppm: 35.2, resampled: true },
          takes: { ppm: null, resampled: false },
        },
        { endpoint: "usb:dongle:1:1", sends: unknown, takes: unknown },
      ],
      malformedPackets: 0,
      strangerPackets: 0,
      workerRestarts: 0,
      shadow: null,
    });
  }

  figures() {
    const figures = { p50: 0, p99: 1, max: 2 };
    return { events: 12, queueDelayMs: figures, handlerMs: figures, faults: 0, refused: { "sip malformed": 3 } };
  }

  readonly queue: QueueControl & { stands: number | null; waiting: Event[] } = {
    stands: null,
    waiting: [],
    frozen() {
      return this.stands === null ? null : { since: this.stands, waiting: this.waiting.length, most: 10_000 };
    },
    freeze() {
      this.stands = began + 1000;
    },
    resume() {
      this.stands = null;
    },
    step() {
      const event = this.waiting.shift();
      return event === undefined ? null : { event, commands: [{ world: "watchdog", kind: "feed" }] };
    },
  };

  async close(): Promise<void> {
    this.closed = true;
  }

  #house(): EmulatedHouse {
    return {
      bus: { getDevices: async () => [], onChange: () => () => {} },
      phones: ["handset:1", "port:1"],
      person: (phone) => ({
        act: async (action) => {
          if (action.kind === "flash") throw new Error("it is on-hook");
          this.acts.push({ phone, action });
          return report(phone);
        },
        look: () => report(phone),
        onChange: () => () => {},
      }),
      unplug: async (device) => {
        if (device !== "base:1") throw new Error(`there is no ${device}`);
      },
      plug: async () => {},
      trouble: async () => {},
      close: async () => {},
    };
  }
}

function report(phone: PhoneName): PhoneReport {
  return {
    phone,
    hook: "off",
    present: true,
    ringing: false,
    display: ["Alice Softphone", "700"],
    caller: { number: "700", name: "Alice Softphone" },
    hearing: { what: "dial", levelDbm0: -12.04, frequencyHz: 425 },
    saying: false,
  };
}

/** A directory of the test's own. */
export async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "offhook-api-"));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A terminal whose output is kept. */
export class Screen implements Terminal {
  readonly lines: string[] = [];
  readonly errors: string[] = [];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly name = "offhook";
  /** Asks the program to stop, as Ctrl-C does; null while nobody waits for it. */
  stop: ((signal: string) => void) | null = null;
  readonly #watchers = new Set<() => void>();

  constructor(cwd: string, env: Readonly<Record<string, string | undefined>> = {}) {
    this.cwd = cwd;
    this.env = env;
  }

  out(line: string): void {
    this.lines.push(line);
    for (const watcher of this.#watchers) watcher();
  }

  err(line: string): void {
    this.errors.push(line);
  }

  onStop(run: (signal: string) => void): void {
    this.stop = run;
  }

  readLine(): Promise<string | null> {
    return Promise.resolve(null);
  }

  /** Resolves when something like this has been printed. */
  shows(what: RegExp): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!what.test(this.text)) return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
  }

  get text(): string {
    return this.lines.join("\n");
  }
}
