/** What every open endpoint sends: decided before anything is decoded, so that only what is needed is. */
import { hearsConference } from "./conference.ts";
import { digitState, dropDigits, SENDING } from "./dtmf/queue.ts";
import { digitFrame } from "./dtmf/sound.ts";
import { endpointAt, isOpen, kernelAt } from "./endpoint.ts";
import {
  CONCEAL_SEAM,
  CONTROL_DIRECTION,
  CONTROL_EVENT_TYPE,
  CONTROL_FAX,
  CONTROL_FORMAT,
  CONTROL_PAYLOAD_TYPE,
  CONTROL_PEER,
  CONTROL_PLAY,
  CONTROL_REMOTE,
  DIRECTION_SEND,
  ENCODER_WARM,
  FRAME_LINEAR,
  FRAME_OUT,
  INPUT_CODED,
  INPUT_FORMAT,
  INPUT_KIND,
  INPUT_LENGTH,
  INPUT_LOST,
  INPUT_NEEDED,
  INPUT_SILENCE,
  OUT_KIND,
  OUT_LOCAL,
  OUT_LOST,
  OUT_MIX,
  OUT_NOTHING,
  OUT_PASS,
  OUT_PEER,
  OUT_PLAY,
  OUT_SILENT,
  OUT_SPLIT,
  OUT_TO,
  SEND_MARKER,
  SEND_SEQUENCE,
  SEND_TIMESTAMP,
  WAITING_FORMAT,
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
import { dataFrame } from "./fsk/modulator.ts";
import { addPluginEncoding } from "./jobs.ts";
import { addEncoding, repack } from "./lanes.ts";
import { FORMAT_G726_AAL2, KERNEL_DOWN, KERNEL_UP, MAX_ENDPOINTS, MAX_RTP, SCRATCH_LINEAR } from "./layout.ts";
import { playFrame } from "./play.ts";
import { keepsQuiet, speaks } from "./quiet.ts";
import { down } from "./rate/down.ts";
import { up } from "./rate/up.ts";
import { followOut, formatOut, frameOut, handOver } from "./ring/drift-out.ts";
import { dropWaiting, joinFrame, joinsFrames, sendWaiting, splitAt, splitPacket } from "./rtp/join.ts";
import { sendKey } from "./rtp/key-out.ts";
import { beginPacket } from "./rtp/send.ts";
import { toneFrame } from "./tone/cadence.ts";

/** The stream's packet of this tick. The timestamp counts on even when nothing is sent: it is a clock. */
export function planRtp(index: i32, endpoint: usize): void {
  store<i32>(endpoint, OUT_NOTHING, OUT_KIND);
  const timestamp = load<i32>(endpoint, SEND_TIMESTAMP);
  if (maySend(endpoint)) {
    const asEvent = load<i32>(endpoint, CONTROL_EVENT_TYPE) >= 0;
    if (load<i32>(endpoint, WAITING_FORMAT) && ((asEvent && digitState(endpoint) == SENDING) || !joinsFrames(endpoint)))
      sendWaiting(index, endpoint);
    if (!asEvent || !sendKey(index, endpoint)) planPacket(index, endpoint, timestamp, !asEvent);
  } else {
    dropDigits(endpoint);
    dropWaiting(endpoint);
    store<i32>(endpoint, 1, SEND_MARKER);
  }
  store<i32>(endpoint, timestamp + unitsOf(load<i32>(endpoint, CONTROL_FORMAT)), SEND_TIMESTAMP);
}

/** The channel's frame of this tick: a phone that hears nothing hears silence. */
export function planUsb(index: i32, endpoint: usize): void {
  followOut(index);
  store<i32>(endpoint, decide(index, endpoint, formatOut(index, endpoint), true), OUT_KIND);
  store<u32>(endpoint, u32(frameOut(index)), OUT_TO);
}

/** Writes the octets, or queues them for the lanes. */
export function composeFrame(index: i32, endpoint: usize): void {
  const kind = load<i32>(endpoint, OUT_KIND);
  if (kind == OUT_NOTHING || kind == OUT_LOST) return;
  const format = formatOut(index, endpoint);
  let samples: usize = 0;
  if (load<u32>(endpoint, OUT_TO) == 0) {
    samples = samplesFor(index, endpoint, kind, format);
    if (!beginAfterAll(index, endpoint, samples, format)) return;
  }
  const to = usize(load<u32>(endpoint, OUT_TO));
  if (kind == OUT_PASS) {
    memory.copy(to, codedFrame(endpointAt(load<i32>(endpoint, CONTROL_PEER))), usize(passedOctets(endpoint, format)));
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

/** Octets of the peer's newest frame, which passes untouched. */
function passedOctets(endpoint: usize, format: i32): i32 {
  if (!isPlugin(format)) return frameOctets(format);
  return load<i32>(endpointAt(load<i32>(endpoint, CONTROL_PEER)), INPUT_LENGTH);
}

function maySend(endpoint: usize): bool {
  const sends = (load<i32>(endpoint, CONTROL_DIRECTION) & DIRECTION_SEND) != 0;
  return sends && load<i32>(endpoint, CONTROL_REMOTE) != 0;
}

function planPacket(index: i32, endpoint: usize, timestamp: i32, digitsAsSound: bool): void {
  const format = load<i32>(endpoint, CONTROL_FORMAT);
  const kind = decide(index, endpoint, format, digitsAsSound);
  store<i32>(endpoint, kind, OUT_KIND);
  if (kind == OUT_LOST) {
    sendWaiting(index, endpoint);
    // The far end conceals it as well as we could; its number is missing, as it was missing here.
    store<i32>(endpoint, (load<i32>(endpoint, SEND_SEQUENCE) + 1) & 0xffff, SEND_SEQUENCE);
    return;
  }
  store<u32>(endpoint, 0, OUT_TO);
  if (!keepsQuiet(endpoint) || kind == OUT_LOCAL || kind == OUT_PLAY) begin(index, endpoint, format, timestamp);
  else if (kind == OUT_PASS || kind == OUT_PEER)
    store<i32>(endpointAt(load<i32>(endpoint, CONTROL_PEER)), 1, INPUT_NEEDED);
}

/** The packet that voice goes into; none when there is no room. */
function begin(index: i32, endpoint: usize, format: i32, timestamp: i32): void {
  if (joinsFrames(endpoint)) {
    const half = joinFrame(index, endpoint, format, timestamp);
    store<u32>(endpoint, u32(half), OUT_TO);
    if (half == 0) store<i32>(endpoint, OUT_NOTHING, OUT_KIND);
    return;
  }
  const marker = load<i32>(endpoint, SEND_MARKER) != 0;
  const type = load<i32>(endpoint, CONTROL_PAYLOAD_TYPE);
  const octets = load<i32>(endpoint, OUT_KIND) == OUT_PASS ? passedOctets(endpoint, format) : frameOctets(format);
  const payload = beginPacket(index, type, marker, timestamp, octets);
  store<u32>(endpoint, u32(payload), OUT_TO);
  if (payload == 0) store<i32>(endpoint, OUT_NOTHING, OUT_KIND);
  else {
    store<i32>(endpoint, 0, SEND_MARKER);
    store<i32>(endpoint, splitAt(endpoint, format, octets), OUT_SPLIT);
  }
}

/** A stream that keeps quiet begins its packet only when it is known that somebody speaks. */
function beginAfterAll(index: i32, endpoint: usize, samples: usize, format: i32): bool {
  const timestamp = load<i32>(endpoint, SEND_TIMESTAMP) - unitsOf(format);
  if (speaks(index, endpoint, samples, samplesOf(format), timestamp)) begin(index, endpoint, format, timestamp);
  else store<i32>(endpoint, OUT_NOTHING, OUT_KIND);
  return load<i32>(endpoint, OUT_KIND) != OUT_NOTHING;
}

/** Data before a tone, a tone before a key, a key before a file, a file before the peer's voice. */
function decide(index: i32, endpoint: usize, format: i32, digitsAsSound: bool): i32 {
  if (dataFrame(index, endpoint) || toneFrame(endpoint) || (digitsAsSound && digitFrame(endpoint))) {
    memory.copy(endpoint + FRAME_OUT, SCRATCH_LINEAR, 2 * frameSamples);
    return OUT_LOCAL;
  }
  if (load<i32>(endpoint, CONTROL_PLAY) != 0 && playFrame(index, endpoint, format)) return OUT_PLAY;
  const who = load<i32>(endpoint, CONTROL_PEER);
  if (u32(who) >= u32(MAX_ENDPOINTS)) return hearsConference(who, endpoint) ? OUT_MIX : OUT_SILENT;
  const peer = endpointAt(who);
  const kind = isOpen(peer) ? load<i32>(peer, INPUT_KIND) : INPUT_SILENCE;
  if (kind == INPUT_SILENCE) return OUT_SILENT;
  if (load<i32>(peer, INPUT_FORMAT) == format) {
    if ((kind & INPUT_CODED) != 0 && !load<i32>(peer, CONCEAL_SEAM)) return OUT_PASS;
    if ((kind & INPUT_LOST) != 0 && isStateful(format) && index < MAX_RTP) return OUT_LOST;
  }
  store<i32>(peer, 1, INPUT_NEEDED);
  return OUT_PEER;
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
