import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { PhoneName } from "../../src/message/name.ts";
import { delayOf } from "./harness/audio.ts";
import { numbers } from "./harness/house-config.ts";
import { chirp, sequence, silence } from "./harness/signal.ts";
import { assertTalk, everybodyHums, notes } from "./harness/voices.ts";
import { writeWav } from "./harness/wav.ts";
import { World } from "./harness/world.ts";

const pairs = [
  ["handset:1", "port:1"],
  ["port:2", "handset:3"],
  ["handset:1", "handset:2"],
  ["port:1", "port:2"],
] as const satisfies readonly (readonly [PhoneName, PhoneName])[];

for (const [from, to] of pairs) {
  test(`${from} calls ${to}: it rings with the caller's name, both hear each other, and both are idle after`, async (t) => {
    const { house } = await World.open(t);
    const [caller, called] = [house.phone(from), house.phone(to)];
    await caller.dial(numbers[to]);
    await called.rings();
    await called.until("shows who calls", (report) => report.caller?.number === numbers[from], 8000);
    await called.lift();
    await house.fact("callAnswered");
    const [near, far] = await everybodyHums({ phones: [caller, called] });
    assert.ok(near !== undefined && far !== undefined);
    const [a, b] = [notes[from], notes[to]];
    assertTalk({ who: from, sound: near, note: a }, { who: to, sound: far, note: b });
    await called.hangUp();
    await caller.hangUp();
    await house.isQuiet();
    const [entry] = await house.log();
    assert.deepEqual([entry?.direction, entry?.result, entry?.answeredBy], ["internal", "answered", to]);
  });
}

for (const name of ["handset:1", "port:1"] as const) {
  test(`at ${name} the echo number gives back what was said, a moment later`, async (t) => {
    const { house } = await World.open(t);
    const phone = house.phone(name);
    const sweep = chirp(400, 2800, -16, 400);
    const file = join(house.dataDir, "sweep.wav");
    await writeWav(file, sequence(sweep, silence(600)));
    await phone.dial(numbers.echo);
    await house.fact("callAnswered");
    await phone.hears("silence");
    const stop = await phone.record();
    await phone.act({ kind: "say", file });
    const echo = delayOf(sweep, await stop());
    t.diagnostic(`echo after ${echo.ms.toFixed(0)} ms, likeness ${echo.likeness.toFixed(3)}`);
    assert.ok(echo.likeness > 0.95, `what came back is only ${echo.likeness.toFixed(3)} like what was said`);
    assert.ok(echo.ms > 10 && echo.ms < 300, `the echo came after ${echo.ms} ms`);
    await phone.hangUp();
    await house.isQuiet();
  });
}
