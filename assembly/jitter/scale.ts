/**
 * Time-scaling: the sound of a stream that somebody hears as samples is made longer or shorter by a pitch period at a time,
 * where it is like itself so much earlier or later (stretch/), or in a pause. What is heard then lags behind what has been
 * decoded by SCALE_LEFT samples; the concealment remembers them, for it is shown the stream as it came.
 *
 * ```text
 *   … heard | SCALE_LEFT samples | the frame just decoded |
 *           |<------ this tick hears a frame's worth -----|--- what remains is left
 * ```
 * Longer: the lag grows by a period, until a frame is left and a tick takes none from the ring (adapt.ts). Shorter: a tick
 * takes two frames, and the lag shrinks from a frame by periods. Where octets pass nothing of this is done.
 */
import { lineUpAll } from "../conceal/history.ts";
import { kernelAt } from "../endpoint.ts";
import {
  CONTROL_VBD,
  INPUT_CODED,
  INPUT_FORMAT,
  INPUT_KIND,
  INPUT_NEEDED,
  INPUT_PASSES,
  KEY_ACTIVE,
  SCALE_HEARD,
  SCALE_LEFT,
  SCALE_LOUDEST,
  SCALE_RESTED,
} from "../endpoint-words.ts";
import { isPlugin, isWide, samplesOf } from "../format.ts";
import { frameSamples } from "../frame-time.ts";
import { KERNEL_CONCEAL, MAX_RTP, SCRATCH_LINEAR, SCRATCH_LINEAR_SIZE } from "../layout.ts";
import { meanSquare } from "../meter/level.ts";
import { stretchJoin } from "../stretch/join.ts";
import { stretchIsKey } from "../stretch/keys.ts";
import { stretchLag } from "../stretch/lag.ts";
import { STRETCH_ALIKE, STRETCH_ROOM } from "../stretch/room.ts";
import { wantedLength } from "./adapt.ts";
import { depthAt } from "./depth.ts";

/** How alike what is joined has to be: of speech that is voiced it is. */
const ALIKE: f32 = 0.85;
/** 40 ms: sooner the sound is not changed again, so that nobody hears the tempo. */
const REST: i32 = 320;
/** -45 dBm0, the background of most rooms; and 18 dB below the loudest of the last seconds it is a pause, too. */
const BACKGROUND: i32 = 8241;
const PAUSE_SHIFT: i32 = 6;
/** The loudest is forgotten by a 128th a frame. */
const FORGET_SHIFT: i32 = 7;

/** 15 ms, in samples. */
export function longestLag(format: i32): i32 {
  return isWide(format) ? 240 : 120;
}

/** Nobody hears the stream as samples: nothing is left of it. */
export function forgetScale(endpoint: usize): void {
  store<i32>(endpoint, 0, SCALE_HEARD);
  store<i32>(endpoint, 0, SCALE_LEFT);
}

/** Whether this frame is heard as samples alone. */
export function noteHeard(index: i32, endpoint: usize): bool {
  const format = load<i32>(endpoint, INPUT_FORMAT);
  const heard =
    index < MAX_RTP &&
    load<i32>(endpoint, INPUT_NEEDED) == 1 &&
    !load<i32>(endpoint, INPUT_PASSES) &&
    !load<i32>(endpoint, CONTROL_VBD) &&
    !isPlugin(format);
  store<i32>(endpoint, i32(heard), SCALE_HEARD);
  return heard;
}

/**
 * A frame of the stream at `samples` that the concealment has been shown: what is heard in this tick takes its place.
 * `heard`: as samples alone (noteHeard).
 */
export function scaleFrame(index: i32, endpoint: usize, samples: usize, heard: bool): void {
  const left = load<i32>(endpoint, SCALE_LEFT);
  store<i32>(endpoint, min<i32>(REST, load<i32>(endpoint, SCALE_RESTED) + frameSamples), SCALE_RESTED);
  const wanted = heard ? wantedLength(depthAt(index)) : 0;
  if (left == 0 && wanted <= 0) return;
  const end = lineUpAll(kernelAt(index, KERNEL_CONCEAL), SCRATCH_LINEAR);
  const length = samplesOf(load<i32>(endpoint, INPUT_FORMAT));
  const at = end - usize((left + length) << 1);
  const lag = heard ? newLag(endpoint, at, end, left, wanted) : 0;
  const into = end - usize((lag + length) << 1);
  if (lag == left) memory.copy(samples, into, usize(length) << 1);
  else {
    stretchJoin(at, into, samples, tenMs(endpoint), length);
    store<i32>(endpoint, lag, SCALE_LEFT);
    store<i32>(endpoint, 0, SCALE_RESTED);
  }
}

