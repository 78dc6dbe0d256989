/** What every open endpoint sends: decided before anything is decoded, so that only what is needed is. */
import { arrivedOctets, isHalf, partOf, ticksOf } from "./codec-frame.ts";
import { hearsConference } from "./conference.ts";
import { digitState, dropDigits, SENDING } from "./dtmf/queue.ts";
import { digitFrame } from "./dtmf/sound.ts";
import { endpointAt, isOpen } from "./endpoint.ts";
import {
  CONCEAL_SEAM,
  CONTROL_DIRECTION,
  CONTROL_EVENT_TYPE,
  CONTROL_FORMAT,
  CONTROL_PACKET,
  CONTROL_PAYLOAD_TYPE,
  CONTROL_PEER,
  CONTROL_PLAY,
  CONTROL_REMOTE,
  DIRECTION_SEND,
  FRAME_OUT,
  FRAME_WAITING,
  INPUT_CODED,
  INPUT_FORMAT,
  INPUT_KIND,
  INPUT_LENGTH,
  INPUT_LOST,
  INPUT_NEEDED,
  INPUT_PASSES,
  INPUT_SECOND,
  INPUT_SILENCE,
  OUT_KIND,
  OUT_LOCAL,
  OUT_LOST,
  OUT_MIX,
  OUT_NOTHING,
  OUT_PART,
  OUT_PASS,
  OUT_PASSED,
  OUT_PEER,
  OUT_PLAY,
  OUT_SILENT,
  OUT_SPLIT,
  OUT_TO,
  PACKET_OF_HALF,
  SEND_MARKER,
  SEND_SEQUENCE,
  SEND_TIMESTAMP,
  WAITING_FORMAT,
} from "./endpoint-words.ts";
import { codecUnits, frameOctets, isPlugin, isStateful, packetOctets, unitsOf } from "./format.ts";
import { frameSamples } from "./frame-time.ts";
import { dataFrame } from "./fsk/modulator.ts";
import { MAX_ENDPOINTS, MAX_RTP, SCRATCH_LINEAR } from "./layout.ts";
import { playFrame } from "./play.ts";
import { keepsQuiet } from "./quiet.ts";
import { followOut, formatOut, frameOut } from "./ring/drift-out.ts";
import { dropWaiting, joinFrame, joinsFrames, sendWaiting } from "./rtp/join.ts";
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

function maySend(endpoint: usize): bool {
  const sends = (load<i32>(endpoint, CONTROL_DIRECTION) & DIRECTION_SEND) != 0;
  return sends && load<i32>(endpoint, CONTROL_REMOTE) != 0;
}

function planPacket(index: i32, endpoint: usize, timestamp: i32, digitsAsSound: bool): void {
  const format = load<i32>(endpoint, CONTROL_FORMAT);
  if (isPlugin(format) && !beginsFrame(endpoint, format)) {
    goOn(index, endpoint, format, timestamp, digitsAsSound);
    return;
  }
  const kind = decide(index, endpoint, format, digitsAsSound);
  store<i32>(endpoint, kind, OUT_KIND);
  if (kind == OUT_LOST) {
    sendWaiting(index, endpoint);
    // The far end conceals it as well as we could; its number is missing, as it was missing here.
    skipNumber(endpoint);
    return;
  }
  store<u32>(endpoint, 0, OUT_TO);
  if (isPlugin(format) && kind != OUT_PASS && ticksOf(format) > 1) {
    collect(endpoint, 1);
    return;
  }
  if (!keepsQuiet(endpoint) || kind == OUT_LOCAL || kind == OUT_PLAY) begin(index, endpoint, format, timestamp);
  else if (kind == OUT_PASS || kind == OUT_PEER) store<i32>(peerOf(endpoint), 1, INPUT_NEEDED);
}

/** The packet that voice goes into; none when there is no room. */
export function begin(index: i32, endpoint: usize, format: i32, timestamp: i32): void {
  if (isPlugin(format)) {
    if (load<i32>(endpoint, OUT_KIND) == OUT_PASS) beginPassed(index, endpoint, format, timestamp);
    else beginWith(index, endpoint, timestamp, packetOctets(format));
    return;
  }
  const frames = load<i32>(endpoint, CONTROL_PACKET);
  if (frames > 1 && joinsFrames(endpoint)) {
    const place = joinFrame(index, endpoint, format, timestamp);
    store<u32>(endpoint, u32(place), OUT_TO);
    if (place == 0) store<i32>(endpoint, OUT_NOTHING, OUT_KIND);
    return;
  }
  const octets = frameOctets(format);
  if (beginWith(index, endpoint, timestamp, octets) && frames == PACKET_OF_HALF)
    store<i32>(endpoint, octets >> 1, OUT_SPLIT);
}

