import { type Binary, BinaryWriter } from "./binary.ts";
import { passInstruction, passType } from "./instruction.ts";

const I32 = 0x7f;
const VOID = 0x40;
/** A call of the engine, however few octets it is for. */
const BULK_PRICE = 50;
/** So many locals are made zero in the time of an instruction. */
const LOCALS_AT_ONCE = 4;
/** drop, i32.const -1: what it tells that can not be done. Growing by nothing would give the gateway's view away. */
const NOT_GROWN = [0x1a, 0x41, 0x7f];

/**
 * One function, rewritten so that it can not run for ever: on entry, and whenever a loop begins again, it pays for the
 * instructions it may execute until it pays next, out of the global `fuel`, and traps when that is used up. Filling and
 * copying memory pays for the octets, eight at a time, and a function on entry for its locals. Memory does not grow.
 * @param body the function's locals and code
 * @param parameters how many it has: its own locals are numbered after them
 */
export function meterFunction(body: Binary, parameters: number, fuel: number): BinaryWriter {
  const locals = readLocals(body);
  const spare = parameters + locals.count;
  const code = new BinaryWriter();
  // One entry for each open block; a loop, and the function itself, has a price.
  const open: (Price | null)[] = [];
  let usesSpare = false;
  let price = pay(code, fuel);
  price.amount += Math.floor(locals.count / LOCALS_AT_ONCE);
  open.push(price);
  while (!body.done) {
    const from = body.at;
    const kind = passInstruction(body);
    const instruction = body.octets.subarray(from, body.at);
    price.amount++;
    if (kind === "bulk") {
      payForOctets(code, fuel, spare);
      price.amount += BULK_PRICE;
      usesSpare = true;
    }
    if (kind === "grow") code.octet(...NOT_GROWN);
    else code.copy(instruction);
    if (kind === "loop") {
      price = pay(code, fuel);
      open.push(price);
    } else if (kind === "block") open.push(null);
    else if (kind === "end") {
      const closed = open.pop();
      if (closed) code.patch(closed.place, closed.amount);
      price = open.findLast((entry) => entry !== null) ?? price;
    }
  }
  return withLocals(locals, usesSpare, code);
}

interface Price {
  readonly place: number;
  amount: number;
}

interface Locals {
  readonly groups: number;
  readonly count: number;
  readonly octets: Uint8Array;
}

function readLocals(body: Binary): Locals {
  const groups = body.number();
  const from = body.at;
  let count = 0;
  for (let n = 0; n < groups; n++) {
    count += body.number();
    passType(body);
  }
  return { groups, count, octets: body.octets.subarray(from, body.at) };
}

function withLocals(locals: Locals, oneMore: boolean, code: BinaryWriter): BinaryWriter {
  const whole = new BinaryWriter();
  whole.number(locals.groups + (oneMore ? 1 : 0));
  whole.copy(locals.octets);
  if (oneMore) whole.octet(1, I32);
  whole.copy(code.taken());
  return whole;
}

/** global.get, i32.const, i32.sub, global.set, and a trap when less than nothing is left. */
function pay(code: BinaryWriter, fuel: number): Price {
  code.octet(0x23);
  code.number(fuel);
  code.octet(0x41);
  const place = code.wide(0);
  charge(code, fuel);
  return { place, amount: 1 };
}

function payForOctets(code: BinaryWriter, fuel: number, spare: number): void {
  code.octet(0x21);
  code.number(spare);
  code.octet(0x23);
  code.number(fuel);
  code.octet(0x20);
  code.number(spare);
  // i32.const 3, i32.shr_u
  code.octet(0x41, 3, 0x76);
  charge(code, fuel);
  code.octet(0x20);
  code.number(spare);
}

function charge(code: BinaryWriter, fuel: number): void {
  code.octet(0x6b, 0x24);
  code.number(fuel);
  code.octet(0x23);
  code.number(fuel);
  // i32.const 0, i32.lt_s, if, unreachable, end
  code.octet(0x41, 0, 0x48, 0x04, VOID, 0x00, 0x0b);
}
