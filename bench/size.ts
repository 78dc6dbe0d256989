import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { machine } from "./machine.ts";
import { type Bytes, type Flash, flash, root } from "./size/flash.ts";
import { type Memory, memory } from "./size/memory.ts";
import {
  growth,
  howToRenew,
  keepPriceList,
  type PriceList,
  readPriceList,
  type Start,
  tooHeavy,
} from "./size/price-list.ts";
import { startTime } from "./size/start-time.ts";

/**
 * `npm run size [-- [bytes] [keep REASON]]`: prints what the gateway costs, beside the list that is kept; `bytes` leaves
 * out what takes minutes. Exits with 1 when something has
 * grown, or four calls take more memory than they may; `keep` makes it the list, with the reason.
 */
async function main(words: readonly string[]): Promise<number> {
  const quick = words[0] === "bytes";
  const [verb, reason, ...rest] = words.slice(quick ? 1 : 0);
  if ((verb !== undefined && verb !== "keep") || (verb === "keep" && reason === undefined) || rest.length > 0) {
    console.error('write: npm run size -- [bytes] [keep "REASON"]');
    return 2;
  }
  const kept = await readPriceList().catch(() => null);
  const now = await measure(kept, quick);
  print(now, kept);
  if (reason !== undefined) {
    await keepPriceList({ ...now, reason });
    return 0;
  }
  const problems = [
    ...(kept === null ? ["there is no list yet"] : growth(kept.flash, now.flash)),
    ...tooHeavy(now.memory),
  ];
  if (problems.length > 0) console.log(`\nGrown:\n  ${problems.join("\n  ")}\n${howToRenew}`);
  return problems.length === 0 ? 0 : 1;
}

async function measure(kept: PriceList | null, quick: boolean): Promise<PriceList> {
  const bytes = { reason: kept?.reason ?? "", flash: await flash(), native: await nativeBytes() };
  if (quick && kept !== null) return { ...kept, ...bytes };
  return { ...bytes, memory: await memory(), start: await startTime(), machine: machine() };
}

/** Of the processors whose part is installed here. */
async function nativeBytes(): Promise<Bytes> {
  const folder = join(root, "node_modules/@node-usb");
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".node"));
  return Object.fromEntries(
    await Promise.all(files.map(async (name) => [name, (await stat(join(folder, name))).size])),
  );
}

function print(now: PriceList, kept: PriceList | null): void {
  console.log(now.machine.join("\n"));
  printFlash(now.flash, kept?.flash ?? null);
  console.log("\nNative code, loaded when a device is plugged");
  for (const [name, bytes] of Object.entries(now.native)) console.log(row(name, kilobytes(bytes)));
  printMemory(now.memory);
  printStart(now.start);
}

function printFlash(now: Flash, kept: Flash | null): void {
  for (const [heading, group] of [
    ["On flash, by what is loaded together", "files"],
    ["On flash, by what is in it", "features"],
  ] as const) {
    console.log(`\n${heading}`);
    for (const [name, bytes] of Object.entries(now[group])) {
      const before = kept?.[group][name];
      const change =
        before === undefined || before === bytes ? "" : ` (${bytes > before ? "+" : ""}${bytes - before} B)`;
      console.log(row(name, kilobytes(bytes)) + change);
    }
  }
}

function printMemory(list: Memory): void {
  const bare = list["bare Node, idle"];
  console.log("\nIn memory                                     resident  own pages      files  above bare Node");
  for (const [name, { rss, anonymous, file }] of Object.entries(list)) {
    const above = bare === undefined ? "" : megabytes(rss - bare.rss).padStart(17);
    console.log(
      `${row(name, megabytes(rss))}${megabytes(anonymous).padStart(11)}${megabytes(file).padStart(11)}${above}`,
    );
  }
}

function printStart({ gatewayMs, commandMs }: Start): void {
  console.log("\nFrom the start of the process");
  console.log(row("gateway ready", `${gatewayMs} ms`));
  console.log(row("offhook status, answered", `${commandMs} ms`));
}

function row(name: string, value: string): string {
  return `  ${name.padEnd(42)}${value.padStart(10)}`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

process.exitCode = await main(process.argv.slice(2));
