import assert from "node:assert/strict";
import { test } from "node:test";
import type { LocalMedia } from "../../../src/message/media.ts";
import { OfferAnswer } from "../../../src/vendor/sip/sdp/offer-answer.ts";

const offer = [
  "v=0",
  "o=- 1 1 IN IP4 192.0.2.9",
  "s=-",
  "c=IN IP4 192.0.2.9",
  "t=0 0",
  "m=audio 5000 RTP/AVP 5 118 8",
  "a=rtpmap:5 dvi4/8000",
  "a=rtpmap:118 X-OTHER/8000",
  "",
].join("\r\n");

const media: LocalMedia = {
  endpoint: "rtp:0",
  codecs: [{ format: "codec:DVI4/8000", payloadType: 106 }],
  eventPayloadType: null,
  direction: "sendrecv",
};

test("a codec of the configuration is found in an offer, whatever its case, and others still are not", () => {
  const side = new OfferAnswer("192.0.2.1", () => 4000, [{ format: "codec:DVI4/8000", frameMs: 20 }]);
  const taken = side.take(offer);
  assert.ok(typeof taken !== "string");
  assert.deepEqual(taken.codecs, [
    { format: "codec:DVI4/8000", payloadType: 5 },
    { format: "PCMA", payloadType: 8 },
  ]);
  const without = new OfferAnswer("192.0.2.1", () => 4000).take(offer);
  assert.ok(typeof without !== "string");
  assert.deepEqual(
    without.codecs.map(({ format }) => format),
    ["PCMA"],
  );
});

test("it is offered by its name and clock rate", () => {
  const side = new OfferAnswer("192.0.2.1", () => 4000, [{ format: "codec:DVI4/8000", frameMs: 20 }]);
  assert.match(side.offer(media), /m=audio 4000 RTP\/AVP 106\r\na=rtpmap:106 DVI4\/8000\r\n/);
});
