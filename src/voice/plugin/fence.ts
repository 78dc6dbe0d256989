import { Binary, BinaryWriter, CodecFault } from "./binary.ts";
import { passTypes } from "./instruction.ts";
import { meterFunction } from "./meter.ts";

/** A file larger than this is no codec. */
export const MOST_FILE_OCTETS = 1 << 20;
/** Pages of 64 KiB that a codec may declare. */
export const MOST_PAGES = 16;
/** Functions that can be called by a number: each stream has the table anew. */
const MOST_ENTRIES = 4096;
/** So much may be exported: each stream has all of it made anew. */
const MOST_EXPORTS = 1000;
/** Pages the gateway adds behind them for states, samples and octets. */
export const HOST_PAGES = 2;
/** What the rewritten module exports besides its own. */
export const FUEL = "offhook fuel";
export const MEMORY = "offhook memory";

const MUTABLE_I32 = [0x7f, 0x01];
/** funcref */
const FUNCTIONS = 0x70;
const Section = { type: 1, import: 2, function: 3, table: 4, memory: 5, global: 6, export: 7, code: 10, last: 12 };

/** A module that can neither reach out nor run for ever. */
export interface Fenced {
  readonly octets: Uint8Array<ArrayBuffer>;
  /** Pages the codec declared; the gateway's begin there. */
  readonly pages: number;
}

interface Found {
  readonly parameters: readonly number[];
  readonly functions: readonly number[];
  readonly pages: number;
  readonly globals: number;
}

/**
 * Rewrites a module that the engine found valid: a memory of its own that can not grow, no imports, and a budget of
 * instructions in the global `FUEL` (meter.ts).
 * @throws CodecFault when it asks for more than a codec may have
 */
export function fence(octets: Uint8Array): Fenced {
  const sections = readSections(octets);
  const found: Found = {
    parameters: readTypes(sections.get(Section.type)),
    functions: readFunctions(sections.get(Section.function)),
    pages: readPages(sections),
    globals: countOf(sections.get(Section.global)),
  };
  checkTables(sections.get(Section.table));
  const exported = countOf(sections.get(Section.export));
  if (exported > MOST_EXPORTS)
    throw new CodecFault(`it exports ${exported} things, the most is ${MOST_EXPORTS}: export its functions alone`);
  const out = new BinaryWriter();
  out.copy(octets.subarray(0, 8));
  // Data count (12) stands between elements and code.
  for (const id of [1, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11]) writeSection(out, id, sections.get(id), found);
  return { octets: out.taken(), pages: found.pages };
}

function readSections(octets: Uint8Array): Map<number, Binary> {
  const file = new Binary(octets);
  file.skip(8);
  const sections = new Map<number, Binary>();
  while (!file.done) {
    const id = file.octet();
    const content = file.part(file.number());
    if (id > Section.last) throw new CodecFault(`section ${id} of the file is not allowed in a codec`);
    // 0: names and notes, for nobody here.
    if (id !== 0) sections.set(id, content);
  }
  return sections;
}

function again(section: Binary): Binary {
  return new Binary(section.octets, section.at, section.end);
}

function countOf(section: Binary | undefined): number {
  return section === undefined ? 0 : again(section).number();
}

function readTypes(section: Binary | undefined): number[] {
  if (section === undefined) return [];
  const types = again(section);
  return Array.from({ length: types.number() }, () => {
    if (types.octet() !== 0x60) throw new CodecFault("the file has types other than functions: not allowed in a codec");
    const parameters = passTypes(types);
    passTypes(types);
    return parameters;
  });
}

function readFunctions(section: Binary | undefined): number[] {
  if (section === undefined) return [];
  const functions = again(section);
  return Array.from({ length: functions.number() }, () => functions.number());
}

