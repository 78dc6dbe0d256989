/**
 * The search for fax tones at a device channel: in what its line sends, and in what it is sent, for the calling machine
 * may be on either side. It decodes for its own sake only: octets that pass untouched stay so.
 */
import { kernelAt } from "./endpoint.ts";
import {
  FAX_OPEN,
  FRAME_LINEAR,
  INPUT_CODED,
  INPUT_FORMAT,
  INPUT_KIND,
  INPUT_LINEAR,
  OUT_KIND,
  OUT_LOCAL,
  OUT_PLAY,
  OUT_TO,
} from "./endpoint-words.ts";
import { tell } from "./events.ts";
import { faxDetect, faxDetectOpen } from "./fax/detect.ts";
import { decodeStateless, isWide } from "./format.ts";
import { codedFrame } from "./frame.ts";
import { frameSamples } from "./frame-time.ts";
import {
  EVENT_FAX,
  FAX_SENT,
  FAX_TOLD,
  KERNEL_FAX,
  KERNEL_FAX_SENT,
  KERNEL_FAX_SIZE,
  SCRATCH_LINEAR,
} from "./layout.ts";

/** Of a channel whose frame in nobody else wants as samples. */
export function searchLine(index: i32, endpoint: usize): void {
  const kind = load<i32>(endpoint, INPUT_KIND);
  const format = load<i32>(endpoint, INPUT_FORMAT);
  if (isWide(format)) return;
  if ((kind & INPUT_LINEAR) != 0) {
    searchSamples(index, endpoint, endpoint + FRAME_LINEAR);
    return;
  }
  if ((kind & INPUT_CODED) != 0) decodeStateless(format, codedFrame(endpoint), SCRATCH_LINEAR, frameSamples);
  else memory.fill(SCRATCH_LINEAR, 0, 2 * frameSamples);
  searchSamples(index, endpoint, SCRATCH_LINEAR);
}

/** Of a channel whose frame in is there as samples. */
export function searchSamples(index: i32, endpoint: usize, samples: usize): void {
  if (!load<i32>(endpoint, FAX_OPEN)) open(index, endpoint);
  search(index, kernelAt(index, KERNEL_FAX), samples, 0);
}

/** Of the frame that the channel is sent, made in `format`. A tone or a file of our own is no machine's. */
export function searchSent(index: i32, endpoint: usize, format: i32): void {
  const kind = load<i32>(endpoint, OUT_KIND);
  if (kind == OUT_LOCAL || kind == OUT_PLAY || !load<i32>(endpoint, FAX_OPEN)) return;
  decodeStateless(format, usize(load<u32>(endpoint, OUT_TO)), SCRATCH_LINEAR, frameSamples);
  search(index, kernelAt(index, KERNEL_FAX_SENT), SCRATCH_LINEAR, FAX_SENT);
}

function open(index: i32, endpoint: usize): void {
  store<i32>(endpoint, 1, FAX_OPEN);
  memory.fill(kernelAt(index, KERNEL_FAX), 0, 2 * KERNEL_FAX_SIZE);
  faxDetectOpen(kernelAt(index, KERNEL_FAX));
  faxDetectOpen(kernelAt(index, KERNEL_FAX_SENT));
}

/** Each tone is told once in a session. */
function search(index: i32, state: usize, samples: usize, from: i32): void {
  const tone = faxDetect(state, samples, frameSamples);
  if (tone == 0) return;
  const told = load<i32>(state, FAX_TOLD);
  if (((told >> tone) & 1) != 0) return;
  store<i32>(state, told | (1 << tone), FAX_TOLD);
  tell(EVENT_FAX, index, tone | from, 0);
}
