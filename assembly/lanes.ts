/**
 * Work for the recursive codecs, gathered over all endpoints: one job a frame, eight jobs of one codec at a time in the
 * lanes of one vector, a single one in the scalar form. Both give the same bits.
 */
import { g722Decode, g722DecodeOpen, g722Encode, g722EncodeOpen } from "./codec/g722.ts";
import { g722DecodeLanes, g722EncodeLanes } from "./codec/g722-lanes.ts";
import { g726Decode, g726DecodeOpen, g726Encode, g726EncodeOpen } from "./codec/g726.ts";
import { g726DecodeLanes, g726EncodeLanes } from "./codec/g726-lanes.ts";
import { swapNibbles } from "./codec/pack.ts";
import { kernelAt } from "./endpoint.ts";
import { DECODER_WARM, ENCODER_WARM } from "./endpoint-words.ts";
import { frameSamples } from "./frame-time.ts";
import {
  FORMAT_G722,
  FORMAT_G726_AAL2,
  JOB_STRIDE,
  KERNEL_CODEC_SIZE,
  KERNEL_DECODER,
  KERNEL_ENCODER,
  LANES_JOBS,
  LANES_OCTETS,
  LANES_QUEUE,
  LANES_WAITING,
  MAX_LANES,
} from "./layout.ts";

/** The four queues: G.722 and G.726, each way. */
const G722_DECODE: i32 = 0;
const G726_DECODE: i32 = 1;
const G722_ENCODE: i32 = 2;
const G726_ENCODE: i32 = 3;

/** One frame of octets to samples, at the latest at `flushDecoding`. */
export function addDecoding(index: i32, endpoint: usize, format: i32, octets: usize, samples: usize): void {
  const state = kernelAt(index, KERNEL_DECODER);
  const isFresh = !load<i32>(endpoint, DECODER_WARM);
  store<i32>(endpoint, 1, DECODER_WARM);
  if (isFresh) memory.fill(state, 0, KERNEL_CODEC_SIZE);
  if (format == FORMAT_G722) {
    if (isFresh) g722DecodeOpen(state);
    add(G722_DECODE, state, octets, samples);
    return;
  }
  if (isFresh) g726DecodeOpen(state);
  let from = octets;
  if (format == FORMAT_G726_AAL2) {
    from = usize(LANES_OCTETS) + usize(waiting(G726_DECODE) * (frameSamples >> 1));
    swapNibbles(octets, from, frameSamples >> 1);
  }
  add(G726_DECODE, state, from, samples);
}

/** One frame of samples to octets, at the latest at `flushEncoding`. AAL2's packing is the caller's (`repack`). */
export function addEncoding(index: i32, endpoint: usize, format: i32, samples: usize, octets: usize): void {
  const state = kernelAt(index, KERNEL_ENCODER);
  const isFresh = !load<i32>(endpoint, ENCODER_WARM);
  store<i32>(endpoint, 1, ENCODER_WARM);
  if (isFresh) memory.fill(state, 0, KERNEL_CODEC_SIZE);
  if (format == FORMAT_G722) {
    if (isFresh) g722EncodeOpen(state);
    add(G722_ENCODE, state, samples, octets);
    return;
  }
  if (isFresh) g726EncodeOpen(state);
  add(G726_ENCODE, state, samples, octets);
}

export function flushDecoding(): void {
  flush(G722_DECODE);
  flush(G726_DECODE);
}

export function flushEncoding(): void {
  flush(G722_ENCODE);
  flush(G726_ENCODE);
}

/** After `flushEncoding`: the octets of a frame of G.726 as AAL2 packs them. */
export function repack(octets: usize): void {
  swapNibbles(octets, octets, frameSamples >> 1);
}

function add(queue: i32, state: usize, from: usize, to: usize): void {
  const place = waiting(queue);
  const job = jobsOf(queue) + usize(place * JOB_STRIDE);
  store<u32>(job, u32(state));
  store<u32>(job, u32(from), 4);
  store<u32>(job, u32(to), 8);
  store<i32>(usize(LANES_WAITING) + (usize(queue) << 2), place + 1);
  if (place + 1 == MAX_LANES) flush(queue);
}

function flush(queue: i32): void {
  const jobs = waiting(queue);
  if (jobs == 0) return;
  store<i32>(usize(LANES_WAITING) + (usize(queue) << 2), 0);
  if (jobs == 1) single(queue, jobsOf(queue));
  else lanes(queue, jobsOf(queue), jobs);
}

function single(queue: i32, job: usize): void {
  const state = usize(load<u32>(job));
  const from = usize(load<u32>(job, 4));
  const to = usize(load<u32>(job, 8));
  if (queue == G722_DECODE) g722Decode(state, from, to, frameSamples);
  else if (queue == G726_DECODE) g726Decode(state, from, to, frameSamples);
  else if (queue == G722_ENCODE) g722Encode(state, from, to, frameSamples);
  else g726Encode(state, from, to, frameSamples);
}

function lanes(queue: i32, jobs: usize, count: i32): void {
  if (queue == G722_DECODE) g722DecodeLanes(jobs, count, frameSamples);
  else if (queue == G726_DECODE) g726DecodeLanes(jobs, count, frameSamples);
  else if (queue == G722_ENCODE) g722EncodeLanes(jobs, count, frameSamples);
  else g726EncodeLanes(jobs, count, frameSamples);
}

function waiting(queue: i32): i32 {
  return load<i32>(usize(LANES_WAITING) + (usize(queue) << 2));
}

function jobsOf(queue: i32): usize {
  return usize(LANES_JOBS) + usize(queue) * LANES_QUEUE;
}