function readPages(sections: ReadonlyMap<number, Binary>): number {
  const imported = readImport(sections.get(Section.import));
  const own = sections.get(Section.memory);
  const memory = own === undefined ? imported : again(own);
  if (own !== undefined && memory?.number() !== 1) throw new CodecFault("a codec has one memory");
  if (memory === null || memory === undefined)
    throw new CodecFault("the module has no memory: it must have its own, or import env.memory");
  const flags = memory.octet();
  if (flags > 1) throw new CodecFault("its memory is shared or of 64 bits: a codec has a plain one");
  const pages = memory.number();
  if (pages > MOST_PAGES)
    throw new CodecFault(
      `its memory has ${pages} pages of 64 KiB, the most is ${MOST_PAGES}: link it with a smaller stack (-z stack-size=8192), or smaller tables`,
    );
  return pages;
}

function checkTables(section: Binary | undefined): void {
  if (section === undefined) return;
  const tables = again(section);
  const count = tables.number();
  for (let n = 0, entries = 0; n < count; n++) {
    if (tables.octet() !== FUNCTIONS) throw new CodecFault("it has a table of something else than functions");
    const flags = tables.octet();
    if (flags > 1) throw new CodecFault("its table is shared or of 64 bits: a codec has a plain one");
    entries += tables.number();
    if (flags === 1) tables.number();
    if (entries > MOST_ENTRIES)
      throw new CodecFault(`its table has ${entries} entries, the most is ${MOST_ENTRIES}: make it smaller`);
  }
}

/** The limits of `env.memory`; null when nothing is imported. */
function readImport(section: Binary | undefined): Binary | null {
  if (section === undefined) return null;
  const imports = again(section);
  const count = imports.number();
  if (count === 0) return null;
  const name = `${imports.text()}.${imports.text()}`;
  const kind = imports.octet();
  if (kind !== 2 || name !== "env.memory")
    throw new CodecFault(`it imports ${name}: a codec imports nothing, or env.memory alone`);
  if (count > 1) throw new CodecFault("it imports more than env.memory: a codec has nobody to call");
  return imports;
}

function writeSection(out: BinaryWriter, id: number, section: Binary | undefined, found: Found): void {
  const content = new BinaryWriter();
  if (id === Section.memory) writeMemory(content, found.pages);
  else if (id === Section.global) writeGlobals(content, section);
  else if (id === Section.export) writeExports(content, section, found.globals);
  else if (section === undefined) return;
  else if (id === Section.code) writeCode(content, section, found);
  else content.copy(section.octets.subarray(section.at, section.end));
  out.section(id, content);
}

function writeMemory(content: BinaryWriter, pages: number): void {
  content.octet(1, 1);
  content.number(pages + HOST_PAGES);
  content.number(pages + HOST_PAGES);
}

/** One more at the end: the fuel, none as long as the gateway gives none. */
function writeGlobals(content: BinaryWriter, section: Binary | undefined): void {
  copyVector(content, section, 1);
  // A start function may run: it has what a frame has.
  content.octet(...MUTABLE_I32, 0x41);
  content.wide(FUEL_OF_A_CALL);
  content.octet(0x0b);
}

function writeExports(content: BinaryWriter, section: Binary | undefined, fuel: number): void {
  copyVector(content, section, 2);
  content.text(MEMORY);
  content.octet(2, 0);
  content.text(FUEL);
  content.octet(3);
  content.number(fuel);
}

function copyVector(content: BinaryWriter, section: Binary | undefined, more: number): void {
  const entries = section === undefined ? null : again(section);
  content.number((entries?.number() ?? 0) + more);
  if (entries !== null) content.copy(entries.octets.subarray(entries.at, entries.end));
}

function writeCode(content: BinaryWriter, section: Binary, found: Found): void {
  const bodies = again(section);
  const count = bodies.number();
  content.number(count);
  for (let n = 0; n < count; n++) {
    const body = bodies.part(bodies.number());
    const parameters = found.parameters[found.functions[n] ?? -1] ?? 0;
    const metered = meterFunction(body, parameters, found.globals);
    content.number(metered.length);
    content.copy(metered.taken());
  }
}

/**
 * Instructions that one call may execute, about: 20 ms of sound at 50 million a second. A slow router takes some
 * milliseconds for as many. For a frame of 10 ms it is half, for there may be two in a turn; longer ones have no more,
 * so that no turn of a stream takes more, whatever its codec's frames.
 */
export const FUEL_OF_A_CALL = 1_000_000;
