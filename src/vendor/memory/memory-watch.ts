import type { MemoryState } from "../../message/admin.ts";
import type { Post } from "../../message/event.ts";
import { ms } from "../../message/units.ts";
import type { Cancel, Clock } from "../clock/clock.ts";

/**
 * With less room than this a new call is refused: a call takes some hundred kB, but what is compiled when it is first
 * needed, and the heap between two collections, were seen to take 8 MB more; what is refused too late is refused by the
 * kernel's killer.
 */
const TIGHT_BYTES = 16e6;
/** With so much it is easy again; the difference keeps a gateway at its limit from changing its mind at every breath. */
const EASY_BYTES = 24e6;

const LOOK_MS = ms(1000);

export interface MemoryWatch {
  close(): void;
}

export interface MemoryOptions {
  readonly clock: Clock;
  readonly post: Post;
  /** Room left, octets; null when nothing bounds the gateway. */
  readonly room: () => Promise<number | null>;
}

/** Looks once a second how much room is left, and posts a `memory` event when that becomes another state. */
export function watchMemory({ clock, post, room }: MemoryOptions): MemoryWatch {
  let state: MemoryState = "easy";
  let closed = false;
  let cancel: Cancel = () => {};
  const look = async (): Promise<void> => {
    const left = await room().catch(() => null);
    if (closed) return;
    const next = judged(left, state);
    if (next !== state) post({ world: "admin", at: clock.now(), kind: "memory", state: next });
    state = next;
    cancel = clock.after(LOOK_MS, () => void look());
  };
  void look();
  return {
    close() {
      closed = true;
      cancel();
    },
  };
}

function judged(left: number | null, state: MemoryState): MemoryState {
  if (left === null || left >= EASY_BYTES) return "easy";
  return left < TIGHT_BYTES ? "tight" : state;
}
