/**
 * The kernels with a loop round each, for the benchmark alone (`dist/loops.wasm`, never shipped): the voice module calls
 * them from WebAssembly too, a call from outside costs as much as some of them.
 *
 * All loops: the kernel's state, `frames` frames of 20 ms at `from`, what comes out of each behind what came out of the
 * one before at `to`, and the same again `passes` times.
 */
import { decodePcma, decodePcmu, encodePcma, encodePcmu } from "./codec/g711.ts";
import { g722Decode, g722DecodeOpen, g722Encode, g722EncodeOpen } from "./codec/g722.ts";
import { g722DecodeLanes, g722EncodeLanes } from "./codec/g722-lanes.ts";
import { g726Decode, g726DecodeLaw, g726DecodeOpen, g726Encode, g726EncodeLaw, g726EncodeOpen } from "./codec/g726.ts";
import { g726DecodeLanes, g726EncodeLanes } from "./codec/g726-lanes.ts";
import { concealGood, concealLost, concealOpen } from "./conceal/conceal.ts";
import { dtmfDetect, dtmfDetectMode, dtmfDetectOpen } from "./dtmf/detect.ts";
import { echoEnable, echoFrame, echoOpen, echoStateSize } from "./echo/canceller.ts";
import { mixFrame, mixOpen } from "./mix/mix.ts";
import { MIX_STATE } from "./mix/state.ts";
import { mixTraffic } from "./mix/traffic.ts";
import { down, downOpen } from "./rate/down.ts";
import { up, upOpen } from "./rate/up.ts";
import { tonePair, tonePairOpen } from "./tone/pair.ts";

export {
  concealGood,
  concealLost,
  concealOpen,
  decodePcma,
  decodePcmu,
  down,
  downOpen,
  dtmfDetect,
  dtmfDetectMode,
  dtmfDetectOpen,
  echoEnable,
  echoFrame,
  echoOpen,
  echoStateSize,
  encodePcma,
  encodePcmu,
  g722Decode,
  g722DecodeLanes,
  g722DecodeOpen,
  g722Encode,
  g722EncodeLanes,
  g722EncodeOpen,
  g726Decode,
  g726DecodeLanes,
  g726DecodeLaw,
  g726DecodeOpen,
  g726Encode,
  g726EncodeLanes,
  g726EncodeLaw,
  g726EncodeOpen,
  mixOpen,
  tonePair,
  tonePairOpen,
  up,
  upOpen,
};

export function loopEncodePcmu(state: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  for (let pass = 0; pass < passes; pass++)
    for (let n: usize = 0; n < usize(frames); n++) encodePcmu(from + n * 320, to + n * 160, 160);
}

export function loopDecodePcmu(state: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  for (let pass = 0; pass < passes; pass++)
    for (let n: usize = 0; n < usize(frames); n++) decodePcmu(from + n * 160, to + n * 320, 160);
}

export function loopEncodePcma(state: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  for (let pass = 0; pass < passes; pass++)
    for (let n: usize = 0; n < usize(frames); n++) encodePcma(from + n * 320, to + n * 160, 160);
}

export function loopDecodePcma(state: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  for (let pass = 0; pass < passes; pass++)
    for (let n: usize = 0; n < usize(frames); n++) decodePcma(from + n * 160, to + n * 320, 160);
}

export function loopG722Encode(state: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  for (let pass = 0; pass < passes; pass++)
    for (let n: usize = 0; n < usize(frames); n++) g722Encode(state, from + n * 640, to + n * 160, 160);
}

export function loopG722Decode(state: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  for (let pass = 0; pass < passes; pass++)
    for (let n: usize = 0; n < usize(frames); n++) g722Decode(state, from + n * 160, to + n * 640, 160);
}

export function loopG726Encode(state: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  for (let pass = 0; pass < passes; pass++)
    for (let n: usize = 0; n < usize(frames); n++) g726Encode(state, from + n * 320, to + n * 80, 160);
}

export function loopG726Decode(state: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  for (let pass = 0; pass < passes; pass++)
    for (let n: usize = 0; n < usize(frames); n++) g726Decode(state, from + n * 80, to + n * 320, 160);
}

/** Out: what the detector told of each frame, i32. */
export function loopDtmfDetect(state: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  for (let pass = 0; pass < passes; pass++)
    for (let n: usize = 0; n < usize(frames); n++) store<i32>(to + n * 4, dtmfDetect(state, from + n * 320, 160));
}

export function loopTonePair(state: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  for (let pass = 0; pass < passes; pass++)
    for (let n: usize = 0; n < usize(frames); n++) tonePair(state, to + n * 320, 160);
}

export function loopUp(state: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  for (let pass = 0; pass < passes; pass++)
    for (let n: usize = 0; n < usize(frames); n++) up(state, from + n * 320, to + n * 640, 160);
}

export function loopDown(state: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  for (let pass = 0; pass < passes; pass++)
    for (let n: usize = 0; n < usize(frames); n++) down(state, from + n * 640, to + n * 320, 160);
}

