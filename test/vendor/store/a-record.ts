import type { CallRecord } from "../../../src/message/record.ts";
import { instant, ms } from "../../../src/message/units.ts";

/** A missed call, the `id`th. */
export function missedCall(id: number): CallRecord {
  return {
    id,
    call: `call:${id}`,
    direction: "incoming",
    result: "missed",
    from: { number: "700", name: "Alice Softphone" },
    to: { number: "600", name: null },
    fromParty: "line:local",
    answeredBy: null,
    startedAt: instant(1_795_000_000_000 + id),
    answeredAt: null,
    durationMs: ms(0),
    cause: "cancelled",
    quality: [],
  };
}
