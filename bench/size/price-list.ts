import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bytes, Flash } from "./flash.ts";
import type { Memory } from "./memory.ts";

const file = join(import.meta.dirname, "../size.json");

/** More than this is growth, as a share; and what is too little to speak of, octets. */
const MOST_GROWTH = 0.02;
const TRIFLE = 256;

/** What the gateway costs, kept beside the sources: it changes with them, and with a reason. */
export interface PriceList {
  /** Why the figures are what they are: what was added, and that it is worth it. */
  readonly reason: string;
  readonly flash: Flash;
  /** Native parts of `usb`, by processor, octets; loaded when a device is plugged. */
  readonly native: Bytes;
  readonly memory: Memory;
  readonly start: Start;
  /** Where memory and times were measured. */
  readonly machine: readonly string[];
}

/** Times from the start of the process, ms. */
export interface Start {
  /** Until SIP listens and the control socket answers. */
  readonly gatewayMs: number;
  /** Of `offhook status`. */
  readonly commandMs: number;
}

export async function readPriceList(): Promise<PriceList> {
  return JSON.parse(await readFile(file, "utf8")) as PriceList; // written by `keepPriceList`
}

export async function keepPriceList(list: PriceList): Promise<void> {
  await writeFile(file, `${JSON.stringify(list, null, 2)}\n`);
}

/** Octet figures that have grown by more than 2 %, or are new, as sentences. */
export function growth(kept: Flash, now: Flash): readonly string[] {
  return [...grown("files", kept.files, now.files), ...grown("features", kept.features, now.features)];
}

/** What four calls may add to an idle Node, octets of resident memory. */
const MOST_MEMORY = 25e6;

/** Where four calls take more memory than that, as sentences: small growth drowns in the collector's noise, this does not. */
export function tooHeavy(memory: Memory): readonly string[] {
  const { "bare Node, idle": bare, ...others } = memory;
  return ["four calls, passed through", "four calls, transcoded"].flatMap((name) => {
    const above = (others[name]?.rss ?? Number.POSITIVE_INFINITY) - (bare?.rss ?? 0);
    return above <= MOST_MEMORY ? [] : [`${name}: ${above} bytes above a bare Node, more than ${MOST_MEMORY}`];
  });
}

function grown(group: string, kept: Bytes, now: Bytes): string[] {
  return Object.entries(now).flatMap(([name, bytes]) => {
    const before = kept[name] ?? 0;
    if (bytes <= Math.max(before * (1 + MOST_GROWTH), before + TRIFLE)) return [];
    const share = before === 0 ? "new" : `+${((bytes / before - 1) * 100).toFixed(1)} %`;
    return [`${group} · ${name}: ${before} -> ${bytes} bytes (${share})`];
  });
}

/** How the list is renewed, for whoever made it grow on purpose. */
export const howToRenew = 'if it is worth it, say why: npm run size -- bytes keep "REASON", and commit bench/size.json';
