import {
  CONTROL_FORMAT,
  CONTROL_OPEN,
  CONTROL_SESSION,
  STATE_FORMAT,
  STATE_OFFSET,
  STATE_SESSION,
  STATE_SIZE,
} from "./endpoint-words.ts";
import {
  ENDPOINT_SIZE,
  ENDPOINTS_OFFSET,
  HEADER_RTP,
  HEADER_USB,
  JITTER_OFFSET,
  JITTER_STRIDE,
  KERNEL_JITTER,
  KERNEL_JITTER_SIZE,
  KERNEL_METER,
  KERNEL_METER_SIZE,
  KERNEL_RATE_SIZE,
  KERNEL_UP,
  KERNELS_OFFSET,
  KERNELS_STRIDE,
  MAX_RTP,
} from "./layout.ts";

/** Address of an endpoint's block. */
export function endpointAt(index: i32): usize {
  return usize(ENDPOINTS_OFFSET) + usize(index) * ENDPOINT_SIZE;
}

/** Address of an RTP stream's jitter buffer. */
export function jitterAt(index: i32): usize {
  return usize(JITTER_OFFSET) + usize(index) * JITTER_STRIDE;
}

/** Address of one of an endpoint's kernel states, KERNEL_…. */
export function kernelAt(index: i32, kernel: usize): usize {
  return usize(KERNELS_OFFSET) + usize(index) * KERNELS_STRIDE + kernel;
}

export function isOpen(endpoint: usize): bool {
  return load<i32>(endpoint, CONTROL_OPEN) != 0;
}

/** One past the highest USB endpoint in use. */
export function usbEnd(): i32 {
  return MAX_RTP + load<i32>(HEADER_USB);
}

export function rtpEnd(): i32 {
  return load<i32>(HEADER_RTP);
}

/** The first open endpoint from `index` on; `usbEnd()` when there is none. */
export function nextOpen(index: i32): i32 {
  let i = index;
  for (; i < rtpEnd(); i++) if (isOpen(endpointAt(i))) return i;
  for (i = max<i32>(i, MAX_RTP); i < usbEnd(); i++) if (isOpen(endpointAt(i))) return i;
  return usbEnd();
}

/** True once per session: the host has opened this endpoint since the last tick. */
export function isFresh(endpoint: usize): bool {
  return load<i32>(endpoint, STATE_SESSION) != load<i32>(endpoint, CONTROL_SESSION);
}

/** Forgets the session before: the host has cleared the control words when it opened the endpoint. */
export function startSession(index: i32, endpoint: usize): void {
  memory.fill(kernelAt(index, KERNEL_UP), 0, 2 * KERNEL_RATE_SIZE);
  memory.fill(kernelAt(index, KERNEL_METER), 0, KERNEL_METER_SIZE);
  memory.fill(kernelAt(index, KERNEL_JITTER), 0, KERNEL_JITTER_SIZE);
  memory.fill(endpoint + STATE_OFFSET, 0, STATE_SIZE);
  store<i32>(endpoint, load<i32>(endpoint, CONTROL_SESSION), STATE_SESSION);
  store<i32>(endpoint, load<i32>(endpoint, CONTROL_FORMAT), STATE_FORMAT);
}

/** Adds to one of the endpoint's counters. */
export function count(endpoint: usize, counter: usize, by: i32): void {
  store<i32>(endpoint + counter, load<i32>(endpoint + counter) + by);
}
