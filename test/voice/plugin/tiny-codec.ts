/** Codecs assembled by hand (WebAssembly 1.0 §5), a few hundred octets each: whatever a bad one may be like. */

const I32 = 0x7f;
const I64 = 0x7e;
const FUNCREF = 0x70;
export const End = 0x0b;
export const Unreachable = 0x00;

export interface TinyCodec {
  /** What the functions without arguments tell. */
  readonly abi?: number;
  readonly sampleRate?: number;
  readonly clockRate?: number;
  readonly frameOctets?: number;
  /** Without it the function is not there. */
  readonly frameMs?: number;
  readonly state?: number;
  /** One letter; 0 = a name of no letters. */
  readonly name?: number | string;
  /** Bodies, without locals and with the end. */
  readonly encode?: readonly number[];
  readonly decode?: readonly number[];
  readonly encodeOpen?: readonly number[];
  /** Functions left out of the exports. */
  readonly without?: readonly string[];
  /** module.name of a function that is imported. */
  readonly imports?: readonly [string, string];
  readonly pages?: number;
  /** Entries of a table. */
  readonly table?: number;
  /** Of the encoder, i64. */
  readonly locals?: number;
  /** Exports that nobody asked for. */
  readonly exports?: number;
}

type TinyFunction = readonly [name: string, type: number, body: readonly number[]];

/** local.get */
export function local(index: number): number[] {
  return [0x20, index];
}

/** i32.const */
export function constant(value: number): number[] {
  const octets: number[] = [0x41];
  let rest = value | 0;
  while (true) {
    const octet = rest & 0x7f;
    rest >>= 7;
    const isLast = (rest === 0 && (octet & 0x40) === 0) || (rest === -1 && (octet & 0x40) !== 0);
    octets.push(isLast ? octet : octet | 0x80);
    if (isLast) return octets;
  }
}

/** loop … br 0, end: for ever. */
export const forever = [0x03, 0x40, 0x0c, 0, End, ...constant(0), End];

/**
 * A codec that works: encode makes a frame whose first octet is that of the first sample, decode repeats its first octet
 * as samples; changed as `told`.
 */
export function tinyCodec(told: TinyCodec = {}): Uint8Array {
  const first = told.imports === undefined ? 0 : 1;
  const functions: readonly TinyFunction[] = [
    ["codec_abi", 0, [...constant(told.abi ?? 1), End]],
    ["codec_sample_rate", 0, [...constant(told.sampleRate ?? 8000), End]],
    ["codec_clock_rate", 0, [...constant(told.clockRate ?? 8000), End]],
    ["codec_frame_octets", 0, [...constant(told.frameOctets ?? 33), End]],
    ...(told.frameMs === undefined
      ? []
      : ([["codec_frame_ms", 0, [...constant(told.frameMs), End]]] satisfies TinyFunction[])),
    ["codec_name", 1, nameBody(told.name ?? 0x54)],
    ["codec_state", 1, [...constant(told.state ?? 16), End]],
    ["encode_open", 2, told.encodeOpen ?? [End]],
    ["decode_open", 2, [End]],
    ["encode", 3, told.encode ?? encodeBody],
    ["decode", 3, told.decode ?? decodeBody],
  ];
  const exported = functions.flatMap(([name], n) =>
    told.without?.includes(name) ? [] : [[...text(name), 0, first + n]],
  );
  const useless = Array.from({ length: told.exports ?? 0 }, (_, n) => [...text(`x${n}`), 0, 0]);
  const importSection =
    told.imports === undefined ? [] : section(2, vector([[...text(told.imports[0]), ...text(told.imports[1]), 0, 0]]));
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...importSection,
    ...section(3, vector(functions.map(([, type]) => [type]))),
    ...(told.table === undefined ? [] : section(4, [1, FUNCREF, 0, ...number(told.table)])),
    ...section(5, [1, 0, ...number(told.pages ?? 1)]),
    ...section(7, vector([...exported, ...useless])),
    ...section(10, vector(functions.map(([name, , body]) => code(body, name === "encode" ? told.locals : 0)))),
  ]);
}

const types = [
  [0x60, 0, 1, I32],
  [0x60, 1, I32, 1, I32],
  [0x60, 1, I32, 0],
  [0x60, 5, I32, I32, I32, I32, I32, 1, I32],
];

function wordBody(word: string): number[] {
  const letters = Array.from(Buffer.from(word), (octet, n) => [...local(0), ...constant(octet), 0x3a, 0, n]);
  return [...letters.flat(), ...constant(word.length), End];
}

function code(body: readonly number[], locals = 0): number[] {
  const groups = locals === 0 ? [0] : [1, ...number(locals), I64];
  return [...number(groups.length + body.length), ...groups, ...body];
}

/** The letter at the address, and 1. */
function nameBody(letter: number | string): number[] {
  if (typeof letter === "string") return wordBody(letter);
  if (letter === 0) return [...constant(0), End];
  return [...local(0), ...constant(letter), 0x3a, 0, 0, ...constant(1), End];
}

/** memory.fill(octets, low octet of the first sample, room); room */
const encodeBody = [...local(3), ...local(1), 0x2d, 0, 0, ...local(4), 0xfc, 11, 0, ...local(4), End];
/** memory.fill(samples, first octet, 2 · room); room */
const decodeBody = [
  ...[...local(3), ...local(1), 0x2d, 0, 0, ...local(4), ...constant(1), 0x74, 0xfc, 11, 0],
  ...[...local(4), End],
];

function section(id: number, content: readonly number[]): number[] {
  return [id, ...number(content.length), ...content];
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...number(items.length), ...items.flat()];
}

function text(name: string): number[] {
  return [...number(name.length), ...Buffer.from(name)];
}

function number(value: number): number[] {
  return value < 128 ? [value] : [(value & 0x7f) | 0x80, ...number(value >> 7)];
}
