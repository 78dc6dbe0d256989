import { randomBytes } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Post } from "./message/event.ts";
import type { CallId } from "./message/name.ts";
import type { StoreCommand } from "./message/store.ts";
import type { Clock } from "./vendor/clock/clock.ts";
import { segmentsIn } from "./vendor/recorder/segments.ts";

export interface CapsulesOptions {
  readonly clock: Clock;
  readonly post: Post;
  /** Writes what the flight recorder holds back. */
  readonly flush: () => void;
}

type Save = Extract<StoreCommand, { kind: "saveCapsule" }>;

/** A phone that is played with does not fill the disk. */
const mostKept = 10;
const name = /^capsule-([0-9]{6,12})\.jsonl$/;
/** Events made again in one go; then everybody else has a turn. */
const atOnce = 16;

/** Saves the calls that people mark as bad, one at a time, in the data directory as `capsule-NNNNNN.jsonl`. */
export class Capsules {
  readonly #dir: string;
  readonly #options: CapsulesOptions;
  #busy = false;

  constructor(dir: string, options: CapsulesOptions) {
    this.#dir = dir;
    this.#options = options;
  }

  /** Answers by `capsuleSaved`. Never throws. */
  save({ call, asked }: Save): void {
    if (this.#busy) return this.#answer(asked, "another one is being saved");
    this.#busy = true;
    this.#saved(call)
      .then(() => null, String)
      .then((reason) => {
        this.#busy = false;
        this.#answer(asked, reason);
      });
  }

  #answer(asked: CallId, reason: string | null): void {
    this.#options.post({ world: "store", kind: "capsuleSaved", at: this.#options.clock.now(), asked, reason });
  }

  async #saved(call: CallId): Promise<void> {
    // Loaded only when somebody marks a call.
    const [{ windowOf }, { capsuleOf }] = await Promise.all([
      import("./trace/window.ts"),
      import("./trace/capsule.ts"),
    ]);
    this.#options.flush();
    for (const journal of segmentsIn(this.#dir).reverse()) {
      const window = await windowOf(journal, call, turns()).catch(() => null);
      if (window === null) continue;
      const { text } = await capsuleOf(window, () => randomBytes(32).toString("hex"), turns());
      return this.#write(text);
    }
    throw new Error(`${call} is in no recording`);
  }

  async #write(text: string): Promise<void> {
    const files = readdirSync(this.#dir)
      .filter((file) => name.test(file))
      .sort((a, b) => numberOf(a) - numberOf(b));
    const next = String(numberOf(files.at(-1) ?? "") + 1).padStart(6, "0");
    for (const file of files.slice(0, Math.max(0, files.length + 1 - mostKept)))
      rmSync(join(this.#dir, file), { force: true });
    await writeFile(join(this.#dir, `capsule-${next}.jsonl`), text, { mode: 0o600, flag: "wx" });
  }
}

function numberOf(file: string): number {
  return Number(name.exec(file)?.[1] ?? 0);
}

/** Gives everybody else a turn after so many events. */
function turns(): () => Promise<void> {
  let count = 0;
  return async () => {
    count += 1;
    if (count % atOnce === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  };
}
