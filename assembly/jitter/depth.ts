/**
 * How deep the jitter buffer of a stream is: as deep as what was learnt of the network (learn.ts) asks for, and one frame
 * more, within the configured bounds. It changes by whole frames; adapt.ts says when.
 */
import { kernelAt } from "../endpoint.ts";
import {
  CONTROL_NETWORK,
  CONTROL_VBD,
  JITTER_NEWEST,
  JITTER_PLAYED,
  JITTER_PLAYED_TO,
  JITTER_PLAYOUT,
  STATE_FORMAT,
} from "../endpoint-words.ts";
import { codecTime, codecUnits, speedOf } from "../format.ts";
import { HEADER_DEPTH, HEADER_DEPTH_LEAST, HEADER_DEPTH_MOST, KERNEL_JITTER } from "../layout.ts";
import { meterMoved } from "../meter/turns.ts";
import {
  DEPTH_HELD,
  DEPTH_LEAST,
  DEPTH_LOUDEST,
  DEPTH_MOST,
  DEPTH_NETWORK,
  DEPTH_NOW,
  DEPTH_TARGET,
  DEPTH_WAITED,
  DEPTH_WISH,
} from "./depth-words.ts";
import { learnBegin, learnedDelay, learnedPeak, learnOpen, learnPacket, learnPeak } from "./learn.ts";

/** 400 ms: what is further ahead is a new clock of the sender, not a packet to keep. */
export const MAX_FILL: i32 = 3200;
/** 60 ms without anything: a talk-spurt begins then. */
const PAUSE: i32 = 480;

/** Where the depth of a stream is. */
export function depthAt(index: i32): usize {
  return kernelAt(index, KERNEL_JITTER);
}

/**
 * The buffer begins with a packet of a source: how long it waits, in whole frames of 125 µs units. What was learnt of the
 * network is kept, unless the far end has moved.
 */
export function beginDepth(index: i32, endpoint: usize): i32 {
  const state = depthAt(index);
  const frame = frameOf(endpoint);
  const network = load<i32>(endpoint, CONTROL_NETWORK) + 1;
  if (load<i32>(state, DEPTH_NETWORK) != network) {
    learnOpen(state, load<i32>(HEADER_DEPTH) - frame);
    store<i32>(state, network, DEPTH_NETWORK);
  }
  learnBegin(state);
  const depth = wholeFrames(targetOf(endpoint, state), frame) * frame;
  store<i32>(state, depth, DEPTH_NOW);
  if (load<i32>(state, DEPTH_MOST) == 0) store<i32>(state, depth, DEPTH_LEAST);
  aim(endpoint, state);
  return depth;
}

/** A packet of the stream came and waits for `ahead` RTP units; fewer than none: it is late. */
export function seePacket(index: i32, endpoint: usize, ahead: i32): void {
  const state = depthAt(index);
  const waits = inUnits(endpoint, ahead);
  const faster = waits - load<i32>(state, DEPTH_NOW);
  const isNews = learnPacket(state, waits);
  // Packets that come about when the tick does are a frame faster in one second than in the next: so much is jitter.
  if (faster > 0 && faster <= frameOf(endpoint)) learnPeak(state, faster + frameOf(endpoint));
  if (isNews) aim(endpoint, state);
}

/** The target, and whether the depth should move to it. */
export function aim(endpoint: usize, state: usize): void {
  const frame = frameOf(endpoint);
  const target = targetOf(endpoint, state);
  const now = load<i32>(state, DEPTH_NOW);
  const isData = load<i32>(endpoint, CONTROL_VBD) != 0;
  // Who has set the depth wants it to stay: a frame more or less is then only when the packets come in their ticks.
  const slack = load<i32>(HEADER_DEPTH_LEAST) == load<i32>(HEADER_DEPTH_MOST) ? frame : 0;
  let wish: i32 = 0;
  if (target - now > frame / 2 + slack) wish = 1;
  else if (now - target >= frame + slack) wish = -1;
  // Between machines a frame more or less is a fault: once it is deep enough it stays.
  if (isData && (wish <= 0 || load<i32>(state, DEPTH_HELD))) {
    wish = 0;
    store<i32>(state, 1, DEPTH_HELD);
  } else if (!isData) store<i32>(state, 0, DEPTH_HELD);
  store<i32>(state, target, DEPTH_TARGET);
  if (now < load<i32>(state, DEPTH_LEAST)) store<i32>(state, now, DEPTH_LEAST);
  if (now > load<i32>(state, DEPTH_MOST)) store<i32>(state, now, DEPTH_MOST);
  if (wish == load<i32>(state, DEPTH_WISH)) return;
  store<i32>(state, wish, DEPTH_WISH);
  store<i32>(state, 0, DEPTH_WAITED);
  store<i32>(state, 0, DEPTH_LOUDEST);
}

