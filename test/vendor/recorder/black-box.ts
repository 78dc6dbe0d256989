import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { gunzipSync } from "node:zlib";
import type { Command } from "../../../src/message/command.ts";
import type { Event } from "../../../src/message/event.ts";
import { instant, ms } from "../../../src/message/units.ts";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";
import { openRecorder, type Recorder, type RecorderOptions } from "../../../src/vendor/recorder/recorder.ts";

export async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "offhook-recorder-"));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** An event, the `n`th, and what follows from it. */
export function eventOf(n: number): Event {
  return { world: "timer", at: instant(n * 10), kind: "expired", timer: `timer:${n}` };
}

export function commandsOf(n: number): readonly Command[] {
  return [{ world: "timer", timer: `timer:${n + 1}`, kind: "start", afterMs: ms(10), name: "next ü", owner: "test" }];
}

/** A recorder with a clock that stands still. */
export function blackBox(dir: string, options: Partial<RecorderOptions> = {}) {
  const clock = new VirtualClock(1_795_000_000_000);
  const reports: string[] = [];
  const report = (problem: string): void => void reports.push(problem);
  const recorder: Recorder = openRecorder(dir, {
    clock,
    keep: 3,
    segmentBytes: 2000,
    budget: Number.MAX_SAFE_INTEGER,
    report,
    ...options,
  });
  return { clock, reports, recorder };
}

export function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** The lines of a segment; of one that was written to its end, too. */
export async function read(dir: string, segment: number): Promise<readonly string[]> {
  const path = join(dir, `journal-${String(segment).padStart(6, "0")}.jsonl`);
  const compressed = existsSync(`${path}.gz`);
  return linesOf(compressed ? gunzipSync(await readFile(`${path}.gz`)).toString() : await readFile(path, "utf8"));
}
