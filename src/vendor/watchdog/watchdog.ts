import { closeSync, openSync, writeSync } from "node:fs";
import type { Event, Post } from "../../message/event.ts";
import { ms } from "../../message/units.ts";
import type { WatchdogCommand } from "../../message/watchdog.ts";
import type { Cancel, Clock } from "../clock/clock.ts";

const BEAT_MS = ms(1000);
/** Every line is as long as every other, so that one overwrites the last whole. */
const EVENT_WIDTH = 40;
const BEAT_WIDTH = 15;
const nothing = "-";
/** In hand while the queue is frozen on purpose. */
const frozen = "frozen";

/**
 * The gateway's side of src/supervisor: a file of two lines, how often the queue has answered a heartbeat, and which
 * event it has in hand. Both are written from the thread that they tell of, so they stand still when it does.
 */
export interface Watchdog {
  /** Begins to post heartbeats; what the upper half answers comes to `perform`. */
  start(clock: Clock, post: Post): void;
  perform(command: WatchdogCommand): void;
  /** Runs what is to be watched, with the event's name in the file meanwhile. */
  watching<T>(event: Event, run: () => T): T;
  /** The queue is about to stand still on purpose, or to move again: meanwhile nobody answers, and the thread does. */
  frozen(on: boolean): void;
  close(): void;
}

/** Nobody watches when `file` is null. A file that can not be written is not watched by anybody either. */
export function openWatchdog(file: string | null): Watchdog {
  const opened = file === null ? null : open(file);
  return opened === null ? unwatched : new FileWatchdog(opened);
}

export function isHeartbeat(event: Event): boolean {
  return event.world === "admin" && event.kind === "heartbeat";
}

function open(file: string): number | null {
  try {
    return openSync(file, "r+");
  } catch {
    return null;
  }
}

const unwatched: Watchdog = {
  start() {},
  perform() {},
  watching: (_event, run) => run(),
  frozen() {},
  close() {},
};

class FileWatchdog implements Watchdog {
  readonly #file: number;
  #beats = 0;
  #cancel: Cancel = () => {};
  #closed = false;
  #idle = nothing;

  constructor(file: number) {
    this.#file = file;
  }

  start(clock: Clock, post: Post): void {
    const beat = (): void => {
      if (this.#idle === frozen) this.perform();
      else post({ world: "admin", at: clock.now(), kind: "heartbeat" });
      this.#cancel = clock.after(BEAT_MS, beat);
    };
    beat();
  }

  perform(): void {
    this.#beats += 1;
    this.#write(this.#idle);
  }

  frozen(on: boolean): void {
    this.#idle = on ? frozen : nothing;
    this.#write(this.#idle);
  }

  watching<T>(event: Event, run: () => T): T {
    this.#write(`${event.world} ${event.kind}`);
    try {
      return run();
    } finally {
      this.#write(this.#idle);
    }
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
    closeSync(this.#file);
  }

  #write(event: string): void {
    if (this.#closed) return;
    try {
      writeSync(this.#file, `${String(this.#beats).padEnd(BEAT_WIDTH)}\n${event.padEnd(EVENT_WIDTH)}\n`, 0);
    } catch {
      // Whoever watches sees that nothing comes any more.
    }
  }
}
