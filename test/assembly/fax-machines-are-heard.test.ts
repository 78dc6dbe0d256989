/** ITU-T T.30, V.25, V.8 and the tone disabler of G.168 (devices.md D.8, F.4). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FaxListener, faxSound } from "./fax-sound.ts";
import { KernelRig } from "./kernel-rig.ts";

const rig = new KernelRig();
const listener = new FaxListener(rig);

test("a calling fax machine is heard 120 ms after its first burst, 38 Hz off and 15 dB over noise", () => {
  for (const hertz of [1062, 1080, 1100, 1120, 1138])
    for (const noiseDb of [40, 20, 15])
      for (const beforeMs of [600, 607, 611]) {
        const heard = listener.listen(faxSound({ hertz, ms: 500, noiseDb, beforeMs }));
        assert.deepEqual(
          heard.map(({ signal }) => signal),
          ["CNG"],
          `${hertz} Hz, ${noiseDb} dB`,
        );
        assert.ok((heard[0]?.atMs ?? 0) <= beforeMs + 500 + 150);
      }
});

test("CNG may last from 425 to 575 ms, and from 0 to -40 dBm0", () => {
  for (const ms of [425, 500, 575]) assert.deepEqual(listener.signals({ hertz: 1100, ms }), ["CNG"], `${ms} ms`);
  for (const dbm0 of [0, -12, -30, -40]) assert.deepEqual(listener.signals({ hertz: 1100, ms: 500, dbm0 }), ["CNG"]);
});

test("every burst of CNG is told", () => {
  const burst = faxSound({ hertz: 1100, ms: 500, beforeMs: 3000 });
  assert.equal(listener.listen(Int16Array.from([...burst, ...burst, ...burst])).length, 3);
});

test("1100 Hz that is shorter, longer, off by 70 Hz or sounds on is no CNG", () => {
  for (const ms of [200, 350, 700, 3000]) assert.deepEqual(listener.signals({ hertz: 1100, ms }), [], `${ms} ms`);
  for (const hertz of [1030, 1170]) assert.deepEqual(listener.signals({ hertz, ms: 500 }), [], `${hertz} Hz`);
});

test("an answering fax machine is heard within 520 ms, 21 Hz off and 10 dB over noise", () => {
  for (const hertz of [2079, 2085, 2100, 2115, 2121])
    for (const noiseDb of [40, 15, 10]) {
      const heard = listener.listen(faxSound({ hertz, ms: 2600, noiseDb }));
      assert.deepEqual(
        heard.map(({ signal }) => signal),
        ["CED"],
        `${hertz} Hz, ${noiseDb} dB`,
      );
      assert.ok((heard[0]?.atMs ?? 0) <= 600 + 520);
    }
});

test("2100 Hz with phase reversals every 450 ± 25 ms disables within a second, without them never", () => {
  for (const reversalMs of [425, 440, 450, 460, 475]) {
    const heard = listener.listen(faxSound({ hertz: 2100, ms: 3300, reversalMs, noiseDb: 20 }));
    assert.deepEqual(
      heard.map(({ signal }) => signal),
      ["CED", "disabler"],
      `${reversalMs} ms`,
    );
    assert.ok((heard[1]?.atMs ?? 0) <= 600 + 1000);
  }
  assert.deepEqual(listener.signals({ hertz: 2100, ms: 10_000 }), ["CED"]);
});

test("reversals at other times do not disable, nor does one alone", () => {
  for (const reversalMs of [200, 300, 380, 530, 700]) {
    assert.deepEqual(listener.signals({ hertz: 2100, ms: 3300, reversalMs }), ["CED"], `${reversalMs} ms`);
  }
  assert.deepEqual(listener.signals({ hertz: 2100, ms: 2000, reversalMs: 1100 }), ["CED"]);
});

test("a modem's ANSam is told from plain CED by its 15 Hz", () => {
  for (const depth of [0.15, 0.2, 0.25]) {
    assert.deepEqual(listener.signals({ hertz: 2100, ms: 3000, depth }), ["disabler"], `${depth}`);
    assert.deepEqual(listener.signals({ hertz: 2110, ms: 3000, depth, reversalMs: 450, noiseDb: 15 }), ["disabler"]);
  }
  assert.deepEqual(listener.signals({ hertz: 2100, ms: 3000, depth: 0.04 }), ["CED"]);
});

test("CED is heard from 0 to -40 dBm0, and 2050 or 2150 Hz are not it", () => {
  for (const dbm0 of [0, -12, -31, -40]) assert.deepEqual(listener.signals({ hertz: 2100, ms: 2600, dbm0 }), ["CED"]);
  for (const hertz of [2050, 2150]) assert.deepEqual(listener.signals({ hertz, ms: 2600 }), [], `${hertz} Hz`);
});

test("frames of 10 and 40 ms hear the same", () => {
  const sound = faxSound({ hertz: 2100, ms: 3000, reversalMs: 450 });
  for (const frame of [80, 320])
    assert.deepEqual(
      new FaxListener(rig, frame).listen(sound).map(({ signal }) => signal),
      ["CED", "disabler"],
    );
});
