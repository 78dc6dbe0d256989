/**
 * The voice kernels one by one, for tests and benchmarks: `dist/kernels.wasm`, which is never shipped. Every function
 * takes addresses in the imported memory; a test uses what lies above KERNELS_FREE (test/assembly/kernel-rig.ts).
 */
import { decodePcma, decodePcmu, encodePcma, encodePcmu } from "./codec/g711.ts";
import {
  G722_STATE,
  g722Decode,
  g722DecodeOpen,
  g722DecodeOpenMode,
  g722Encode,
  g722EncodeOpen,
} from "./codec/g722.ts";
import { g722DecodeLanes, g722EncodeLanes } from "./codec/g722-lanes.ts";
import {
  G726_STATE,
  g726Decode,
  g726DecodeLaw,
  g726DecodeOpen,
  g726Encode,
  g726EncodeLaw,
  g726EncodeOpen,
} from "./codec/g726.ts";
import { g726DecodeLanes, g726EncodeLanes } from "./codec/g726-lanes.ts";
import { swapNibbles, swapOctets } from "./codec/pack.ts";
import { concealGood, concealLost, concealOpen } from "./conceal/conceal.ts";
import { dtmfDetect, dtmfDetectMode, dtmfDetectOpen } from "./dtmf/detect.ts";
import { echoEnable, echoFrame, echoOpen, echoStateSize } from "./echo/canceller.ts";
import { faxDetect, faxDetectOpen } from "./fax/detect.ts";
import { burstsLost, burstsReceived } from "./meter/bursts.ts";
import { levelDbm0, levelDbov, peakFrame, powerFrame } from "./meter/level-power.ts";
import {
  speechActivity,
  speechFrame,
  speechLevel,
  speechLongTerm,
  speechOpen,
  speechPeak,
} from "./meter/level-speech.ts";
import { mixFrame, mixOpen } from "./mix/mix.ts";
import { mixTraffic } from "./mix/traffic.ts";
import { noiseHear, noiseMake } from "./noise/hear.ts";
import { noiseFrame, noiseOpen, noiseTake } from "./noise/noise.ts";
import { vadFrame, vadOpen } from "./noise/vad.ts";
import { down, downOpen } from "./rate/down.ts";
import { driftBegin, driftMake, driftNeed, driftPut } from "./rate/drift.ts";
import { driftError, driftLearn, driftOpen, driftRate, driftTick } from "./rate/drift-clock.ts";
import { up, upOpen } from "./rate/up.ts";
import { stretchJoin } from "./stretch/join.ts";
import { stretchIsKey } from "./stretch/keys.ts";
import { stretchLag } from "./stretch/lag.ts";
import { tapRead, tapWrite } from "./tap/ring.ts";
import { tonePair, tonePairOpen, writePair, writeTone } from "./tone/pair.ts";

export {
  burstsLost,
  burstsReceived,
  concealGood,
  concealLost,
  concealOpen,
  decodePcma,
  decodePcmu,
  down,
  downOpen,
  driftBegin,
  driftError,
  driftLearn,
  driftMake,
  driftNeed,
  driftOpen,
  driftPut,
  driftRate,
  driftTick,
  dtmfDetect,
  dtmfDetectMode,
  dtmfDetectOpen,
  echoEnable,
  echoFrame,
  echoOpen,
  echoStateSize,
  encodePcma,
  encodePcmu,
  faxDetect,
  faxDetectOpen,
  G722_STATE,
  G726_STATE,
  g722Decode,
  g722DecodeLanes,
  g722DecodeOpen,
  g722DecodeOpenMode,
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
  levelDbm0,
  levelDbov,
  mixFrame,
  mixOpen,
  mixTraffic,
  noiseFrame,
  noiseHear,
  noiseMake,
  noiseOpen,
  noiseTake,
  peakFrame,
  powerFrame,
  speechActivity,
  speechFrame,
  speechLevel,
  speechLongTerm,
  speechOpen,
  speechPeak,
  stretchIsKey,
  stretchJoin,
  stretchLag,
  swapNibbles,
  swapOctets,
  tapRead,
  tapWrite,
  tonePair,
  tonePairOpen,
  up,
  upOpen,
  vadFrame,
  vadOpen,
  writePair,
  writeTone,
};