/** One frame that comes and one that does not, 640 octets for each 320. */
export function loopConcealLoss(state: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  for (let pass = 0; pass < passes; pass++)
    for (let n: usize = 0; n < usize(frames); n++) {
      const at = to + n * 640;
      copyFrame(from + n * 320, at);
      concealGood(state, at, 160);
      concealLost(state, at + 320, 160);
    }
}

export function loopConcealGood(state: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  for (let pass = 0; pass < passes; pass++)
    for (let n: usize = 0; n < usize(frames); n++) {
      copyFrame(from + n * 320, to + n * 320);
      concealGood(state, to + n * 320, 160);
    }
}

/** A frame whose first sample is -32768 did not come. */
export function loopConcealStream(state: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  for (let pass = 0; pass < passes; pass++)
    for (let n: usize = 0; n < usize(frames); n++) {
      const at = to + n * 320;
      copyFrame(from + n * 320, at);
      if (load<i16>(at) == -32768) concealLost(state, at, 160);
      else concealGood(state, at, 160);
    }
}

/** In: far end, near end; the kernel cleans in place, so the near end is copied first. */
export function loopEchoFrame(state: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  for (let pass = 0; pass < passes; pass++)
    for (let n: usize = 0; n < usize(frames); n++) {
      copyFrame(from + n * 640 + 320, to + n * 320);
      echoFrame(state, from + n * 640, to + n * 320, 160);
    }
}

/** Eight channels: `frames` frames of each in turn at `from`. `jobs`: eight, of which the states are written. */
export function loopG722EncodeLanes(jobs: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  for (let pass = 0; pass < passes; pass++)
    for (let n = 0; n < frames; n++) {
      writeJobs(jobs, from, to, frames, n, 640, 160);
      g722EncodeLanes(jobs, 8, 160);
    }
}

export function loopG722DecodeLanes(jobs: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  for (let pass = 0; pass < passes; pass++)
    for (let n = 0; n < frames; n++) {
      writeJobs(jobs, from, to, frames, n, 160, 640);
      g722DecodeLanes(jobs, 8, 160);
    }
}

export function loopG726EncodeLanes(jobs: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  for (let pass = 0; pass < passes; pass++)
    for (let n = 0; n < frames; n++) {
      writeJobs(jobs, from, to, frames, n, 320, 80);
      g726EncodeLanes(jobs, 8, 160);
    }
}

export function loopG726DecodeLanes(jobs: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  for (let pass = 0; pass < passes; pass++)
    for (let n = 0; n < frames; n++) {
      writeJobs(jobs, from, to, frames, n, 80, 320);
      g726DecodeLanes(jobs, 8, 160);
    }
}

/** Conferences of three and of eight: a frame of each party behind the other. Behind the state: room for 16 addresses. */
export function loopMix3(state: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  mix(state, from, to, frames, passes, 3);
}

export function loopMix8(state: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  mix(state, from, to, frames, passes, 8);
}

/** The mixer is called in one place, as in the tick, so that the compiler puts it there. */
function mix(state: usize, from: usize, to: usize, frames: i32, passes: i32, parties: i32): void {
  const octets = usize(320 * parties);
  for (let pass = 0; pass < passes; pass++)
    for (let n: usize = 0; n < usize(frames); n++) {
      writeAddresses(state + MIX_STATE, from + n * octets, to + n * octets, parties);
      mixFrame(state, state + MIX_STATE, parties, state + MIX_STATE + 32, 160);
    }
}

/** Three frames are read and three written, nothing else; `addresses`: room for 16. */
export function loopMixTraffic(addresses: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  for (let pass = 0; pass < passes; pass++)
    for (let n: usize = 0; n < usize(frames); n++) {
      writeAddresses(addresses, from + n * 960, to + n * 960, 3);
      mixTraffic(addresses, addresses + 32, 160);
    }
}

/** Of a frame of each party behind the other, in and (32 octets on) out. */
function writeAddresses(addresses: usize, from: usize, to: usize, parties: i32): void {
  for (let party = 0; party < parties; party++) {
    store<u32>(addresses + usize(party << 2), u32(from) + party * 320);
    store<u32>(addresses + usize(party << 2), u32(to) + party * 320, 32);
  }
}

/** What the first cache can do: `octets`, a multiple of 64, are read and written one after the other. */
export function loopCopy(octets: usize, from: usize, to: usize, frames: i32, passes: i32): void {
  for (let pass = 0; pass < passes; pass++)
    for (let n: usize = 0; n < usize(frames); n++) copy(from + n * octets, to + n * octets, octets);
}

function copy(from: usize, to: usize, octets: usize): void {
  const end = from + octets;
  while (from < end) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    v128.store(to, v128.load(from, 32), 32);
    v128.store(to, v128.load(from, 48), 48);
    from += 64;
    to += 64;
  }
}

function copyFrame(from: usize, to: usize): void {
  copy(from, to, 320);
}

function writeJobs(jobs: usize, from: usize, to: usize, frames: i32, n: i32, inOctets: i32, outOctets: i32): void {
  for (let lane = 0; lane < 8; lane++) {
    const frame = usize(lane * frames + n);
    store<u32>(jobs + usize(lane) * 12, u32(from + frame * usize(inOctets)), 4);
    store<u32>(jobs + usize(lane) * 12, u32(to + frame * usize(outOctets)), 8);
  }
}