/** A frame is left: it is heard, and none is decoded. */
export function playLeft(index: i32, endpoint: usize, samples: usize): void {
  const length = samplesOf(load<i32>(endpoint, INPUT_FORMAT));
  const left = load<i32>(endpoint, SCALE_LEFT);
  const end = lineUpAll(kernelAt(index, KERNEL_CONCEAL), SCRATCH_LINEAR);
  memory.copy(samples, end - usize(left << 1), usize(length) << 1);
  store<i32>(endpoint, left - length, SCALE_LEFT);
}

/** Something else goes on at `samples`, after which the concealment was shown `shown` samples: what is left fades into it. */
export function endLeft(index: i32, endpoint: usize, samples: usize, shown: i32): void {
  const left = load<i32>(endpoint, SCALE_LEFT);
  if (left == 0) return;
  const end = lineUpAll(kernelAt(index, KERNEL_CONCEAL), SCRATCH_LINEAR);
  const fade = min<i32>(tenMs(endpoint), left & ~7);
  stretchJoin(end - usize((left + shown) << 1), samples, samples, fade, fade);
  store<i32>(endpoint, 0, SCALE_LEFT);
}

/** What is heard as loud is remembered for pauses. */
export function noteLoudness(endpoint: usize, power: i32): void {
  const loudest = load<i32>(endpoint, SCALE_LOUDEST);
  store<i32>(endpoint, max<i32>(power, loudest - (loudest >> FORGET_SHIFT)), SCALE_LOUDEST);
}

/** Samples of 10 ms. */
function tenMs(endpoint: usize): i32 {
  return isWide(load<i32>(endpoint, INPUT_FORMAT)) ? 160 : 80;
}

/** The lag after this frame; the sound is joined at `at`. */
function newLag(endpoint: usize, at: usize, end: usize, left: i32, wanted: i32): i32 {
  const isCoded = (load<i32>(endpoint, INPUT_KIND) & INPUT_CODED) != 0;
  if (wanted == 0 || !isCoded || load<i32>(endpoint, KEY_ACTIVE) || load<i32>(endpoint, SCALE_RESTED) < REST)
    return left;
  const longest = longestLag(load<i32>(endpoint, INPUT_FORMAT));
  if (wanted > 0 && left >= samplesOf(load<i32>(endpoint, INPUT_FORMAT))) return left;
  const ten = tenMs(endpoint);
  const most = wanted > 0 ? longest : min<i32>(longest, left);
  const change = changeAt(endpoint, at, wanted, most, ten);
  if (change == 0 || stretchIsKey(min<usize>(at, end - usize(ten << 2)), ten)) return left;
  return left + wanted * change;
}

/**
 * By how much the sound can be longer (`wanted` 1) or shorter at a place, at most: by a period, or in a pause; or 0. A pause
 * becomes 10 ms shorter in 40 ms at most: one of 40 ms is still one between two keys (Q.24).
 */
function changeAt(endpoint: usize, at: usize, wanted: i32, most: i32, ten: i32): i32 {
  const pause = min<i32>(most, ten);
  const reach = (pause + ten) & ~7;
  if (wanted < 0 && meanSquare(at, reach) < BACKGROUND) return pause;
  const room = usize(SCRATCH_LINEAR) + SCRATCH_LINEAR_SIZE - STRETCH_ROOM;
  const lag = stretchLag(at, -wanted, most, ten, room);
  if (lag > 0 && load<f32>(room, STRETCH_ALIKE) >= ALIKE) return lag;
  if (wanted < 0) return isPause(endpoint, meanSquare(at, reach)) ? pause : 0;
  return isPause(endpoint, meanSquare(at - usize(lag << 1), (lag + ten) & ~7)) ? lag : 0;
}

function isPause(endpoint: usize, power: i32): bool {
  return power < BACKGROUND || power < load<i32>(endpoint, SCALE_LOUDEST) >> PAUSE_SHIFT;
}
