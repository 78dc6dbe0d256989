import * as words from "../../assembly/endpoint-words.ts";
import * as depth from "../../assembly/jitter/depth-words.ts";
import * as layout from "../../assembly/layout.ts";
import * as meter from "../../assembly/meter/stream-counts.ts";
import type { FarEndQuality } from "../message/quality.ts";
import type { JitterBufferStatus, StreamQuality } from "./contract.ts";
import { conversation, listening } from "./e-model.ts";
import { type LossBursts, lossBursts } from "./loss-bursts.ts";
import { endpointAddress, formatName, kernelAddress, type VoiceMap } from "./map.ts";
import type { VoipMetrics } from "./rtcp-xr.ts";

/** What only RTCP knows of a stream. */
export interface FromRtcp {
  readonly roundTripMs: number | null;
  readonly farEnd: FarEndQuality | null;
}

const nothingFromRtcp: FromRtcp = { roundTripMs: null, farEnd: null };
/** Mean square of the overload point, and where dBm0 begins: assembly/meter/level-power.ts. */
const OVERLOAD = 2 ** 30;
const DBM0 = 6.15;
/** An echo is told once so much of it was heard. */
const ECHO_MS = 1000;
/** What a row of the table of codecs says is of so many ms. */
/** Units of depths in assembly/jitter/depth-words.ts. */
const DEPTH_UNITS_PER_MS = 8;
/** A buffer too shallow waits so long before it grows (assembly/jitter/adapt.ts). */
const ADJUSTMENT_MS = 200;

/** How an open endpoint is heard, of what was measured. */
export function streamQuality(map: VoiceMap, index: number, rtcp: FromRtcp = nothingFromRtcp): StreamQuality {
  const losses = index < layout.MAX_RTP ? lossesOf(map, index) : null;
  const bufferMs = losses === null ? null : waitMs(map, index);
  const delayMs = bufferMs === null || rtcp.roundTripMs === null ? null : bufferMs + rtcp.roundTripMs / 2;
  const reception = {
    codec: codecName(map.word(endpointAddress(index) + words.CONTROL_FORMAT)),
    isConcealed: true,
    lossShare: losses === null ? null : losses.lostShare + losses.discardedShare,
    burstRatio: losses?.burstRatio ?? null,
    oneWayDelayMs: delayMs,
  };
  const opinion = conversation(reception);
  return {
    losses,
    bufferMs: round(bufferMs, 10),
    jitterBuffer: losses === null ? null : jitterBufferOf(map, index),
    roundTripMs: round(rtcp.roundTripMs, 10),
    delayMs: round(delayMs, 10),
    levelDbm0: round(levelOf(map, index), 10),
    echo: echoOf(map, index),
    r: round(opinion?.r ?? null, 10),
    mos: round(opinion?.mos ?? null, 100),
    mosListening: round(listening(reception)?.mos ?? null, 100),
    farEnd: rtcp.farEnd,
  };
}

/** The same for the far end, RFC 3611 §4.7; null before the first packet. */
export function voipMetrics(map: VoiceMap, index: number, rtcp: FromRtcp): VoipMetrics | null {
  const quality = streamQuality(map, index, rtcp);
  const { losses, jitterBuffer } = quality;
  if (losses === null || jitterBuffer === null) return null;
  const isFixed = isBufferFixed(map, index);
  return {
    source: map.word(endpointAddress(index) + words.METER_SSRC) >>> 0,
    ...losses,
    roundTripMs: quality.roundTripMs,
    endSystemMs: null,
    signalLevel: quality.levelDbm0,
    noiseLevel: null,
    echoReturnLoss: echoTowards(map, index),
    r: quality.r,
    mosListening: quality.mosListening,
    mosConversation: quality.mos,
    concealment: "standard",
    isBufferAdaptive: !isFixed,
    // RFC 3611 §4.7.6: the time is twice the rate, in frames.
    bufferRate: isFixed ? 0 : ADJUSTMENT_MS / (2 * frameMs(map)),
    bufferNominalMs: jitterBuffer.depthMs,
    bufferMaximumMs: jitterBuffer.deepestMs,
    bufferLimitMs: isFixed ? jitterBuffer.deepestMs : map.word(layout.HEADER_DEPTH_MOST) / DEPTH_UNITS_PER_MS,
  };
}

function jitterBufferOf(map: VoiceMap, index: number): JitterBufferStatus {
  const word = (place: number) => map.word(kernelAddress(index, layout.KERNEL_JITTER) + place);
  const ms = (place: number) => word(place) / DEPTH_UNITS_PER_MS;
  return {
    depthMs: ms(depth.DEPTH_NOW),
    targetMs: ms(depth.DEPTH_TARGET),
    shallowestMs: ms(depth.DEPTH_LEAST),
    deepestMs: ms(depth.DEPTH_MOST),
    inserted: word(depth.DEPTH_INSERTED),
    dropped: word(depth.DEPTH_DROPPED),
  };
}

