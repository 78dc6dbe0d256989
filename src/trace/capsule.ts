import { plain } from "../logic/phonebook.ts";
import type { Command } from "../message/command.ts";
import type { Event } from "../message/event.ts";
import type { CallId } from "../message/name.ts";
import type { House } from "../message/plan.ts";
import type { CallRecord } from "../message/record.ts";
import { UpperHalf } from "../upper-half.ts";
import { journalVersion } from "../vendor/recorder/journal.ts";
import { Ids } from "./ids.ts";
import { MaskedKeys } from "./keys.ts";
import { lastCalls } from "./last-calls.ts";
import { Pseudonyms } from "./pseudonyms.ts";
import { noPause, type Window, type WindowEntry } from "./window.ts";

export interface Capsule {
  readonly call: CallId;
  /** A journal: JSON lines. */
  readonly text: string;
  readonly events: number;
  /** Other calls of that time are in it, too: what this one did depends on them. */
  readonly others: number;
  /** Entries of the call log that are in it, because it depends on them (a code that marks the last call). */
  readonly logged: number;
}

/** Pseudonyms by chance may mean something else to a plan; then others are tried. */
const tries = 8;

/** What is in a capsule besides the call, from nothing to all that it may depend on. */
interface Extent {
  /** The calls since the quiet moment. */
  readonly others: boolean;
  /** What the log knows of its phones and lines: the last entry of each. */
  readonly log: readonly CallRecord[];
}

function* extentsOf(window: Window): Generator<Extent> {
  const log = lastCalls(window);
  for (const others of [false, true]) {
    yield { others, log: [] };
    if (log.length > 0) yield { others, log };
  }
}

/**
 * One call as a journal of its own that replays by itself, under pseudonyms. Everything is done again under them, and the
 * commands of the call are compared with those that were recorded. `pause` comes before every event.
 * @throws Error with a sentence when they do not come out the same
 */
export async function capsuleOf(
  window: Window,
  secret: () => string,
  pause: () => Promise<void> = noPause,
): Promise<Capsule> {
  for (const extent of extentsOf(window))
    for (let times = 0; times < tries; times++) {
      const capsule = await new Maker(window, extent, secret()).made(pause);
      if (capsule !== null) return capsule;
    }
  throw new Error(`${window.call} does not come out the same under pseudonyms — send the recording itself, if you may`);
}

class Maker {
  readonly #window: Window;
  readonly #extent: Extent;
  readonly #entries: readonly WindowEntry[];
  readonly #others: ReadonlySet<CallId>;
  readonly #pseudonyms: Pseudonyms;
  readonly #keys: MaskedKeys;
  readonly #upper = new UpperHalf();
  readonly #ids = new Ids();
  readonly #lines: string[] = [];

  constructor(window: Window, extent: Extent, secret: string) {
    const mine = ({ calls }: WindowEntry): boolean => extent.others || calls.size === 0 || calls.has(window.call);
    this.#window = window;
    this.#extent = extent;
    this.#entries = window.entries.filter(mine).map(withoutLog);
    this.#others = new Set(extent.others ? window.entries.flatMap(({ calls }) => [...calls]) : []);
    // `as`: written by `UpperHalf.snapshot`, and restored by it below.
    const { house } = JSON.parse(window.restored.state) as { house: House };
    this.#pseudonyms = new Pseudonyms(house, secret);
    this.#keys = new MaskedKeys(this.#entries, this.#pseudonyms.numbers);
  }

  /** Null: it does not come out the same. */
  async made(pause: () => Promise<void>): Promise<Capsule | null> {
    for (const event of this.#prelude()) this.#write(event, this.#upper.handle(event));
    for (const entry of this.#entries) {
      await pause();
      const event = this.#ids.renamed(this.#keys.of(entry.event, this.#pseudonyms.of(entry.event)));
      const commands = this.#upper.handle(event);
      this.#write(event, commands);
      if (!this.#same(entry, commands)) return null;
    }
    const text = [
      `{"journal":"offhook","version":${journalVersion},"at":${this.#window.restored.at}}`,
      ...this.#lines,
      "",
    ];
    const others = [...this.#others].filter((call) => call !== this.#window.call).length;
    const logged = this.#extent.log.length;
    return { call: this.#window.call, text: text.join("\n"), events: this.#lines.length, others, logged };
  }

  *#prelude(): Generator<Event> {
    const { restored, contacts, call } = this.#window;
    const { at } = restored;
    const state = this.#others.size > 0 ? restored.state : withCallNext(restored.state, call);
    yield this.#pseudonyms.of({ ...restored, state });
    const wanted = new Set(
      this.#entries.flatMap(({ event, commands }) => [...numbersIn(event), ...numbersIn(commands)]),
    );
    const named = contacts.filter(({ numbers }) => numbers.some((number) => wanted.has(plain(number))));
    const known = this.#pseudonyms.of({ contacts: named, calls: this.#extent.log });
    yield { world: "store", kind: "loaded", at, ...known };
  }

  #write(event: Event, commands: readonly Command[]): void {
    this.#lines.push(JSON.stringify({ n: this.#lines.length + 1, event, commands }));
  }

  /** Of the event: what was said for this call, or for none. */
  #same({ commands, owners }: WindowEntry, now: readonly Command[]): boolean {
    const { call } = this.#window;
    const kept = commands.filter((_, at) => this.#others.size > 0 || owners[at] === null || owners[at] === call);
    const then = this.#pseudonyms.of(kept.filter(matters));
    return this.#ids.same(then, now.filter(matters));
  }
}

/** How an earlier call was heard may be known only now. */
const ofTheLists = new Set<Command["kind"]>(["dropCallsBefore", "removeContact", "addQuality"]);

/** What depends on how much stands in the book and in the log, which a capsule does not carry. */
function matters(command: Command): boolean {
  if (command.world === "store") return !ofTheLists.has(command.kind);
  return command.world !== "notify" || command.fact.kind !== "bookChanged";
}

/** What other calls were is nobody's business. */
function withoutLog(entry: WindowEntry): WindowEntry {
  const { event } = entry;
  return event.world === "store" && event.kind === "loaded" ? { ...entry, event: { ...event, calls: [] } } : entry;
}

/** So that the call keeps its name. */
function withCallNext(state: string, call: CallId): string {
  const saved = JSON.parse(state) as { counters: { call: number } }; // written by `UpperHalf.snapshot`
  return JSON.stringify({ ...saved, counters: { ...saved.counters, call: Number(call.slice("call:".length)) - 1 } });
}

/** Every number by which the book may be asked. */
function* numbersIn(value: unknown): Generator<string> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (typeof item === "string" && /^(?:number|dialled|to)$/.test(key)) yield plain(item);
    else yield* numbersIn(item);
  }
}
