import type { Figures, Frozen, Gateway, HepFigures } from "../gateway-contract.ts";
import type { DeviceView, HouseView, LineView, PhoneView, Unsaved } from "../message/view.ts";
import type { VoiceStatus } from "../voice/contract.ts";

/** The answer to `offhook status`. */
export interface Status {
  readonly version: string;
  readonly startedAt: number;
  readonly upMs: number;
  readonly voice: "starting" | "ready" | "lost";
  readonly emulated: boolean;
  readonly lines: readonly LineView[];
  readonly phones: readonly PhoneView[];
  readonly devices: readonly DeviceView[];
  readonly calls: number;
  readonly missed: number;
  /** Why phone book or call log can not be saved at present. */
  readonly unsaved: Unsaved;
  /** Who still waits for what. */
  readonly timers: HouseView["timers"];
  readonly figures: Figures;
  /** `offhook freeze`; null while the queue moves. */
  readonly frozen: (Frozen & { readonly forMs: number }) | null;
  /** Null: no HEP collector is configured. */
  readonly hep: HepFigures | null;
  /** Null when the voice path does not answer. */
  readonly voiceStatus: VoiceStatus | null;
  readonly memory: {
    readonly rssBytes: number;
    readonly heapBytes: number;
    /** While it is tight, new calls are refused. */
    readonly state: HouseView["memory"];
  };
}

/** The voice path answers within this time, or not at all, ms. */
const voicePatience = 1000;

export async function statusOf(gateway: Gateway): Promise<Status> {
  const voiceStatus = await within(voicePatience, gateway.voiceStatus());
  const view = gateway.view();
  const memory = process.memoryUsage();
  return {
    version: gateway.version,
    startedAt: gateway.startedAt,
    upMs: Math.round(gateway.now() - gateway.startedAt),
    voice: view.voice,
    emulated: gateway.emulator !== null,
    lines: view.lines,
    phones: view.phones,
    devices: view.devices,
    calls: view.calls.length,
    missed: view.log.filter(({ result }) => result === "missed").length,
    unsaved: view.unsaved,
    timers: view.timers,
    figures: gateway.figures(),
    frozen: frozenOf(gateway),
    hep: gateway.hep(),
    voiceStatus,
    memory: { rssBytes: memory.rss, heapBytes: memory.heapUsed, state: view.memory },
  };
}

function frozenOf(gateway: Gateway): Status["frozen"] {
  const frozen = gateway.queue.frozen();
  return frozen === null ? null : { ...frozen, forMs: Math.round(gateway.now() - frozen.since) };
}

async function within<T>(patience: number, answer: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), patience);
  });
  try {
    return await Promise.race([answer.catch(() => null), late]);
  } finally {
    clearTimeout(timer);
  }
}
