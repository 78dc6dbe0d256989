import assert from "node:assert/strict";
import { test } from "node:test";
import type { RtcpSeen } from "../../src/voice/contract.ts";
import { RtcpWatch } from "../../src/voice/rtcp-watch.ts";

const far = { address: "192.0.2.9", port: 4001 };

test("each report that is sent is told as it was, of those that come one each half second of a stream", () => {
  const told: RtcpSeen[] = [];
  const watch = new RtcpWatch({ address: "192.0.2.1", ports: [10_000, 10_002], tell: (seen) => told.push(seen) });
  const octets = Uint8Array.of(1, 2, 3);
  watch.sent(1, octets, far);
  octets.fill(0);
  assert.deepEqual(told, [
    { endpoint: "rtp:1", octets: Uint8Array.of(1, 2, 3), from: { address: "192.0.2.1", port: 10_003 }, to: far },
  ]);
  for (let now = 0; now < 2000; now += 10) {
    watch.heard(0, octets, far, now);
    watch.heard(1, octets, far, now);
  }
  const heard = told.slice(1).map(({ endpoint, from, to }) => `${endpoint} ${from.port}>${to.port}`);
  assert.equal(heard.length, 8);
  assert.deepEqual(heard.slice(0, 2), ["rtp:0 4001>10001", "rtp:1 4001>10003"]);
});
