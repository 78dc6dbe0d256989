import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { TestContext } from "node:test";
import type { RtcpSeen } from "../../src/voice/contract.ts";
import { readReport } from "../../src/voice/rtcp.ts";
import { readVoipMetrics, type VoipMetrics, writeVoipMetrics } from "../../src/voice/rtcp-xr.ts";
import { numberedFrame } from "../assembly/rtp.ts";
import { test } from "./each-edge.ts";
import { FarEnd } from "./far-end.ts";
import { VoiceHouse } from "./house.ts";

const timeout = 20_000;

/** A far end and its RTCP socket, one port above. */
async function farEnd(context: TestContext): Promise<{ readonly end: FarEnd; readonly rtcp: Socket }> {
  for (let tries = 0; tries < 20; tries++) {
    const end = await FarEnd.open();
    const rtcp = createSocket("udp4");
    const bound = await new Promise<boolean>((resolve) => {
      rtcp.once("error", () => resolve(false));
      rtcp.bind(end.port + 1, "127.0.0.1", () => resolve(true));
    });
    context.after(() => Promise.all([end.close(), new Promise((resolve) => rtcp.close(() => resolve(null)))]));
    if (bound) return { end, rtcp };
  }
  throw new Error("no two neighbouring UDP ports are free");
}

const heard: Omit<VoipMetrics, "source"> = {
  lostShare: 0.25,
  discardedShare: 0,
  burstDensity: 0.5,
  gapDensity: 0,
  burstMs: 100,
  gapMs: 1000,
  roundTripMs: null,
  endSystemMs: null,
  signalLevel: -20,
  noiseLevel: null,
  echoReturnLoss: null,
  r: 77,
  mosListening: 3.9,
  mosConversation: 3.8,
  concealment: "standard",
  isBufferAdaptive: true,
  bufferRate: 0,
  bufferNominalMs: 40,
  bufferMaximumMs: 60,
  bufferLimitMs: 400,
};

test("status tells how a call is heard at both ends, its goodbye tells the far end, and who wants to see both does", {
  timeout,
}, async (context) => {
  const house = await VoiceHouse.open(context, { seeRtcp: true });
  const seen: RtcpSeen[] = [];
  const seenLast = new Promise<RtcpSeen>((resolve) => {
    house.voice.onRtcp = (one) => {
      seen.push(one);
      if (readReport(one.octets)?.bye === true) resolve(one);
    };
  });
  const { end, rtcp } = await farEnd(context);
  house.perform({
    kind: "openRtp",
    endpoint: "rtp:0",
    remote: end.where,
    format: "PCMA",
    payloadType: 8,
    eventPayloadType: 101,
    direction: "sendrecv",
  });
  const first = end.hear(() => true);
  const { ssrc } = await first;
  await end.talk(
    house.portOf(0),
    8,
    (n) => numberedFrame(n),
    () => end.received.length > 30,
  );
  const port = house.portOf(0) + 1;
  end.sendRaw(writeVoipMetrics(end.port, { ...heard, source: ssrc }).subarray(0, 40), port);
  end.sendRaw(writeVoipMetrics(end.port, { ...heard, source: ssrc ^ 1, r: 1 }), port);
  end.sendRaw(writeVoipMetrics(end.port, { ...heard, source: ssrc }), port);
  let { streams, malformedPackets } = await house.voice.status();
  while (streams[0]?.quality.farEnd === null) {
    await end.hear(() => true);
    ({ streams, malformedPackets } = await house.voice.status());
  }
  const quality = streams[0]?.quality;
  assert.ok((quality?.losses?.packets ?? 0) > 10);
  assert.deepEqual([quality?.r, quality?.roundTripMs, quality?.levelDbm0], [null, null, null]);
  assert.deepEqual([quality?.farEnd?.r, quality?.farEnd?.lostShare, quality?.farEnd?.levelDbm0], [77, 0.25, -20]);
  assert.equal(malformedPackets, 1, "the one that was cut");
  const goodbye = async (): Promise<Uint8Array> => {
    while (true) {
      const [octets] = (await once(rtcp, "message")) as [Buffer]; // what dgram gives first
      if (readReport(octets)?.bye === true) return octets;
    }
  };
  const last = goodbye();
  house.perform({ kind: "close", endpoint: "rtp:0" });
  const octets = await last;
  const own = { address: "127.0.0.1", port };
  const goodbyeSeen = await seenLast;
  assert.deepEqual(Buffer.from(goodbyeSeen.octets), Buffer.from(octets));
  assert.deepEqual([goodbyeSeen.endpoint, goodbyeSeen.from.port, goodbyeSeen.to.port], ["rtp:0", port, end.port + 1]);
  const came = seen.filter(({ to }) => to.port === port);
  assert.deepEqual(came[0]?.to, own);
  assert.equal(came[0]?.from.port, end.port);
  assert.equal(readVoipMetrics(came[0]?.octets ?? new Uint8Array())[0]?.r, 1, "the first that was let in");
  const metrics = readVoipMetrics(octets)[0];
  assert.equal(metrics?.source, end.port);
  assert.equal(metrics?.concealment, "standard");
});