/**
 * A packet is late by `behind` RTP units, and nothing after it has been played: the stream was interrupted. Playing waits
 * for it, if the buffer may become as deep; then nothing is lost, and the next such spike makes nothing late.
 */
export function waitForLate(index: i32, endpoint: usize, behind: i32): bool {
  const state = depthAt(index);
  const units = unitsOfFrame(endpoint);
  const frames = (behind + units - 1) / units;
  const deeper = load<i32>(state, DEPTH_NOW) + frames * frameOf(endpoint);
  if (deeper > load<i32>(HEADER_DEPTH_MOST) || load<i32>(endpoint, CONTROL_VBD) != 0) return false;
  const fill = load<i32>(endpoint, JITTER_NEWEST) - load<i32>(endpoint, JITTER_PLAYOUT) + frames * units;
  if (fill > (MAX_FILL / frameOf(endpoint)) * units) return false;
  movePlayout(index, endpoint, -frames);
  learnPeak(state, deeper);
  aim(endpoint, state);
  return true;
}

/**
 * A packet comes into an empty buffer. Where nothing was heard for a while a talk-spurt begins: it is placed at the target
 * at once. The marker bit (RFC 3551 §4.1) is not needed for that, and many senders do not set it.
 */
export function placeTalkspurt(index: i32, endpoint: usize, ahead: i32): void {
  const frame = frameOf(endpoint);
  const units = unitsOfFrame(endpoint);
  if (!load<i32>(endpoint, JITTER_PLAYED) || load<i32>(endpoint, CONTROL_VBD) != 0) return;
  const pause = load<i32>(endpoint, JITTER_PLAYOUT) - load<i32>(endpoint, JITTER_PLAYED_TO);
  if (pause < (PAUSE / frame) * units) return;
  const state = depthAt(index);
  const frames = min<i32>((load<i32>(state, DEPTH_NOW) - load<i32>(state, DEPTH_TARGET)) / frame, ahead / units);
  if (frames == 0) return;
  movePlayout(index, endpoint, frames);
  aim(endpoint, state);
}

/** In 125 µs units, of RTP units. */
function inUnits(endpoint: usize, ahead: i32): i32 {
  return speedOf(load<i32>(endpoint, STATE_FORMAT)) > 1 ? ahead >> 1 : ahead;
}

function targetOf(endpoint: usize, state: usize): i32 {
  // What is now, but no less than what is thought good for a network of which nothing is known.
  if (load<i32>(endpoint, CONTROL_VBD)) return max<i32>(load<i32>(HEADER_DEPTH), load<i32>(state, DEPTH_NOW));
  const learnt = max<i32>(learnedDelay(state) + frameOf(endpoint), learnedPeak(state));
  return max<i32>(load<i32>(HEADER_DEPTH_LEAST), min<i32>(load<i32>(HEADER_DEPTH_MOST), learnt));
}

function wholeFrames(units: i32, frame: i32): i32 {
  return (units + frame - 1) / frame;
}

/** The frames of the stream's codec, by which the depth changes, in 125 µs units; and in those of RTP. */
function frameOf(endpoint: usize): i32 {
  return codecTime(load<i32>(endpoint, STATE_FORMAT));
}

function unitsOfFrame(endpoint: usize): i32 {
  return codecUnits(load<i32>(endpoint, STATE_FORMAT));
}

/** So many frames later in the stream, shallower; fewer than none: earlier, and deeper. Between them nothing is there. */
function movePlayout(index: i32, endpoint: usize, frames: i32): void {
  const state = depthAt(index);
  const units = frames * unitsOfFrame(endpoint);
  store<i32>(endpoint, load<i32>(endpoint, JITTER_PLAYOUT) + units, JITTER_PLAYOUT);
  store<i32>(state, load<i32>(state, DEPTH_NOW) - frames * frameOf(endpoint), DEPTH_NOW);
  meterMoved(index, endpoint);
}
