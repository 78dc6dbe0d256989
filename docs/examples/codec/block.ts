/**
 * A codec of Offhook in AssemblyScript: wideband, 8 bits a sample with a common exponent for 16 samples, and a
 * concealment of its own. 340 octets in 20 ms; a frame that is silent has one octet. FRAME_MS may be 10 or 30 as well.
 *
 *   npx asc block.ts --runtime stub --use abort= -O3 --noAssert --outFile block.wasm
 */
const RATE: i32 = 16000;
const FRAME_MS: i32 = 20;
const SAMPLES: i32 = (RATE / 1000) * FRAME_MS;
const BLOCK: i32 = 16;
const FRAME_OCTETS: i32 = (SAMPLES / BLOCK) * (BLOCK + 1);
/** Of the decoder: frames made up in a row, and the last frame heard. */
const LOST: usize = 0;
const HEARD: usize = 16;

const name = memory.data<u8>([88, 45, 66, 76, 79, 67, 75]); // X-BLOCK

export function codec_abi(): i32 {
  return 1;
}

export function codec_name(at: usize): i32 {
  memory.copy(at, name, 7);
  return 7;
}

export function codec_sample_rate(): i32 {
  return RATE;
}

export function codec_clock_rate(): i32 {
  return RATE;
}

export function codec_frame_ms(): i32 {
  return FRAME_MS;
}

export function codec_frame_octets(): i32 {
  return FRAME_OCTETS;
}

export function codec_state(direction: i32): i32 {
  return direction == 0 ? 0 : i32(HEARD) + 2 * SAMPLES;
}

export function encode_open(state: usize): void {}

export function decode_open(state: usize): void {}

export function encode(state: usize, samples: usize, count: i32, octets: usize, room: i32): i32 {
  if (isSilent(samples, count)) {
    store<u8>(octets, 0);
    return 1;
  }
  let to = octets;
  for (let n = 0; n < count; n += BLOCK) {
    const from = samples + (usize(n) << 1);
    const exponent = exponentOf(from);
    store<u8>(to++, u8(exponent));
    for (let i: usize = 0; i < usize(BLOCK); i++) store<i8>(to++, i8(load<i16>(from + (i << 1)) >> i16(exponent)));
  }
  return i32(to - octets);
}

export function decode(state: usize, octets: usize, length: i32, samples: usize, room: i32): i32 {
  if (room < SAMPLES) return 0;
  if (length == 1 && load<u8>(octets) == 0) memory.fill(samples, 0, 2 * SAMPLES);
  else if (length == FRAME_OCTETS) {
    let from = octets;
    for (let n = 0; n < SAMPLES; n += BLOCK) {
      const exponent = load<u8>(from++) & 15;
      const half: i32 = exponent > 0 ? (1 << exponent) >> 1 : 0;
      for (let i = n; i < n + BLOCK; i++) {
        const value = (i32(load<i8>(from++)) << i32(exponent)) + half;
        store<i16>(samples + (usize(i) << 1), i16(max<i32>(-32768, min<i32>(value, 32767))));
      }
    }
  } else return 0;
  store<i32>(state, 0, LOST);
  memory.copy(state + HEARD, samples, 2 * SAMPLES);
  return SAMPLES;
}

/** The last frame again, half as loud each time. */
export function conceal(state: usize, samples: usize, room: i32): i32 {
  const lost = min<i32>(load<i32>(state, LOST) + 1, 15);
  store<i32>(state, lost, LOST);
  for (let n: usize = 0; n < usize(SAMPLES); n++)
    store<i16>(samples + (n << 1), load<i16>(state + HEARD + (n << 1)) >> i16(lost));
  return SAMPLES;
}

function isSilent(samples: usize, count: i32): bool {
  for (let n: usize = 0; n < usize(count); n++) if (load<i16>(samples + (n << 1)) != 0) return false;
  return true;
}

/** The least shift that brings the block's 16 samples into 8 bits. */
function exponentOf(samples: usize): i32 {
  let exponent = 0;
  for (let n: usize = 0; n < usize(BLOCK); n++) {
    const value = i32(load<i16>(samples + (n << 1)));
    while (value >> exponent > 127 || value >> exponent < -128) exponent++;
  }
  return exponent;
}
