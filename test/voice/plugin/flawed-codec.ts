/**
 * A codec with one of many flaws, all in one file: an octet of it says which, so that it is compiled once. Without one it
 * is a good codec, ADPCM of four bits whose state leaks, at 8000 samples/s.
 */
import { builtCodec } from "../shadow/built.ts";

export const flaws = [
  "none",
  "directions share a state",
  "reads behind its samples",
  "reads behind its state",
  "looks not at the length",
  "leaves an octet unwritten",
  "counts its calls",
  "keeps what was heard",
  "wraps around",
  "moves the mean",
  "never forgets a loss",
  "is lost to a root of less than nothing",
  "is louder",
  "tells frames too large",
  "tells another clock",
  "swaps octets of samples",
  "turns the sign",
  "takes codes the wrong way round",
  "forgets the last sample",
  "is slow when it is loud",
  "makes up louder and louder",
  "writes behind its state in silence",
] as const;
export type Flaw = (typeof flaws)[number];

const MARK = "FLAW:";

function is(flaw: Flaw): string {
  return `(load<u8>(mark + ${MARK.length}) == ${flaws.indexOf(flaw)})`;
}

const source = `
const mark = memory.data<u8>([${[...Buffer.from(MARK)].join()}, 0]);
const shared = memory.data(16, 4);
const before = memory.data(320, 4);
let calls = 0;

export function codec_abi(): i32 { return 1; }
export function codec_name(at: usize): i32 { store<u16>(at, 0x5858); return 2; }
export function codec_sample_rate(): i32 { return 8000; }
export function codec_clock_rate(): i32 { return ${is("tells another clock")} ? 16000 : 8000; }
export function codec_frame_octets(): i32 { return ${is("tells frames too large")} ? 640 : 80; }
export function codec_state(direction: i32): i32 { return 12; }
export function encode_open(state: usize): void { begin(state); begin(shared); }
export function decode_open(state: usize): void { begin(state); begin(shared); }

function begin(state: usize): void { store<i32>(state, 0); store<i32>(state, 768, 4); store<f32>(state, 0, 8); }
function limit(value: i32, least: i32, most: i32): i32 { return min(max(value, least), most); }
/** Of the table of 1/256 octaves, what is on. */
function step(state: usize): i32 { const log = load<i32>(state, 4); return ((256 + (log & 255)) << (log >> 8)) >> 8; }
function move(code: i32): i32 { return code < 4 ? -16 : (code - 3) * 40; }

function follow(state: usize, code: i32): i32 {
  const change = ((2 * (code & 7) + 1) * step(state)) >> 1;
  const sum = load<i32>(state) + (code & 8 ? -change : change);
  const sample = ${is("wraps around")} ? i32(i16(sum)) : limit(sum, -32768, 32767);
  store<i32>(state, ${is("never forgets a loss")} ? sample : sample - sample / 32);
  const log = load<i32>(state, 4);
  store<i32>(state, limit(log - (log >> 6) + 12 + move(code & 7), 768, 3328), 4);
  return sample;
}

function choose(state: usize, sample: i32): i32 {
  const left = sample - load<i32>(state);
  return (left < 0 ? 8 : 0) | limit(abs(left) / step(state), 0, 7);
}

export function encode(given: usize, samples: usize, count: i32, octets: usize, room: i32): i32 {
  const state = ${is("directions share a state")} ? shared : given;
  if (${is("counts its calls")} && calls++ % 25 == 7) store<i32>(state, load<i32>(state) ^ 64);
  if (${is("reads behind its state")}) store<i32>(state, load<i32>(state) ^ (load<u8>(state, 12) & 1));
  let loud = 0;
  for (let n: usize = 0; n < 160; n += 2) {
    const behind: usize = ${is("reads behind its samples")} ? 2 : 0;
    const first = choose(state, load<i16>(samples + (n << 1) + behind));
    follow(state, first);
    const second = choose(state, load<i16>(samples + (n << 1) + 2 + behind));
    follow(state, second);
    loud |= abs<i32>(load<i16>(samples + (n << 1)));
    if (n < 158 || !${is("leaves an octet unwritten")}) store<u8>(octets + (n >> 1), (first << 4) | second);
  }
  if (${is("is slow when it is loud")} && loud > 30000) for (let n = 0; n < 200000; n++) calls++;
  if (${is("writes behind its state in silence")} && loud == 0) store<u8>(state, 1, 12);
  return 80;
}

export function decode(given: usize, octets: usize, length: i32, samples: usize, room: i32): i32 {
  if (length != 80 && !${is("looks not at the length")}) return 0;
  const state = ${is("directions share a state")} ? shared : given;
  for (let n: usize = 0; n < 160; n += 2) {
    const codes = i32(load<u8>(octets + (n >> 1)));
    const turned: usize = ${is("takes codes the wrong way round")} ? 2 : 0;
    const at = samples + (n << 1);
    store<i16>(at + turned, heard(state, follow(state, codes >> 4)));
    store<i16>(at + (2 - turned), heard(state, follow(state, codes & 15)));
    if (${is("forgets the last sample")} && n == 158) store<i16>(at, 0, 2);
  }
  if (${is("keeps what was heard")})
    for (let n: usize = 0; n < 320; n += 2) {
      const now = load<i16>(samples + n);
      store<i16>(samples + n, load<i16>(before + n));
      store<i16>(before + n, now);
    }
  return 160;
}

function heard(state: usize, sample: i32): i16 {
  if (${is("moves the mean")}) return i16(limit(sample + 200, -32768, 32767));
  if (${is("is louder")}) return i16(limit(sample * 3 / 2, -32768, 32767));
  if (${is("swaps octets of samples")}) return i16(bswap<u16>(u16(sample)));
  if (${is("turns the sign")}) return i16(limit(-sample, -32768, 32767));
  if (!${is("is lost to a root of less than nothing")}) return i16(sample);
  const room: i32 = 30000 - abs<i32>(sample);
  const level: f32 = load<f32>(state, 8) / 2 + sqrt<f32>(f32(room));
  store<f32>(state, level, 8);
  return level >= 0 ? i16(sample) : 0;
}

export function conceal(state: usize, samples: usize, room: i32): i32 {
  memory.fill(samples, 0, 320);
  if (!${is("makes up louder and louder")}) return 160;
  store<i32>(state, limit(2 * load<i32>(state) + 100, -32768, 32767));
  for (let n: usize = 0; n < 160; n++) store<i16>(samples + (n << 1), load<i32>(state));
  return 160;
}
`;

let file: Uint8Array | null = null;

export function flawedCodec(flaw: Flaw): Uint8Array {
  file ??= builtCodec(source);
  const codec = file.slice();
  const at = Buffer.from(codec.buffer).indexOf(MARK);
  if (at < 0) throw new Error("the compiled codec has no mark");
  codec[at + MARK.length] = flaws.indexOf(flaw);
  return codec;
}
