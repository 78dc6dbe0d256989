import type { Instant } from "../message/units.ts";
import type { Ladder } from "./ladder.ts";

/** A pause of so much is shown as one, ms. */
const longPause = 1000;

/** What stands above the picture, below its title. */
export function headOf({ beganAt, sipCallIds }: Ladder): string[] {
  return [
    `began ${new Date(beganAt).toISOString()}; times in seconds since then`,
    ...sipCallIds.map((id) => `Call-ID ${id}`),
  ];
}

/** What stands below it: how it ended, and how long it was. */
export function footOf({ end, endedAt, answered, beganAt, divergedAt }: Ladder): string[] {
  const over = end === null ? "the recording ends before the call does" : `over: ${end}`;
  const long = answered === null || endedAt === null ? "" : `, ${seconds(endedAt - answered.at)} s long`;
  const told = answered === null ? "" : `; answered by ${answered.by} after ${seconds(answered.at - beganAt)} s${long}`;
  const odd = `from event ${divergedAt} on this program does otherwise than was recorded: the picture ends there`;
  return [over + told, ...(divergedAt === null ? [] : [odd])];
}

/** How long nothing happened, where that is long; else null. */
export function pauseBetween(before: Instant | null, now: Instant): string | null {
  if (before === null || now - before < longPause) return null;
  const pause = now - before;
  if (pause < 60_000) return `${(pause / 1000).toFixed(1)} s`;
  return `${Math.floor(pause / 60_000)} min ${Math.floor((pause % 60_000) / 1000)} s`;
}

/** Since the call began. */
export function timeOf(at: Instant, beganAt: Instant): string {
  return `+${seconds(at - beganAt)}`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
