/**
 * The ABI: numbers in, numbers out; everything else goes through the memory map (layout.ts).
 *
 *   host: open() · [commands and packets into the map · tick() · events and packets out of the map]* · close()
 */
import { beginTurn } from "./codec-frame.ts";
import { gatherConferences, mixConferences } from "./conference.ts";
import { endpointAt, isOpen, nextOpen, rtpEnd, usbEnd } from "./endpoint.ts";
import { INPUT_NEEDED, INPUT_PASSES } from "./endpoint-words.ts";
import { frameSamples, frames, setFrame } from "./frame-time.ts";
import { decodeFrame, finishFrame } from "./hear.ts";
import { gatherRtp, gatherUsb, prepareRtp, prepareUsb } from "./input.ts";
import { clearJobs } from "./jobs.ts";
import { kernelsFit } from "./kernel-sizes.ts";
import { flushDecoding, flushEncoding } from "./lanes.ts";
import {
  ABI_VERSION,
  END,
  HEADER_CLOCK,
  HEADER_DEPTH,
  HEADER_DEPTH_LEAST,
  HEADER_DEPTH_MOST,
  HEADER_EVENTS,
  HEADER_FRAME,
  HEADER_RTP,
  HEADER_RTP_IN,
  HEADER_RTP_OUT,
  HEADER_TICKS,
  HEADER_USB,
  HEADER_VERSION,
  MAX_RTP,
  MAX_USB,
  PAGE,
  PAGES,
} from "./layout.ts";
import { listen } from "./listen.ts";
import { meterSilence } from "./meter/silence.ts";
import { composeFrame, publish } from "./output.ts";
import { planRtp, planUsb } from "./plan.ts";
import { planTaps, recordTaps } from "./record.ts";
import { receiveAll } from "./rtp/receive.ts";
import { openSine } from "./tone/sine.ts";

/** 200 ms, in samples: with the longest packet it still fits the jitter buffer. */
const MAX_DEPTH: i32 = 1600;
/** 10 s, in frames of 20 ms. */
const MAX_PERIODS: i32 = 500;

/** The memory map's version, also at offset 0 once open. */
export function version(): i32 {
  return ABI_VERSION;
}

/**
 * Prepares zeroed memory for so many RTP streams and USB channels, frames of 80 or 160 samples, and jitter buffers of so
 * many samples at the beginning, at least and at most. Returns 0, or the number of the argument that does not fit the map
 * (5 = the memory itself).
 */
export function open(rtp: i32, usb: i32, depth: i32, frame: i32, least: i32, most: i32): i32 {
  if (u32(rtp) > u32(MAX_RTP)) return 1;
  if (u32(usb) > u32(MAX_USB)) return 2;
  if (u32(most) > u32(MAX_DEPTH) || u32(depth) > u32(most) || u32(least) > u32(depth)) return 3;
  if (!setFrame(frame)) return 4;
  if (END > PAGE * PAGES || memory.size() < PAGES || !kernelsFit()) return 5;
  store<i32>(HEADER_RTP, rtp);
  store<i32>(HEADER_USB, usb);
  store<i32>(HEADER_DEPTH, depth);
  store<i32>(HEADER_DEPTH_LEAST, least);
  store<i32>(HEADER_DEPTH_MOST, most);
  store<i32>(HEADER_FRAME, frame);
  openSine();
  store<i32>(HEADER_VERSION, ABI_VERSION);
  return 0;
}

/** One tick. `periods` = frame times since the tick before: 1, or more when ticks could not be held. */
export function tick(periods: i32): void {
  tickBegin(periods);
  tickMiddle();
  tickEnd(periods);
}

/** The tick in three parts, for a host with codecs of its own. After this one the jobs at JOBS_DECODE are decoded. */
export function tickBegin(periods: i32): void {
  const passed = max<i32>(1, min<i32>(periods, frames(MAX_PERIODS)));
  beginTurn(passed);
  clearJobs();
  store<i32>(HEADER_RTP_OUT, 0);
  store<i32>(HEADER_EVENTS, 0);
  prepare(passed);
  receiveAll();
  gather(passed);
  gatherConferences();
  plan();
  planTaps();
  for (let i = nextOpen(0); i < usbEnd(); i = nextOpen(i + 1)) decodeFrame(i, endpointAt(i));
  flushDecoding();
}

/** After this one the jobs at JOBS_ENCODE are encoded. */
export function tickMiddle(): void {
  for (let i = nextOpen(0); i < usbEnd(); i = nextOpen(i + 1)) finishFrame(i, endpointAt(i));
  mixConferences();
  for (let i = nextOpen(0); i < usbEnd(); i = nextOpen(i + 1)) composeFrame(i, endpointAt(i));
  flushEncoding();
}

export function tickEnd(periods: i32): void {
  const passed = max<i32>(1, min<i32>(periods, frames(MAX_PERIODS)));
  recordTaps(passed);
  for (let i = nextOpen(0); i < usbEnd(); i = nextOpen(i + 1)) publish(i, endpointAt(i));
  store<i32>(HEADER_CLOCK, load<i32>(HEADER_CLOCK) + passed * frameSamples);
  atomic.store<i32>(HEADER_TICKS, load<i32>(HEADER_TICKS) + 1);
}

/** Marks the map as no longer served. */
export function close(): void {
  store<i32>(HEADER_VERSION, 0);
  store<i32>(HEADER_RTP_IN, 0);
  store<i32>(HEADER_RTP_OUT, 0);
  store<i32>(HEADER_EVENTS, 0);
}

function prepare(periods: i32): void {
  for (let i = 0; i < rtpEnd(); i++) {
    const endpoint = endpointAt(i);
    if (isOpen(endpoint)) prepareRtp(i, endpoint, periods);
  }
  for (let i = MAX_RTP; i < usbEnd(); i++) {
    const endpoint = endpointAt(i);
    if (isOpen(endpoint)) prepareUsb(i, endpoint, periods);
  }
}

function gather(periods: i32): void {
  for (let i = 0; i < rtpEnd(); i++) {
    const endpoint = endpointAt(i);
    if (!isOpen(endpoint)) continue;
    store<i32>(endpoint, 0, INPUT_NEEDED);
    store<i32>(endpoint, 0, INPUT_PASSES);
    gatherRtp(i, endpoint);
    meterSilence(i, endpoint, periods);
  }
  for (let i = MAX_RTP; i < usbEnd(); i++) {
    const endpoint = endpointAt(i);
    if (!isOpen(endpoint)) continue;
    store<i32>(endpoint, 0, INPUT_NEEDED);
    gatherUsb(i, endpoint);
    listen(i, endpoint);
  }
}

function plan(): void {
  for (let i = 0; i < rtpEnd(); i++) if (isOpen(endpointAt(i))) planRtp(i, endpointAt(i));
  for (let i = MAX_RTP; i < usbEnd(); i++) if (isOpen(endpointAt(i))) planUsb(i, endpointAt(i));
}
