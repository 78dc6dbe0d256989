import type { CallRecord } from "../message/record.ts";
import type { Window } from "./window.ts";

/** Of each party that is named in what was said for the call: the last entry of the log in which it called or answered. */
export function lastCalls({ call, entries, log }: Window): readonly CallRecord[] {
  const parties = new Set<unknown>();
  for (const { event, commands, owners, calls } of entries) {
    if (!calls.has(call)) continue;
    for (const party of partiesIn(event)) parties.add(party);
    for (const party of partiesIn(commands.filter((_, at) => owners[at] === call))) parties.add(party);
  }
  const last = [...parties].map((party) =>
    log.findLast(({ fromParty, answeredBy }) => fromParty === party || answeredBy === party),
  );
  return log.filter((record) => last.includes(record));
}

function* partiesIn(value: unknown): Generator<string> {
  if (typeof value === "string" && /^(?:handset|port|line):/.test(value)) yield value;
  if (typeof value === "object" && value !== null) for (const item of Object.values(value)) yield* partiesIn(item);
}
