import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { StoreEvent } from "../../../src/message/store.ts";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";
import { openStore, type Store, type StoreOptions } from "../../../src/vendor/store/store.ts";

export async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "offhook-store-"));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

type Loaded = Extract<StoreEvent, { kind: "loaded" }>;

/** A store with a clock that stands still, and what it said. */
export class Shelf {
  readonly clock = new VirtualClock(1_795_000_000_000);
  readonly events: StoreEvent[] = [];
  readonly reports: string[] = [];
  readonly store: Store;
  #heard: (() => void) | null = null;

  constructor(dir: string, options: Partial<StoreOptions> = {}) {
    this.store = openStore(dir, {
      clock: this.clock,
      post: (event) => {
        if (event.world === "store") this.events.push(event);
        this.#heard?.();
      },
      seeds: [],
      callLogSize: 1000,
      saveAfterMs: 2000,
      report: (problem) => this.reports.push(problem),
      ...options,
    });
  }

  get kinds(): readonly string[] {
    return this.events.map((event) => event.kind);
  }

  /** Resolves when so many events have come. */
  async heard(count: number): Promise<void> {
    while (this.events.length < count)
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
  }

  /** Loads, and gives all that was loaded in one. */
  async loaded(): Promise<Pick<Loaded, "contacts" | "calls">> {
    const before = this.events.length;
    await this.store.load();
    const pieces = this.events.slice(before).filter((event): event is Loaded => event.kind === "loaded");
    if (pieces.length === 0) throw new Error("nothing was loaded");
    return { contacts: pieces.flatMap((piece) => piece.contacts), calls: pieces.flatMap((piece) => piece.calls) };
  }
}
