/** What every open endpoint sends, as plan.ts has decided: samples at the right rate, and octets. */
import { copyArrived } from "./codec-frame.ts";
import { endpointAt, kernelAt } from "./endpoint.ts";
import {
  CONTROL_FAX,
  CONTROL_FORMAT,
  CONTROL_PEER,
  ENCODER_WARM,
  FRAME_LINEAR,
  FRAME_OUT,
  INPUT_FORMAT,
  OUT_KIND,
  OUT_LOST,
  OUT_MIX,
  OUT_NOTHING,
  OUT_PASS,
  OUT_PASSED,
  OUT_PEER,
  OUT_SILENT,
  OUT_SPLIT,
  OUT_TO,
  SEND_TIMESTAMP,
} from "./endpoint-words.ts";
import { searchSent } from "./fax-search.ts";
import {
  encodeStateless,
  fillSilence,
  frameOctets,
  isPlugin,
  isStateful,
  isWide,
  samplesOf,
  unitsOf,
} from "./format.ts";
import { codedFrame } from "./frame.ts";
import { frameSamples, wideSamples } from "./frame-time.ts";
import { addPluginEncoding } from "./jobs.ts";
import { addEncoding, repack } from "./lanes.ts";
import { FORMAT_G726_AAL2, KERNEL_DOWN, KERNEL_UP, MAX_RTP, SCRATCH_LINEAR } from "./layout.ts";
import { begin } from "./plan.ts";
import { speaks } from "./quiet.ts";
import { down } from "./rate/down.ts";
import { up } from "./rate/up.ts";
import { formatOut, handOver } from "./ring/drift-out.ts";
import { splitPacket } from "./rtp/join.ts";

/** Writes the octets, or queues them for the lanes. */
export function composeFrame(index: i32, endpoint: usize): void {
  const kind = load<i32>(endpoint, OUT_KIND);
  if (kind == OUT_NOTHING || kind == OUT_LOST || kind == OUT_PASSED) return;
  const format = formatOut(index, endpoint);
  let samples: usize = 0;
  if (load<u32>(endpoint, OUT_TO) == 0) {
    samples = samplesFor(index, endpoint, kind, format);
    if (!beginAfterAll(index, endpoint, samples, format)) return;
  }
  const to = usize(load<u32>(endpoint, OUT_TO));
  if (kind == OUT_PASS) {
    const peer = endpointAt(load<i32>(endpoint, CONTROL_PEER));
    if (isPlugin(format)) copyArrived(peer, format, to);
    else memory.copy(to, codedFrame(peer), usize(frameOctets(format)));
    store<i32>(endpoint, 0, ENCODER_WARM);
    return;
  }
  if (kind == OUT_SILENT && !isStateful(format)) {
    fillSilence(format, to);
    return;
  }
  if (samples == 0) samples = samplesFor(index, endpoint, kind, format);
  if (isPlugin(format)) addPluginEncoding(index, endpoint, format, samples, to);
  else if (isStateful(format)) addEncoding(index, endpoint, format, samples, to);
  else encodeStateless(format, samples, to, samplesOf(format));
}

/** After the lanes are done. */
export function publish(index: i32, endpoint: usize): void {
  const kind = load<i32>(endpoint, OUT_KIND);
  const format = load<i32>(endpoint, CONTROL_FORMAT);
  if (format == FORMAT_G726_AAL2 && kind > OUT_PASS && kind != OUT_LOST) repack(usize(load<u32>(endpoint, OUT_TO)));
  if (index < MAX_RTP) {
    if (load<i32>(endpoint, OUT_SPLIT)) splitPacket(index, endpoint, format);
    return;
  }
  if (load<i32>(endpoint, CONTROL_FAX)) searchSent(index, endpoint, formatOut(index, endpoint));
  handOver(index, endpoint);
}

/** A stream that keeps quiet begins its packet only when it is known that somebody speaks. */
function beginAfterAll(index: i32, endpoint: usize, samples: usize, format: i32): bool {
  const timestamp = load<i32>(endpoint, SEND_TIMESTAMP) - unitsOf(format);
  if (speaks(index, endpoint, samples, samplesOf(format), timestamp)) begin(index, endpoint, format, timestamp);
  else store<i32>(endpoint, OUT_NOTHING, OUT_KIND);
  return load<i32>(endpoint, OUT_KIND) != OUT_NOTHING;
}

/** The samples to encode, or that pass as octets, at the format's rate. Once a tick: the resamplers remember. */
function samplesFor(index: i32, endpoint: usize, kind: i32, format: i32): usize {
  const own = endpoint + FRAME_OUT;
  if (kind >= OUT_MIX) return own;
  if (kind == OUT_SILENT) {
    memory.fill(own, 0, 2 * wideSamples);
    return own;
  }
  const peer = endpointAt(load<i32>(endpoint, CONTROL_PEER));
  const isPeers = kind == OUT_PEER || kind == OUT_PASS;
  const fromWide = isPeers && isWide(load<i32>(peer, INPUT_FORMAT));
  const from = isPeers ? peer + FRAME_LINEAR : own;
  if (fromWide == isWide(format)) return from;
  if (fromWide) down(kernelAt(index, KERNEL_DOWN), from, own, frameSamples);
  else {
    up(kernelAt(index, KERNEL_UP), from, SCRATCH_LINEAR, frameSamples);
    memory.copy(own, SCRATCH_LINEAR, 2 * wideSamples);
  }
  return own;
}
