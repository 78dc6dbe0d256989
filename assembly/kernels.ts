/**
 * The voice kernels one by one, for tests and benchmarks: `dist/kernels.wasm`, which is never shipped. Every function
 * takes addresses in the imported memory; a test uses what lies above KERNELS_FREE (test/assembly/kernel-rig.ts).
 */
import { decodePcma, decodePcmu, encodePcma, encodePcmu } from "./codec/g711.ts";
import { concealGood, concealLost, concealOpen } from "./conceal/conceal.ts";
import { dtmfDetect, dtmfDetectMode, dtmfDetectOpen } from "./dtmf/detect.ts";
import { echoEnable, echoFrame, echoOpen, echoStateSize } from "./echo/canceller.ts";
import { noiseHear, noiseMake } from "./noise/hear.ts";
import { noiseFrame, noiseOpen, noiseTake } from "./noise/noise.ts";
import { vadFrame, vadOpen } from "./noise/vad.ts";
import { tonePair, tonePairOpen, writeTone } from "./tone/pair.ts";

export {
  concealGood,
  concealLost,
  concealOpen,
  decodePcma,
  decodePcmu,
  dtmfDetect,
  dtmfDetectMode,
  dtmfDetectOpen,
  echoEnable,
  echoFrame,
  echoOpen,
  echoStateSize,
  encodePcma,
  encodePcmu,
  noiseFrame,
  noiseHear,
  noiseMake,
  noiseOpen,
  noiseTake,
  tonePair,
  tonePairOpen,
  vadFrame,
  vadOpen,
  writeTone,
};
