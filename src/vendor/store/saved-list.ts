import { constants, open, rename } from "node:fs/promises";
import { ms } from "../../message/units.ts";
import type { Cancel, Clock } from "../clock/clock.ts";
import { writeAtomically } from "./atomic-file.ts";
import type { ReadEntries } from "./format.ts";

/** Larger files are not read, octets. */
const largestFile = 64 * 1024 * 1024;
/** After a save that failed the next try comes by itself, ms. */
const retryAfter = ms(10_000);

export interface SavedListOptions<Entry> {
  readonly path: string;
  readonly clock: Clock;
  /** From the first unsaved change to the save, ms. */
  readonly saveAfterMs: number;
  readonly read: ReadEntries<Entry>;
  /** The file's content in pieces; the entries stay as they are meanwhile. */
  write(entries: readonly Entry[]): Iterable<string>;
  report(problem: string): void;
  saved(): void;
  /** Told once, until a save succeeds again. */
  saveFailed(reason: string): void;
}

/** A list in memory and its file: saved late, whole and by one writer at a time. Nothing here throws or rejects. */
export class SavedList<Entry extends { readonly id: number }> {
  readonly #options: SavedListOptions<Entry>;
  readonly entries = new Map<number, Entry>();
  #dirty = false;
  #failing = false;
  #timer: Cancel | null = null;
  #retry: Cancel | null = null;
  #writing: Promise<void> | null = null;

  constructor(options: SavedListOptions<Entry>) {
    this.#options = options;
  }

  /** Reads the file; false when there is none. A damaged one is moved aside, and what can be read of it is kept. */
  async load(): Promise<boolean> {
    const { path, read, report } = this.#options;
    const content = await readWhole(path).catch((error: NodeJS.ErrnoException) => error);
    if (content instanceof Error && content.code === "ENOENT") return false;
    const salvage = content instanceof Error ? null : read(content);
    for (const entry of salvage?.entries ?? []) this.entries.set(entry.id, entry);
    if (salvage !== null && salvage.bad === 0) return true;
    const aside = await this.#moveAside();
    const found = content instanceof Error ? content.message : `${entries(salvage?.bad ?? "all")} can not be read`;
    const kept = this.entries.size;
    report(`${path}: ${found}; ${aside}, ${entries(kept)} ${kept === 1 ? "is" : "are"} kept`);
    this.changed();
    return true;
  }

  changed(): void {
    this.#dirty = true;
    this.#timer ??= this.#options.clock.after(ms(this.#options.saveAfterMs), () => this.#due());
  }

  /** Resolves when what is in memory now has been saved, or could not be. */
  async flush(): Promise<void> {
    this.#stopTimers();
    while (this.#writing !== null) await this.#writing;
    if (this.#dirty) await this.#save();
  }

  async close(): Promise<void> {
    await this.flush();
    this.#stopTimers();
  }

  #due(): void {
    this.#timer = null;
    // A save under way looks again when it is done.
    if (this.#writing === null) void this.#save();
  }

  #save(): Promise<void> {
    const { path, write } = this.#options;
    this.#stopTimers();
    this.#dirty = false;
    const now = [...this.entries.values()];
    const writing = writeAtomically(path, write(now))
      .then(
        () => this.#succeeded(),
        (error: NodeJS.ErrnoException) => this.#failed(error),
      )
      .finally(() => {
        this.#writing = null;
      });
    this.#writing = writing;
    return writing;
  }

  #succeeded(): void {
    this.#failing = false;
    this.#options.saved();
    // Its timer came while this save was under way.
    if (this.#dirty && this.#timer === null) this.changed();
  }

  #failed(error: NodeJS.ErrnoException): void {
    this.#dirty = true;
    this.#retry?.();
    this.#retry = this.#options.clock.after(retryAfter, () => this.#due());
    if (this.#failing) return;
    this.#failing = true;
    this.#options.saveFailed(error.message);
  }

  #stopTimers(): void {
    this.#timer?.();
    this.#retry?.();
    this.#timer = null;
    this.#retry = null;
  }

  async #moveAside(): Promise<string> {
    const { path, clock } = this.#options;
    const aside = `${path}.damaged-${Math.round(clock.now())}`;
    try {
      await rename(path, aside);
      return `moved to ${aside}`;
    } catch (error) {
      return `could not be moved aside (${error instanceof Error ? error.message : String(error)})`;
    }
  }
}

function entries(count: number | "all"): string {
  return `${count} ${count === 1 ? "entry" : "entries"}`;
}

async function readWhole(path: string): Promise<string> {
  // A pipe or device by that name must not stop the start.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = await file.stat();
    if (!stat.isFile() || stat.size > largestFile) throw new Error("is no file of a sensible size");
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}
