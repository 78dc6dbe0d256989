import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Event } from "../../src/message/event.ts";
import type { CallId } from "../../src/message/name.ts";
import { type Ladder, ladderOf } from "../../src/trace/ladder.ts";
import { stepsOf } from "../../src/trace/steps.ts";
import { UpperHalf } from "../../src/upper-half.ts";
import type { World } from "../logic/world.ts";

export async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "offhook-trace-"));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** What the flight recorder would have written of these events. */
export function journalText(events: Iterable<Event>): string {
  const upper = new UpperHalf();
  const lines = [...events].map((event, at) => JSON.stringify({ n: at + 1, event, commands: upper.handle(event) }));
  return [`{"journal":"offhook","version":2,"at":1795000000000}`, ...lines, ""].join("\n");
}

/** The journal of everything a world has lived through, as a file. */
export async function journalOf(t: TestContext, world: World): Promise<string> {
  const path = join(await folder(t), "journal-000001.jsonl");
  await writeFile(path, journalText(world.events));
  return path;
}

export async function ladder(t: TestContext, world: World, call: CallId = "call:1"): Promise<Ladder> {
  const made = ladderOf(await stepsOf(await journalOf(t, world), call));
  if (made === null) throw new Error(`${call} is not in the journal`);
  return made;
}

/** The rungs in words: `phone>gateway port:1 off-hook`, `gateway … `. */
export function said({ rungs }: Ladder): string[] {
  return rungs.map(({ from, to, text }) => (from === to ? `${from}: ${text}` : `${from}>${to} ${text}`));
}

/** Where each of these stands, in this order, among the words; throws where one does not follow the one before. */
export function inOrder(words: readonly string[], wanted: readonly RegExp[]): void {
  let at = 0;
  for (const pattern of wanted) {
    const found = words.findIndex((word, index) => index >= at && pattern.test(word));
    if (found < 0) throw new Error(`${pattern} does not come after number ${at} of\n${words.join("\n")}`);
    at = found + 1;
  }
}
