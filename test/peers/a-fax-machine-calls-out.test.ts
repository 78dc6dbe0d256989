import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { CallRecord } from "../../src/message/record.ts";
import { faxSound } from "../assembly/fax-sound.ts";
import { freePorts } from "./harness/free-ports.ts";
import { Sipp } from "./harness/sipp.ts";
import { writeWav } from "./harness/wav.ts";
import { World } from "./harness/world.ts";

//  fax at port 1      gateway              SIPp
//    |--801----------->|--INVITE G722 …---->|
//    |                 |<--200 G722---------|
//    |--talk---------->|                    |      nothing happens
//    |--CNG----------->|--INVITE PCMA PCMU->|
//    |                 |<--200 PCMA---------|
//    |                 |<--INVITE T.38------|
//    |                 |--488-------------->|
//    |--on-hook------->|--BYE-------------->|

const farEnd = join(import.meta.dirname, "scenario/uas-answers-g722-then-g711.xml");
const talk = join(import.meta.dirname, "../../../shared/vectors/audio/speech-8k/c2-hts1a.wav");

const wideLine = (peerPort: number) => `
[[line]]
name = "wide"
mode = "direct"
user = "wide"
codecs = ["G722", "PCMA", "PCMU"]
server = "127.0.0.1:${peerPort}"

[[outgoing]]
name = "wide"
pattern = "8xx"
line = "wide"
`;

test("a fax machine at an analog port switches a call in G.722 to G.711 by its tone, talk does not, and T.38 is refused", async (t) => {
  const peerPort = await freePorts(1);
  const world = await World.open(t, { peerPort, extra: wideLine(peerPort) });
  const { house } = world;
  const far = await Sipp.start(world.scratch, { scenario: farEnd, target: null, port: peerPort });
  const tone = join(house.dataDir, "cng.wav");
  await writeWav(tone, { rateHz: 8000, samples: faxSound({ hertz: 1100, ms: 500 }) });
  const port = house.phone("port:1");
  await port.dial("801");
  await house.fact("callAnswered", 5000);
  await port.act({ kind: "say", file: talk });
  const formats = async () =>
    (await house.status()).voiceStatus?.streams.map(({ endpoint, format }) => `${endpoint} ${format}`).sort();
  assert.deepEqual(await formats(), ["rtp:0 G722", "usb:dongle:1:0 L16"]);
  assert.ok(!house.door.facts.some(({ fact }) => fact.kind === "callCarriesFax"), "talk was taken for a fax machine");
  await port.act({ kind: "say", file: tone });
  const heard = await house.fact("callCarriesFax", 3000);
  assert.deepEqual([heard.party, heard.tone], ["port:1", "cng"]);
  await house.settles("the port follows the far end to A-law", 3000, async () => {
    const now = await formats();
    return JSON.stringify(now) === '["rtp:0 PCMA","usb:dongle:1:0 PCMA"]' ? null : JSON.stringify(now);
  });
  await far.received("488", 5000);
  await port.hangUp();
  await far.succeeds(10_000);
  const wanted = ["< INVITE", "< 488 INVITE", "< BYE"];
  assert.deepEqual(
    far.ladder().filter((rung) => wanted.includes(rung)),
    ["< INVITE", "< INVITE", "< 488 INVITE", "< BYE"],
  );
  await house.isQuiet();
  // The voice worker measures until it closes the endpoints, and tells it then.
  let quality: CallRecord["quality"] = [];
  await house.settles("how both sides were heard is in the log", 3000, async () => {
    quality = (await house.log())[0]?.quality ?? [];
    return quality.length === 2 ? null : JSON.stringify(quality);
  });
  assert.deepEqual(
    quality.map(({ party, codec }) => [party, codec]),
    [
      ["port:1", "PCMA"],
      ["line:wide", "PCMA"],
    ],
  );
  assert.ok((quality[1]?.sent ?? 0) > 100);
});
