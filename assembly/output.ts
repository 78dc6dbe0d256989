/** Second half of the tick: what every open endpoint hears, and sends. */
import { encode, fillSilence, frameOctets } from "./codec/convert.ts";
import { linearInput } from "./conceal/repeat.ts";
import { dropDigits } from "./dtmf/queue.ts";
import { digitFrame } from "./dtmf/sound.ts";
import { endpointAt, isOpen } from "./endpoint.ts";
import { dataFrame } from "./fsk/modulator.ts";
import {
  CONTROL_DIRECTION,
  CONTROL_EVENT_TYPE,
  CONTROL_FORMAT,
  CONTROL_PAYLOAD_TYPE,
  CONTROL_PEER,
  CONTROL_REMOTE,
  DIRECTION_SEND,
  FRAME_OCTETS,
  FRAME_SAMPLES,
  INPUT_CODED,
  INPUT_FORMAT,
  INPUT_KIND,
  INPUT_POWER,
  INPUT_SILENCE,
  MAX_ENDPOINTS,
  SCRATCH_LINEAR,
  SEND_MARKER,
  SEND_TIMESTAMP,
} from "./layout.ts";
import { meanSquare } from "./meter/level.ts";
import { nextSlot, publishFrame } from "./ring/usb.ts";
import { sendKey } from "./rtp/key-out.ts";
import { beginPacket } from "./rtp/send.ts";
import { toneFrame } from "./tone/cadence.ts";

/** The stream's packet of this tick. The timestamp counts on even when nothing is sent: it is a clock. */
export function sendRtp(index: i32, endpoint: usize): void {
  const timestamp = load<i32>(endpoint, SEND_TIMESTAMP);
  if (maySend(endpoint)) {
    const asEvent = load<i32>(endpoint, CONTROL_EVENT_TYPE) >= 0;
    if (!asEvent || !sendKey(index, endpoint)) sendVoice(index, endpoint, timestamp, !asEvent);
  } else {
    dropDigits(endpoint);
    store<i32>(endpoint, 1, SEND_MARKER);
  }
  store<i32>(endpoint, timestamp + FRAME_SAMPLES, SEND_TIMESTAMP);
}

/** The channel's frame of this tick: a phone that hears nothing hears silence. */
export function sendUsb(index: i32, endpoint: usize): void {
  const format = load<i32>(endpoint, CONTROL_FORMAT);
  compose(index, endpoint, format, nextSlot(index), true);
  publishFrame(index, endpoint, format);
}

function maySend(endpoint: usize): bool {
  const sends = (load<i32>(endpoint, CONTROL_DIRECTION) & DIRECTION_SEND) != 0;
  return sends && load<i32>(endpoint, CONTROL_REMOTE) != 0;
}

function sendVoice(index: i32, endpoint: usize, timestamp: i32, digitsAsSound: bool): void {
  const format = load<i32>(endpoint, CONTROL_FORMAT);
  const marker = load<i32>(endpoint, SEND_MARKER) != 0;
  const type = load<i32>(endpoint, CONTROL_PAYLOAD_TYPE);
  const payload = beginPacket(index, type, marker, timestamp, frameOctets(format));
  if (payload == 0) return;
  store<i32>(endpoint, 0, SEND_MARKER);
  compose(index, endpoint, format, payload, digitsAsSound);
}

/** One frame: data before a tone, a tone before a key, a key before the peer's voice. */
function compose(index: i32, endpoint: usize, format: i32, to: usize, digitsAsSound: bool): void {
  if (dataFrame(index, endpoint) || toneFrame(endpoint) || (digitsAsSound && digitFrame(endpoint))) {
    encode(format, SCRATCH_LINEAR, to, FRAME_SAMPLES);
    return;
  }
  const peer = load<i32>(endpoint, CONTROL_PEER);
  if (u32(peer) >= u32(MAX_ENDPOINTS) || !isOpen(endpointAt(peer))) fillSilence(format, to);
  else passOn(endpointAt(peer), format, to);
}

/** The peer's frame, untouched when both ends speak the same format. */
function passOn(peer: usize, format: i32, to: usize): void {
  const kind = load<i32>(peer, INPUT_KIND);
  if (kind == INPUT_SILENCE) {
    fillSilence(format, to);
    return;
  }
  if ((kind & INPUT_CODED) != 0 && load<i32>(peer, INPUT_FORMAT) == format) {
    memory.copy(to, peer + FRAME_OCTETS, usize(frameOctets(format)));
    return;
  }
  const samples = linearInput(peer);
  store<i32>(peer, meanSquare(samples), INPUT_POWER);
  encode(format, samples, to, FRAME_SAMPLES);
}
