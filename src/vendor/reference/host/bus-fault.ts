/** What went wrong with a transfer. The library tells it only in words (docs/device-protocol.md §9). */
export type BusFault =
  /** The device is no longer there. */
  | "gone"
  /** Nothing came within the time. */
  | "timeout"
  | "stall"
  | "other";

export function busFaultOf(error: unknown): BusFault {
  const words = wordsOf(error);
  if (/disconnected|device not found|no such device|errno 19\b/i.test(words)) return "gone";
  if (/cancelled|canceled|timed? ?out/i.test(words)) return "timeout";
  if (/stall/i.test(words)) return "stall";
  return "other";
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
