import assert from "node:assert/strict";
import { test } from "node:test";
import type { RtpFormat } from "../../../src/message/media.ts";
import { OfferAnswer } from "../../../src/vendor/sip/sdp/offer-answer.ts";
import { media } from "./house.ts";

function taken(...attributes: readonly string[]) {
  const here = new OfferAnswer("192.0.2.1", () => 4000, [{ format: "codec:X-BLOCK/16000", frameMs: 20 }]);
  const lines = ["v=0", "o=- 1 1 IN IP4 192.0.2.9", "s=-", "c=IN IP4 192.0.2.9", "t=0 0", "m=audio 6000 RTP/AVP 0 110"];
  const description = here.take([...lines, "a=rtpmap:110 X-BLOCK/16000", ...attributes, ""].join("\r\n"));
  if (typeof description === "string") return description;
  const { packetMs, mostPacketMs, codecs } = description;
  return { packetMs, mostPacketMs, codecs: codecs.map(({ format }) => format), answer: here.answer(media) };
}

for (const [said, read] of [
  ["10", 10],
  ["20", 20],
  ["22.5", 22.5],
  ["40", 40],
  ["60", 60],
  ["005", 5],
  ["999999999", 999_999_999],
] as const)
  test(`a wish for packets of ${said} ms is read`, () => {
    const description = taken(`a=ptime:${said}`);
    assert.equal(typeof description === "string" ? description : description.packetMs, read);
  });

for (const nonsense of [
  "0",
  "0.0",
  "-20",
  "1e9",
  "1000000000",
  "20ms",
  "twenty",
  "",
  " 20",
  "20 40",
  "0x14",
  "Infinity",
])
  test(`a packet time of "${nonsense}" is none, and passed over`, () => {
    const description = taken("a=ptime:30", `a=ptime:${nonsense}`, `a=maxptime:${nonsense}`);
    assert.ok(typeof description !== "string");
    assert.deepEqual([description.packetMs, description.mostPacketMs], [30, undefined]);
  });

test("the most that they take is read, and a codec whose frames are longer is not spoken", () => {
  const description = taken("a=ptime:20", "a=maxptime:150");
  assert.ok(typeof description !== "string");
  assert.equal(description.mostPacketMs, 150);
  assert.deepEqual(description.codecs, ["PCMU", "codec:X-BLOCK/16000"]);
  const shorter = taken("a=maxptime:10");
  assert.ok(typeof shorter !== "string");
  assert.deepEqual(shorter.codecs, ["PCMU"]);
});

test("who takes no packets of 10 ms is told that ours have as much", () => {
  for (const most of ["5", "9.9", "0.125"]) assert.match(`${taken(`a=maxptime:${most}`)}`, /maxptime .*10 ms at least/);
});

test("an answer says how long our packets are, whatever was wished for", () => {
  const description = taken("a=ptime:60", "a=maxptime:60");
  assert.ok(typeof description !== "string");
  assert.match(description.answer, /\r\na=ptime:20\r\n/);
});

test("a codec with longer frames says how long its packets are, and who takes none so long does not speak it", () => {
  const plugins = [
    { format: "codec:iLBC/8000", frameMs: 30 },
    { format: "codec:X-SHORT/8000", frameMs: 10 },
  ] as const;
  const offered = (format: RtpFormat, ptimeMs: number) => {
    const offer = new OfferAnswer("192.0.2.1", () => 4000, plugins, ptimeMs).offer({
      ...media,
      codecs: [
        { format, payloadType: 106 },
        { format: "PCMA", payloadType: 8 },
      ],
    });
    return /a=ptime:(\d+)/.exec(offer)?.[1];
  };
  assert.deepEqual([offered("codec:iLBC/8000", 10), offered("codec:X-SHORT/8000", 10)], ["30", "10"]);
  assert.deepEqual([offered("codec:X-SHORT/8000", 20), offered("PCMU", 10)], ["20", "10"]);
  const spoken = (maxptime: number) => {
    const lines = ["v=0", "c=IN IP4 192.0.2.9", "t=0 0", "m=audio 6000 RTP/AVP 106 107", `a=maxptime:${maxptime}`];
    const text = [...lines, "a=rtpmap:106 iLBC/8000", "a=rtpmap:107 X-SHORT/8000", ""].join("\r\n");
    const taken = new OfferAnswer("192.0.2.1", () => 4000, plugins, 10).take(text);
    return typeof taken === "string" ? taken : taken.codecs.map(({ payloadType }) => payloadType);
  };
  assert.deepEqual([spoken(30), spoken(29), spoken(10)], [[106, 107], [107], [107]]);
});
