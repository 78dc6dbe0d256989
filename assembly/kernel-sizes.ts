/** Whether the kernels' states fit the room that the memory map keeps for them (layout.ts, KERNEL_…_SIZE). */
import { G722_STATE } from "./codec/g722-state.ts";
import { G726_STATE } from "./codec/g726-state.ts";
import { CONCEAL_STATE } from "./conceal/state.ts";
import { DTMF_DETECT_STATE } from "./dtmf/detect-state.ts";
import { echoStateSize } from "./echo/canceller.ts";
import { FAX_DETECT_STATE } from "./fax/state.ts";
import { DEPTH_STATE } from "./jitter/depth-words.ts";
import {
  CONFERENCE_MIX_SIZE,
  DRIFT_ON,
  ECHO_STATE,
  ECHO_STRIDE,
  FAX_TOLD,
  KERNEL_BACKGROUND_SIZE,
  KERNEL_CODEC_SIZE,
  KERNEL_CONCEAL_SIZE,
  KERNEL_JITTER_SIZE,
  KERNEL_KEYS_SIZE,
  KERNEL_NOISE_SIZE,
  KERNEL_RATE_SIZE,
  KERNEL_VAD_SIZE,
} from "./layout.ts";
import { MIX_STATE } from "./mix/state.ts";
import { NOISE_STATE, VAD_STATE } from "./noise/state.ts";
import { DOWN_STATE, DRIFT_STATE, UP_STATE } from "./rate/state.ts";

const LONGEST_TAIL_MS: i32 = 128;

export function kernelsFit(): bool {
  return (
    max<i32>(G722_STATE, G726_STATE) <= KERNEL_CODEC_SIZE &&
    max<i32>(UP_STATE, DOWN_STATE) <= KERNEL_RATE_SIZE &&
    DRIFT_STATE <= DRIFT_ON &&
    MIX_STATE <= CONFERENCE_MIX_SIZE &&
    NOISE_STATE <= KERNEL_NOISE_SIZE &&
    NOISE_STATE <= KERNEL_BACKGROUND_SIZE &&
    VAD_STATE <= KERNEL_VAD_SIZE &&
    CONCEAL_STATE <= KERNEL_CONCEAL_SIZE &&
    DTMF_DETECT_STATE <= KERNEL_KEYS_SIZE &&
    DEPTH_STATE <= KERNEL_JITTER_SIZE &&
    FAX_DETECT_STATE <= FAX_TOLD &&
    echoStateSize(LONGEST_TAIL_MS) + ECHO_STATE <= ECHO_STRIDE
  );
}
