import assert from "node:assert/strict";
import { test } from "node:test";
import { shadowRows } from "../../../src/api/cli/print-shadow.ts";
import { showFact } from "../../../src/api/show-fact.ts";
import { readConfig } from "../../../src/config/read-config.ts";
import { instant } from "../../../src/message/units.ts";
import { UpperHalf } from "../../../src/upper-half.ts";
import type { ShadowStatus } from "../../../src/voice/shadow/contract.ts";
import { added, noSums, type ShadowFigures } from "../../../src/voice/shadow/figures.ts";
import { Report } from "../../../src/voice/shadow/report.ts";
import { compareOctets, compareSamples } from "../../../src/voice/shadow/tally.ts";
import { faultsOf } from "../../config/faults-of.ts";

const options = { module: "/tmp/candidate.wasm", codec: "/tmp/g722.wasm", streams: 2, sharePercent: 100 };
const state = { state: "on", reason: null, skipped: 0, switchedOff: 0 } as const;
const loud = new Int16Array(160).fill(10_000);

/** Two frames, one of them at half the level. */
function figures(): ShadowFigures {
  const sums = noSums();
  sums.followed = 1;
  sums.ticks = 2;
  sums.checked = 2;
  compareSamples(sums.module.heard, loud, loud);
  compareSamples(sums.module.heard, loud, new Int16Array(160).fill(5000));
  compareOctets(sums.module.sent, Uint8Array.from([1]), Uint8Array.from([2]));
  Object.assign(sums.module.live, { concealed: 3, late: 1, bufferMs: 80, frames: 2 });
  Object.assign(sums.module.candidate, { concealed: 4, late: 0, bufferMs: 120, frames: 2 });
  const times = { p50: 5.2, p99: 9 };
  return { sums, following: 1, firstDifference: null, frameUs: { live: times, module: times, codec: times } };
}

function rows(shadow: ShadowStatus | null): string[] {
  const voiceStatus = { shadow } as Parameters<typeof shadowRows>[0]; // of the status nothing else is looked at
  return shadowRows(voiceStatus).map((cells) => cells.join(" | "));
}

test("status says what is different, of the module and of the codec, and why nothing runs", () => {
  const report = new Report(options);
  report.take(figures());
  assert.deepEqual(rows(report.show(state)), [
    "shadow | on, follows 1 (so far 1, 2 ticks)",
    "module | /tmp/candidate.wasm: heard 1 of 2 frames different (960 bits), segmental SNR 20.5 dB, sent 1 of 1 (2 bits), 5.2 µs a frame (live 5.2)",
    " | concealed 4 (live 3), late 0 (1), buffer 60 ms (40)",
    "codec | /tmp/g722.wasm: heard 0 of 0 frames different (0 bits), sent 0 of 0 (0 bits), 5.2 µs a frame (live 5.2)",
  ]);
  const off = report.show({ ...state, state: "given up", reason: "the candidate trapped: unreachable", skipped: 7 });
  assert.match(rows(off)[0] ?? "", /^shadow \| given up: the candidate trapped: unreachable, .*, 7 skipped$/);
  assert.deepEqual(rows(null), []);
});

test("what threads found one after the other is one sum, and a live module that differs from itself is told loudly", () => {
  const report = new Report(options);
  report.take(figures());
  report.ended();
  const second = figures();
  second.sums.nondeterministic = 1;
  report.take({ ...second, firstDifference: "rtp:0, playout: 1, then 2" });
  const shown = report.show(state);
  assert.deepEqual([shown.ticks, shown.candidates[0]?.heard.frames, shown.following], [4, 4, 1]);
  assert.equal(shown.live.firstDifference, "rtp:0, playout: 1, then 2");
  assert.match(rows(shown)[0] ?? "", /THE LIVE MODULE DIFFERS FROM ITSELF in 1 ticks/);
  report.ended();
  assert.deepEqual([report.show(state).ticks, report.show(state).following], [4, 0]);
  assert.deepEqual(added({ a: 1, b: [1, 2], c: { d: 3 } }, { a: 4, b: [5, 6], c: { d: 7 } }), {
    a: 5,
    b: [6, 8],
    c: { d: 10 },
  });
});

test("a candidate that takes longer than its budget is told by how much", () => {
  const report = new Report(options);
  const slow = { p50: 2600, p99: 3000 };
  report.take({ ...figures(), frameUs: { live: slow, module: slow, codec: slow } });
  assert.equal(report.overBudget(2000), "the candidate takes 2600 µs a frame, 2000 are its budget");
  assert.equal(report.overBudget(3000), null);
});

test("going on and off is a fact for whoever watches, and no call is touched", () => {
  const upper = new UpperHalf();
  const reason = "5 of the last 100 voice ticks began late";
  const commands = upper.handle({ world: "voice", at: instant(1), kind: "shadow", state: "off", reason });
  const facts = commands.flatMap((command) => (command.world === "notify" ? [showFact(command.fact)] : []));
  assert.deepEqual([commands.length, facts], [1, [`shadow: off, ${reason}`]]);
});

test("the configuration names a module, a codec or both, and how much is followed", () => {
  assert.equal(readConfig("").voice.shadow, undefined);
  assert.equal(readConfig("[shadow]\nstreams = 3\n").voice.shadow, undefined);
  assert.deepEqual(readConfig('[shadow]\nmodule = "/a.wasm"\n').voice.shadow, {
    module: "/a.wasm",
    streams: 2,
    sharePercent: 100,
  });
  const both = '[shadow]\nmodule = "/a.wasm"\ncodec = "/b.wasm"\nstreams = 8\nshare_percent = 5\n';
  assert.deepEqual(readConfig(both).voice.shadow, {
    module: "/a.wasm",
    codec: "/b.wasm",
    streams: 8,
    sharePercent: 5,
  });
  assert.match(
    faultsOf("[shadow]\nstreams = 9\n").join(),
    /shadow\.streams = 9: write a whole number of streams from 1 to 8/,
  );
});
