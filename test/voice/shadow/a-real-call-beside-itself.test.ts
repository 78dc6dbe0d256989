import assert from "node:assert/strict";
import { test } from "../each-edge.ts";
import { liveFile, openHouse, RealCall, untilShadow } from "./real-call.ts";

const timeout = 60_000;

test("the live module as its own candidate differs in nothing over a real call with loss and jitter", {
  timeout,
}, async (context) => {
  const house = await openHouse(context, 43_000, { module: liveFile });
  await untilShadow(house, "on");
  const call = await RealCall.open(context, house);
  const found = await call.talk(({ ticks }) => ticks > 200);
  const [candidate] = found.candidates;
  assert.deepEqual([found.state, found.reason, found.followed, found.following], ["on", null, 2, 2]);
  assert.deepEqual([found.live.nondeterministic, found.live.firstDifference], [0, null]);
  assert.equal(found.live.checked, found.ticks);
  assert.ok(candidate !== undefined && candidate.heard.frames > 150);
  assert.deepEqual([candidate.heard.different, candidate.sent.different], [0, 0]);
  assert.equal(candidate.heard.segmentalSnrDb, 35);
  assert.ok(candidate.jitter !== null && candidate.jitter.concealed.live > 5, "packets were lost");
  assert.equal(candidate.jitter.concealed.candidate, candidate.jitter.concealed.live);
  assert.ok(candidate.frameUs.p50 > 0 && found.live.frameUs.p50 > 0);
});
