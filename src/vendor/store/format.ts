import * as v from "valibot";
import { type Cause, causes } from "../../message/cause.ts";
import type { CallId, PartyName } from "../../message/name.ts";
import type { CallRecord, Contact, PartyQuality } from "../../message/record.ts";
import type { Instant, Milliseconds } from "../../message/units.ts";

/** Files are hostile until parsed: they may be cut, edited by hand or from another release. */

/** Version of both files; others are not read. */
const version = 1;

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const moment = v.pipe(v.number(), v.finite());
const text = v.pipe(v.string(), v.maxLength(256));
const identity = v.object({ number: v.nullable(text), name: v.nullable(text) });
const party = v.custom<PartyName>(
  (value) => typeof value === "string" && /^(?:line|handset|port|service):.{1,64}$/.test(value),
);

const contact = v.object({ id, name: text, numbers: v.pipe(v.array(text), v.maxLength(64)) });

const count = v.pipe(v.number(), v.finite(), v.minValue(0));
/** What was not measured is not written. */
const figure = v.optional(v.nullable(v.pipe(v.number(), v.finite())), null);

const farEnd = v.object({
  lost: figure,
  jitterMs: figure,
  lostShare: figure,
  discardedShare: figure,
  burstDensity: figure,
  levelDbm0: figure,
  r: figure,
  mos: figure,
  mosListening: figure,
});

const quality = v.object({
  party,
  codec: text,
  received: count,
  sent: count,
  lost: count,
  late: count,
  concealed: count,
  lostShare: figure,
  lateShare: figure,
  jitterMs: figure,
  bufferMs: figure,
  roundTripMs: figure,
  delayMs: figure,
  levelDbm0: figure,
  echoReturnLossDb: figure,
  echoEnhancementDb: figure,
  r: figure,
  mos: figure,
  mosListening: figure,
  farEnd: v.optional(v.nullable(farEnd), null),
});

const callRecord = v.object({
  id,
  call: v.custom<CallId>((value) => typeof value === "string" && /^call:[0-9]{1,15}$/.test(value)),
  direction: v.picklist(["incoming", "outgoing", "internal"]),
  result: v.picklist(["answered", "missed", "failed"]),
  from: identity,
  to: identity,
  fromParty: party,
  answeredBy: v.nullable(party),
  startedAt: v.custom<Instant>((value) => v.is(moment, value)),
  answeredAt: v.nullable(v.custom<Instant>((value) => v.is(moment, value))),
  durationMs: v.custom<Milliseconds>((value) => v.is(moment, value)),
  cause: v.custom<Cause>((value) => typeof value === "string" && Object.hasOwn(causes, value)),
  // Older releases did not write it; figures that make no sense do not cost the entry.
  quality: v.fallback(v.optional(v.pipe(v.array(quality), v.maxLength(16)), []), []),
});

/** What could be read of a file, and how many entries could not. */
export interface Salvage<Entry> {
  readonly entries: readonly Entry[];
  readonly bad: number;
}

/** Null: the file as a whole makes no sense. */
export type ReadEntries<Entry> = (content: string) => Salvage<Entry> | null;

export const readContacts: ReadEntries<Contact> = (content) => readEntries(content, "contacts", contact);

export const readCalls: ReadEntries<CallRecord> = (content) => readEntries(content, "calls", callRecord);

/** Characters after which a piece of a file ends: what is turned into text at a time takes well below a millisecond. */
const pieceLength = 32 * 1024;

/** The file in pieces. One entry a line, so that a person can read and mend it. */
export function* writeEntries(
  key: "contacts" | "calls",
  entries: Iterable<Contact | CallRecord>,
): Generator<string, void, undefined> {
  let piece = `{"version":${version},"${key}":[`;
  let before = "\n";
  for (const entry of entries) {
    piece += before + JSON.stringify("quality" in entry ? { ...entry, quality: measured(entry.quality) } : entry);
    before = ",\n";
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = "";
  }
  yield `${piece}\n]}\n`;
}

/** The whole log is written at every save: figures that are null would be half of it. */
function measured(quality: readonly PartyQuality[]): object[] | undefined {
  const known = (figures: object) => Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== null));
  if (quality.length === 0) return undefined;
  return quality.map((party) => known({ ...party, farEnd: party.farEnd === null ? null : known(party.farEnd) }));
}

function readEntries<Schema extends v.GenericSchema<unknown, { readonly id: number }>>(
  content: string,
  key: "contacts" | "calls",
  schema: Schema,
): Salvage<v.InferOutput<Schema>> | null {
  let file: unknown;
  try {
    file = JSON.parse(content);
  } catch {
    return null;
  }
  const whole = v.safeParse(v.object({ version: v.literal(version), [key]: v.array(v.unknown()) }), file);
  const list: unknown = whole.success ? Reflect.get(whole.output, key) : null;
  if (!Array.isArray(list)) return null;
  const good = new Map<number, v.InferOutput<Schema>>();
  for (const entry of list) {
    const read = v.safeParse(schema, entry);
    if (read.success) good.set(read.output.id, read.output);
  }
  return { entries: [...good.values()], bad: list.length - good.size };
}
