/** Call-progress tones (ITU-T E.180): up to four sines, switched by a cadence counted in samples. */
import {
  TONE_AMPLITUDES,
  TONE_CADENCE,
  TONE_COMPONENTS,
  TONE_INCREMENTS,
  TONE_LEFT,
  TONE_PHASES,
  TONE_SEEN,
  TONE_SEGMENT,
  TONE_SEGMENTS,
  TONE_SERIAL,
} from "../endpoint-words.ts";
import { frameSamples } from "../frame-time.ts";
import { SCRATCH_LINEAR } from "../layout.ts";
import { writePair } from "./pair.ts";
import { addSine } from "./sine.ts";

/** The next frame of the endpoint's tone, into the scratch; false when it has none. */
export function toneFrame(endpoint: usize): bool {
  if (load<i32>(endpoint, TONE_SEEN) != load<i32>(endpoint, TONE_SERIAL)) startTone(endpoint);
  if (load<i32>(endpoint, TONE_COMPONENTS) <= 0) return false;
  memory.fill(SCRATCH_LINEAR, 0, frameSamples * 2);
  const segments = load<i32>(endpoint, TONE_SEGMENTS);
  if (segments <= 0) addTones(endpoint, 0, frameSamples);
  else followCadence(endpoint, segments);
  return true;
}

function startTone(endpoint: usize): void {
  store<i32>(endpoint, load<i32>(endpoint, TONE_SERIAL), TONE_SEEN);
  store<i32>(endpoint, 0, TONE_SEGMENT);
  store<i32>(endpoint, load<i32>(endpoint, TONE_CADENCE), TONE_LEFT);
  memory.fill(endpoint + TONE_PHASES, 0, 16);
}

function followCadence(endpoint: usize, segments: i32): void {
  let at = 0;
  while (at < frameSamples) {
    const left = load<i32>(endpoint, TONE_LEFT);
    const run = min<i32>(left, frameSamples - at);
    const segment = load<i32>(endpoint, TONE_SEGMENT);
    if ((segment & 1) == 0) addTones(endpoint, at, run);
    at += run;
    if (left > run) {
      store<i32>(endpoint, left - run, TONE_LEFT);
      continue;
    }
    const next = segment + 1 >= segments ? 0 : segment + 1;
    store<i32>(endpoint, next, TONE_SEGMENT);
    // A length of zero would never end the loop.
    store<i32>(endpoint, max<i32>(1, load<i32>(endpoint + (usize(next) << 2), TONE_CADENCE)), TONE_LEFT);
  }
}

function addTones(endpoint: usize, from: i32, count: i32): void {
  const components = load<i32>(endpoint, TONE_COMPONENTS);
  if (components >= 2) writeFirstTwo(endpoint, from, count);
  for (let i = components >= 2 ? 2 : 0; i < components; i++) {
    const word = endpoint + (usize(i) << 2);
    const increment = load<u32>(word, TONE_INCREMENTS);
    const phase = addSine(from, count, load<u32>(word, TONE_PHASES), increment, load<i32>(word, TONE_AMPLITUDES));
    store<u32>(word, phase, TONE_PHASES);
  }
}

function writeFirstTwo(endpoint: usize, from: i32, count: i32): void {
  writePair(
    usize(SCRATCH_LINEAR) + (usize(from) << 1),
    count,
    endpoint + TONE_PHASES,
    load<u32>(endpoint, TONE_INCREMENTS),
    load<i32>(endpoint, TONE_AMPLITUDES),
    load<u32>(endpoint, TONE_INCREMENTS + 4),
    load<i32>(endpoint, TONE_AMPLITUDES + 4),
  );
}
