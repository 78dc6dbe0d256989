import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { SPEECH_STATE } from "../../assembly/meter/speech-state.ts";
import { decodeWav, type Sound } from "../../src/message/wav.ts";
import { KernelRig } from "./kernel-rig.ts";

const vectors = new URL("../../../shared/vectors/", import.meta.url);
const FRAME = 160;

interface Speech {
  readonly levelDbov: number;
  readonly activePercent: number;
  readonly longTermDbov: number;
  readonly peak: number;
}

function measure(rig: KernelRig, { samples, rateHz }: Sound): Speech {
  const [state, at] = [rig.take(SPEECH_STATE), rig.take(2 * FRAME)];
  rig.call("speechOpen", state, rateHz);
  for (let n = 0; n + 8 <= samples.length; n += FRAME) {
    const count = Math.min(FRAME, (samples.length - n) & ~7);
    rig.samples(at, count).set(samples.subarray(n, n + count));
    rig.call("speechFrame", state, at, count);
  }
  return {
    levelDbov: rig.call("speechLevel", state) / 100,
    activePercent: rig.call("speechActivity", state) / 100,
    longTermDbov: rig.call("speechLongTerm", state) / 100,
    peak: rig.call("speechPeak", state),
  };
}

function vector(name: string): Sound {
  const file = readFileSync(new URL(`codec/p56/${name}`, vectors));
  return { rateHz: 16_000, samples: new Int16Array(file.buffer.slice(file.byteOffset, file.byteOffset + file.length)) };
}

interface Listed {
  readonly file: string;
  readonly rate: number;
  readonly channels: number;
  readonly p56_active_level_dBov?: number;
  readonly p56_activity_percent?: number;
}

test("ITU-T's voice brought to an active level of -30 dBov has it, and the one to a long-term level, too", () => {
  const rig = new KernelRig();
  assert.ok(Math.abs(measure(rig, vector("voice.nrm")).levelDbov + 30) < 0.05);
  assert.ok(Math.abs(measure(rig, vector("voice.ltl")).longTermDbov + 30) < 0.005);
  assert.equal(measure(rig, vector("voice.src")).peak, 29_472);
});

test("80 recordings have the active level that ITU-T's own meter gives, within 0.05 dB, and the activity within 1 %", () => {
  const manifest = JSON.parse(readFileSync(new URL("audio/manifest.json", vectors), "utf8")) as readonly Listed[];
  let compared = 0;
  for (const { file, rate, channels, ...listed } of manifest) {
    const { p56_active_level_dBov: level, p56_activity_percent: activity } = listed;
    if (channels !== 1 || (rate !== 8000 && rate !== 16_000) || level === undefined || activity === undefined) continue;
    const name = file.replace("open/", "");
    const measured = measure(new KernelRig(), decodeWav(readFileSync(new URL(name, vectors)), name));
    assert.ok(Math.abs(measured.levelDbov - level) < 0.05, `${name}: ${measured.levelDbov} instead of ${level} dBov`);
    assert.ok(Math.abs(measured.activePercent - activity) < 1, `${name}: ${measured.activePercent}, not ${activity} %`);
    compared++;
  }
  assert.ok(compared >= 80, `only ${compared} recordings`);
});

test("a frame's level and peak are right to a hundredth of a dB from silence to full scale", () => {
  const rig = new KernelRig();
  const at = rig.take(2 * FRAME);
  const frame = rig.samples(at, FRAME);
  for (const peak of [1, 3, 10, 100, 1000, 22_828, 32_767]) {
    for (let n = 0; n < FRAME; n++) frame[n] = Math.round(peak * Math.sin((2 * Math.PI * (n + 0.5)) / 16));
    const square = frame.reduce((sum, sample) => sum + sample * sample, 0) / FRAME;
    const power = rig.call("powerFrame", at, FRAME);
    assert.equal(power, Math.floor(square));
    assert.equal(rig.call("peakFrame", at, FRAME), Math.max(...frame.map(Math.abs)));
    if (power === 0) continue;
    const dbov = 10 * Math.log10(power / 32_768 ** 2);
    assert.ok(Math.abs(rig.call("levelDbov", power) / 100 - dbov) <= 0.00501, `${peak}`);
    assert.ok(Math.abs(rig.call("levelDbm0", power) / 100 - dbov - 6.15) <= 0.00501, `${peak}`);
  }
});

test("the extremes: a frame of -32768 is 0 dBov, silence is -100 dB, and nobody speaks in it", () => {
  const rig = new KernelRig();
  const at = rig.take(2 * FRAME);
  rig.samples(at, FRAME).fill(-32_768);
  assert.equal(rig.call("powerFrame", at, FRAME), 2 ** 30);
  assert.equal(rig.call("peakFrame", at, FRAME), 32_768);
  assert.equal(rig.call("levelDbov", 2 ** 30), 0);
  assert.equal(rig.call("levelDbov", 0), -10_000);
  const silence = measure(rig, { rateHz: 8000, samples: new Int16Array(16_000) });
  assert.deepEqual(silence, { levelDbov: -100, activePercent: 0, longTermDbov: -100, peak: 0 });
});