/** By the configuration, or for the time of a fax. */
function isBufferFixed(map: VoiceMap, index: number): boolean {
  if (map.word(layout.HEADER_DEPTH_LEAST) === map.word(layout.HEADER_DEPTH_MOST)) return true;
  return map.word(endpointAddress(index) + words.CONTROL_VBD) !== 0;
}

function lossesOf(map: VoiceMap, index: number): LossBursts | null {
  return lossBursts((offset) => meterWord(map, index, offset), turnMs(map, index));
}

/** Of one turn to be played: a packet, or a frame. */
function turnMs(map: VoiceMap, index: number): number {
  return unitsToMs(map, index, meterWord(map, index, meter.STREAM_TURN)) || frameMs(map);
}

function frameMs(map: VoiceMap): number {
  return map.word(layout.HEADER_FRAME) / 8;
}

/** Between arrival and playing, smoothed, and what time-scaling has left to be heard. */
function waitMs(map: VoiceMap, index: number): number {
  return Math.max(0, unitsToMs(map, index, meterWord(map, index, meter.STREAM_WAIT) / 16)) + leftMs(map, index);
}

function leftMs(map: VoiceMap, index: number): number {
  const at = endpointAddress(index);
  const format = map.word(at + words.INPUT_FORMAT);
  const isWide = format === layout.FORMAT_G722 || format === layout.FORMAT_L16_NETWORK_WIDE;
  return map.word(at + words.SCALE_LEFT) / (isWide ? 16 : 8);
}

/** The linear codecs of RFC 3551 have their rate in our names; the E-model knows the narrow one. */
function codecName(format: number): string {
  const name = formatName(format) ?? "none";
  return name === "L16/8000" ? "L16" : name;
}

/** Mean over what was louder than the background; null when it passed as octets, or nobody spoke. */
function levelOf(map: VoiceMap, index: number): number | null {
  const frames = meterWord(map, index, meter.STREAM_LOUD_FRAMES);
  return frames === 0 ? null : decibels(meterReal(map, index, meter.STREAM_LOUD_POWER) / frames / OVERLOAD) + DBM0;
}

/** Of the line behind a channel; null without canceller, or before it had an echo to cancel. */
function echoOf(map: VoiceMap, index: number): StreamQuality["echo"] {
  if (meterWord(map, index, meter.STREAM_ECHO_FRAMES) * frameMs(map) < ECHO_MS) return null;
  const far = meterReal(map, index, meter.STREAM_ECHO_FAR);
  const near = meterReal(map, index, meter.STREAM_ECHO_NEAR);
  const left = meterReal(map, index, meter.STREAM_ECHO_LEFT);
  if (far <= 0 || near <= 0 || left <= 0) return null;
  const [returnLossDb, enhancementDb] = [decibels(far / near), decibels(near / left)];
  return { returnLossDb: Math.round(returnLossDb * 10) / 10, enhancementDb: Math.round(enhancementDb * 10) / 10 };
}

/** What the far end of a stream gets back of itself: the echo of the line it is joined to. */
function echoTowards(map: VoiceMap, index: number): number | null {
  const peer = map.word(endpointAddress(index) + words.CONTROL_PEER);
  const echo = peer >= layout.MAX_RTP && peer < layout.MAX_ENDPOINTS ? echoOf(map, peer) : null;
  return echo === null ? null : echo.returnLossDb + echo.enhancementDb;
}

function unitsToMs(map: VoiceMap, index: number, units: number): number {
  const format = map.word(endpointAddress(index) + words.CONTROL_FORMAT);
  return units / unitsPerMs(map, format);
}

/** Of the RTP clock. */
export function unitsPerMs(map: VoiceMap, format: number): number {
  if (format >= layout.FORMAT_PLUGIN) {
    const codec = layout.HEADER_CODECS + (format - layout.FORMAT_PLUGIN) * layout.CODEC_STRIDE;
    return (8 * map.word(codec + layout.CODEC_FRAME_UNITS)) / map.word(codec + layout.CODEC_TIME) || 8;
  }
  return format === layout.FORMAT_L16_NETWORK_WIDE ? 16 : 8;
}

function meterWord(map: VoiceMap, index: number, offset: number): number {
  return map.word(kernelAddress(index, layout.KERNEL_METER) + offset);
}

function meterReal(map: VoiceMap, index: number, offset: number): number {
  return map.real(kernelAddress(index, layout.KERNEL_METER) + offset);
}

function decibels(ratio: number): number {
  return 10 * Math.log10(ratio);
}

function round(value: number | null, steps: number): number | null {
  return value === null ? null : Math.round(value * steps) / steps;
}