/** False when there is no room. */
function beginWith(index: i32, endpoint: usize, timestamp: i32, octets: i32): bool {
  const marker = load<i32>(endpoint, SEND_MARKER) != 0;
  const payload = beginPacket(index, load<i32>(endpoint, CONTROL_PAYLOAD_TYPE), marker, timestamp, octets);
  store<u32>(endpoint, u32(payload), OUT_TO);
  if (payload == 0) store<i32>(endpoint, OUT_NOTHING, OUT_KIND);
  else store<i32>(endpoint, 0, SEND_MARKER);
  return payload != 0;
}

/** What came of a codec of the host goes on as it is; of two frames in a tick either may be missing. */
function beginPassed(index: i32, endpoint: usize, format: i32, timestamp: i32): void {
  const peer = peerOf(endpoint);
  const isFirstLost = load<i32>(peer, INPUT_LENGTH) == 0;
  if (isFirstLost) skipNumber(endpoint);
  const from = isFirstLost ? timestamp + codecUnits(format) : timestamp;
  if (!beginWith(index, endpoint, from, arrivedOctets(peer, format)) || !isHalf(format)) return;
  store<i32>(endpoint, splitPassed(endpoint, format), OUT_SPLIT);
  if (load<i32>(peer, INPUT_SECOND) == 0) skipNumber(endpoint);
}

/** False in the ticks in which a frame of several goes on. */
function beginsFrame(endpoint: usize, format: i32): bool {
  if (partOf(format) > 0) return false;
  store<i32>(endpoint, 0, OUT_PART);
  return true;
}

/** What was begun is added to, in whatever way its frame began; in its last tick it has its packet. */
function goOn(index: i32, endpoint: usize, format: i32, timestamp: i32, digitsAsSound: bool): void {
  const part = partOf(format);
  if (load<i32>(endpoint, OUT_PART) != part) {
    store<i32>(endpoint, OUT_PASSED, OUT_KIND);
    return;
  }
  let kind = decide(index, endpoint, format, digitsAsSound);
  if (kind == OUT_PASS || kind == OUT_LOST) {
    kind = OUT_PEER;
    store<i32>(peerOf(endpoint), 1, INPUT_NEEDED);
  }
  store<i32>(endpoint, kind, OUT_KIND);
  if (part + 1 < i32(ticksOf(format))) collect(endpoint, part + 1);
  else begin(index, endpoint, format, timestamp - part * unitsOf(format));
}

/** The host keeps the samples of this tick; there are no octets yet. */
function collect(endpoint: usize, next: i32): void {
  store<i32>(endpoint, next, OUT_PART);
  store<u32>(endpoint, u32(endpoint + FRAME_WAITING), OUT_TO);
}

/** Of two frames that pass: they go in one packet only when both are as long as they may be, and it may be so long. */
function splitPassed(endpoint: usize, format: i32): i32 {
  const first = load<i32>(peerOf(endpoint), INPUT_LENGTH);
  const second = load<i32>(peerOf(endpoint), INPUT_SECOND);
  if (first == 0 || second == 0) return 0;
  const whole = first == frameOctets(format) && second == first;
  return whole && load<i32>(endpoint, CONTROL_PACKET) != PACKET_OF_HALF ? 0 : first;
}

/** A packet is missing, as it was missing here. */
function skipNumber(endpoint: usize): void {
  store<i32>(endpoint, (load<i32>(endpoint, SEND_SEQUENCE) + 1) & 0xffff, SEND_SEQUENCE);
}

function peerOf(endpoint: usize): usize {
  return endpointAt(load<i32>(endpoint, CONTROL_PEER));
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
    store<i32>(peer, 1, INPUT_PASSES);
    if ((kind & INPUT_CODED) != 0 && !load<i32>(peer, CONCEAL_SEAM)) return OUT_PASS;
    if ((kind & INPUT_LOST) != 0 && isStateful(format) && index < MAX_RTP) return OUT_LOST;
  }
  store<i32>(peer, 1, INPUT_NEEDED);
  return OUT_PEER;
}
