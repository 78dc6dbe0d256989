/**
 * Concealment: what is missing sounds like the frame before, half as loud each time, and after 100 ms like nothing.
 * An issue of its own puts ITU-T G.711 Appendix I here.
 */
import { decode } from "../codec/convert.ts";
import { count } from "../endpoint.ts";
import {
  FRAME_LINEAR,
  FRAME_OCTETS,
  FRAME_SAMPLES,
  INPUT_CODED,
  INPUT_FORMAT,
  INPUT_KIND,
  INPUT_LINEAR,
  INPUT_MISSES,
  INPUT_SILENCE,
  METER_CONCEALED,
  SCRATCH_FLAGS,
  SCRATCH_LINEAR,
} from "../layout.ts";

const MAX_MISSES: i32 = 5;

/** The samples of the newest frame in, decoded on the first call. Not for silence. */
export function linearInput(endpoint: usize): usize {
  const kind = load<i32>(endpoint, INPUT_KIND);
  if ((kind & INPUT_LINEAR) == 0) {
    decode(load<i32>(endpoint, INPUT_FORMAT), endpoint + FRAME_OCTETS, endpoint + FRAME_LINEAR, FRAME_SAMPLES);
    store<i32>(endpoint, kind | INPUT_LINEAR, INPUT_KIND);
  }
  return endpoint + FRAME_LINEAR;
}

/** A whole frame is missing: the frame before, which is still in place, becomes this one. */
export function concealFrame(endpoint: usize): void {
  if (load<i32>(endpoint, INPUT_KIND) == INPUT_SILENCE) return;
  const misses = load<i32>(endpoint, INPUT_MISSES) + 1;
  if (misses > MAX_MISSES) {
    store<i32>(endpoint, INPUT_SILENCE, INPUT_KIND);
    return;
  }
  const samples = linearInput(endpoint);
  for (let i = 0; i < FRAME_SAMPLES * 2; i += 16) {
    const at = samples + usize(i);
    v128.store(at, i16x8.shr_s(v128.load(at), 1));
  }
  store<i32>(endpoint, INPUT_LINEAR, INPUT_KIND);
  store<i32>(endpoint, misses, INPUT_MISSES);
  count(endpoint, METER_CONCEALED, 1);
}

/** Some octets at `octets` are missing, as the flags at SCRATCH_FLAGS say: the frame before fills the gaps. */
export function patchFrame(endpoint: usize, format: i32, octets: usize): void {
  const hadSound = load<i32>(endpoint, INPUT_KIND) != INPUT_SILENCE;
  const before = hadSound ? linearInput(endpoint) : 0;
  decode(format, octets, SCRATCH_LINEAR, FRAME_SAMPLES);
  for (let i = 0; i < FRAME_SAMPLES; i++) {
    if (load<u8>(usize(SCRATCH_FLAGS) + usize(i))) continue;
    const at = usize(i) << 1;
    store<i16>(usize(SCRATCH_LINEAR) + at, hadSound ? load<i16>(before + at) >> 1 : 0);
  }
  memory.copy(endpoint + FRAME_LINEAR, SCRATCH_LINEAR, FRAME_SAMPLES * 2);
  store<i32>(endpoint, INPUT_LINEAR, INPUT_KIND);
  store<i32>(endpoint, 0, INPUT_MISSES);
  count(endpoint, METER_CONCEALED, 1);
}

/** A whole frame is there: its octets at FRAME_OCTETS. */
export function acceptFrame(endpoint: usize, format: i32): void {
  store<i32>(endpoint, format, INPUT_FORMAT);
  store<i32>(endpoint, INPUT_CODED, INPUT_KIND);
  store<i32>(endpoint, 0, INPUT_MISSES);
}

/** Nothing comes from this endpoint, and nothing is missing. */
export function silentFrame(endpoint: usize): void {
  store<i32>(endpoint, INPUT_SILENCE, INPUT_KIND);
  store<i32>(endpoint, 0, INPUT_MISSES);
}
