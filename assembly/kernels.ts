/**
 * The voice kernels one by one, for tests and benchmarks: `dist/kernels.wasm`, which is never shipped. Every function
 * takes addresses in the imported memory; a test uses what lies above KERNELS_FREE (test/assembly/kernel-rig.ts).
 */
import { decodePcma, decodePcmu, encodePcma, encodePcmu } from "./codec/g711.ts";
import { concealGood, concealLost, concealOpen } from "./conceal/conceal.ts";

export { concealGood, concealLost, concealOpen, decodePcma, decodePcmu, encodePcma, encodePcmu };
