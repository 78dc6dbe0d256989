import { type Binary, CodecFault } from "./binary.ts";

/** What the metering has to know of an instruction; `plain` is everything else. */
export type InstructionKind = "plain" | "loop" | "block" | "end" | "bulk" | "grow";

/** Of a block that gives nothing. */
const NOTHING = 0x40;
/** v128, f64, f32, i64, i32. */
const FIRST_TYPE = 0x7b;
const LAST_TYPE = 0x7f;
/** Later engines have more than one memory: from here on the number of one follows. */
const MEMORY_FOLLOWS = 64;

/**
 * Passes over one instruction with its immediates. Known are WebAssembly 1.0, sign extension, saturating conversion, bulk
 * memory and SIMD of 128 bits; whatever else a module has is refused, not guessed at: threads, references, exceptions, tail
 * calls, and relaxed SIMD, which would sound different on another processor.
 */
export function passInstruction(code: Binary): InstructionKind {
  const opcode = code.octet();
  if (opcode === 0x02 || opcode === 0x03 || opcode === 0x04) {
    passBlockType(code);
    return opcode === 0x03 ? "loop" : "block";
  }
  if (opcode === 0x0b) return "end";
  if (opcode === 0x40) return passing("grow", code, 1);
  // loads and stores
  if (opcode >= 0x28 && opcode <= 0x3e) return passAddress(code);
  if (opcode === 0xfc) return passMiscellaneous(code);
  if (opcode === 0xfd) return passVector(code);
  const numbers = immediates(opcode);
  if (numbers === null) throw new CodecFault(refusal(opcode));
  if (opcode === 0x0e) passList(code);
  if (opcode === 0x1c) passTypes(code);
  if (opcode === 0x43) code.skip(4);
  if (opcode === 0x44) code.skip(8);
  return passing("plain", code, numbers);
}

/** How many LEB128 numbers follow, lists and floats aside; null for an instruction that is not known here. */
function immediates(opcode: number): number | null {
  if (opcode === 0x00 || opcode === 0x01 || opcode === 0x05 || opcode === 0x0f) return 0;
  // br, br_if, the default of br_table, call
  if (opcode === 0x0c || opcode === 0x0d || opcode === 0x0e || opcode === 0x10) return 1;
  if (opcode === 0x11) return 2;
  if (opcode >= 0x1a && opcode <= 0x1c) return 0;
  if (opcode >= 0x20 && opcode <= 0x24) return 1;
  if (opcode === 0x3f) return 1;
  if (opcode === 0x41 || opcode === 0x42) return 1;
  if (opcode >= 0x43 && opcode <= 0xc4) return 0;
  return null;
}

function passMiscellaneous(code: Binary): InstructionKind {
  const opcode = code.number();
  if (opcode <= 7) return "plain";
  if (opcode === 8) return passing("bulk", code, 2);
  if (opcode === 9) return passing("plain", code, 1);
  if (opcode === 10) return passing("bulk", code, 2);
  if (opcode === 11) return passing("bulk", code, 1);
  throw new CodecFault(`instruction 0xfc ${opcode} (tables) is not allowed in a codec`);
}

function passVector(code: Binary): InstructionKind {
  const opcode = code.number();
  if (opcode > 255) throw new CodecFault("relaxed SIMD is not allowed in a codec: it differs between processors");
  if (opcode === 12 || opcode === 13) code.skip(16);
  else if (opcode <= 11 || opcode === 92 || opcode === 93) passAddress(code);
  else if (opcode >= 84 && opcode <= 91) {
    passAddress(code);
    code.skip(1);
  } else if (opcode >= 21 && opcode <= 34) code.skip(1);
  return "plain";
}

function passing(kind: InstructionKind, code: Binary, numbers: number): InstructionKind {
  for (let n = 0; n < numbers; n++) code.skipNumber();
  return kind;
}

/** A vector of types, of numbers and vectors only; returns how many. References are longer than an octet. */
export function passTypes(code: Binary): number {
  const count = code.number();
  for (let n = 0; n < count; n++) passType(code);
  return count;
}

export function passType(code: Binary): void {
  const type = code.octet();
  if (type < FIRST_TYPE || type > LAST_TYPE)
    throw new CodecFault(`a value of type 0x${type.toString(16)} (a reference) is not allowed in a codec`);
}

/** Nothing, one type, or the number of a function's type. */
function passBlockType(code: Binary): void {
  if (code.peek() === NOTHING) return code.skip(1);
  // A number that is negative is a type.
  if (code.peek() >= 0x40 && code.peek() < 0x80) return passType(code);
  code.number();
}

/** Alignment and offset. */
function passAddress(code: Binary): InstructionKind {
  if (code.number() >= MEMORY_FOLLOWS) throw new CodecFault("it names a memory in a load or store: a codec has one");
  return passing("plain", code, 1);
}

function passList(code: Binary): void {
  const length = code.number();
  for (let n = 0; n < length; n++) code.skipNumber();
}

function refusal(opcode: number): string {
  const what =
    opcode === 0xfe ? "threads" : opcode === 0x12 || opcode === 0x13 ? "tail calls" : `0x${opcode.toString(16)}`;
  return `an instruction (${what}) is not allowed in a codec: compile it for WebAssembly 1.0 with, at most, SIMD`;
}
