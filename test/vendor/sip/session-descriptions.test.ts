import assert from "node:assert/strict";
import { test } from "node:test";
import type { LocalMedia } from "../../../src/message/media.ts";
import { OfferAnswer } from "../../../src/vendor/sip/sdp/offer-answer.ts";
import { media } from "./house.ts";

function sdp(...lines: string[]): string {
  return ["v=0", "o=- 1 1 IN IP4 10.0.0.2", "s=-", ...lines, ""].join("\r\n");
}

function negotiation(): OfferAnswer {
  return new OfferAnswer("192.0.2.1", () => 4000);
}

function taken(...lines: string[]) {
  return negotiation().take(sdp(...lines));
}

test("codecs come in the offered order, static or by rtpmap, others are left out", () => {
  const description = taken(
    "c=IN IP4 10.0.0.2",
    "m=audio 6000 RTP/AVP 9 96 0 18 2 98 99 97 13",
    "a=rtpmap:96 pcma/8000/1",
    "a=rtpmap:98 l16/16000",
    "a=rtpmap:99 AAL2-G726-32/8000",
    "a=rtpmap:97 telephone-event/8000",
    "a=ptime:30",
  );
  assert.deepEqual(description, {
    remote: { address: "10.0.0.2", port: 6000 },
    codecs: [
      { format: "G722", payloadType: 9 },
      { format: "PCMA", payloadType: 96 },
      { format: "PCMU", payloadType: 0 },
      { format: "L16/16000", payloadType: 98 },
      { format: "AAL2-G726-32", payloadType: 99 },
    ],
    eventPayloadType: 97,
    comfortNoise: true,
    direction: "sendrecv",
    packetMs: 30,
  });
});

test("nothing in common is an empty list, not an error", () => {
  const description = taken("c=IN IP4 10.0.0.2", "m=audio 6000 RTP/AVP 2 18");
  assert.deepEqual(typeof description === "string" ? description : description.codecs, []);
});

const holds: readonly (readonly [string, readonly string[], string])[] = [
  ["an attribute of the stream", ["c=IN IP4 10.0.0.2", "m=audio 6000 RTP/AVP 0", "a=sendonly"], "sendonly"],
  ["an attribute of the session", ["c=IN IP4 10.0.0.2", "a=inactive", "m=audio 6000 RTP/AVP 0"], "inactive"],
  [
    "the stream's own before the session's",
    ["c=IN IP4 10.0.0.2", "a=inactive", "m=audio 6 RTP/AVP 0", "a=recvonly"],
    "recvonly",
  ],
  ["c=0.0.0.0", ["c=IN IP4 0.0.0.0", "m=audio 6000 RTP/AVP 0"], "sendonly"],
  [
    "c=0.0.0.0 at the stream",
    ["c=IN IP4 10.0.0.2", "m=audio 6000 RTP/AVP 0", "c=IN IP4 0.0.0.0", "a=inactive"],
    "inactive",
  ],
];

for (const [what, lines, direction] of holds)
  test(`hold is seen in ${what}`, () => {
    const description = taken(...lines);
    assert.equal(typeof description === "string" ? description : description.direction, direction);
  });

const unusable: readonly (readonly [string, string])[] = [
  ["empty", ""],
  ["no version", "o=- 1 1 IN IP4 1.2.3.4\r\n"],
  ["no stream", sdp("c=IN IP4 10.0.0.2")],
  ["no address", sdp("m=audio 6000 RTP/AVP 0")],
  ["a name for an address", sdp("c=IN IP4 host.example.com", "m=audio 6000 RTP/AVP 0")],
  ["an address that is none", sdp("c=IN IP4 10.0.0.256", "m=audio 6000 RTP/AVP 0")],
  ["a multicast address", sdp("c=IN IP4 224.0.0.1/127", "m=audio 6000 RTP/AVP 0")],
  ["broadcast", sdp("c=IN IP4 255.255.255.255", "m=audio 6000 RTP/AVP 0")],
  ["a port over 65535", sdp("c=IN IP4 10.0.0.2", "m=audio 65536 RTP/AVP 0")],
  ["port 0", sdp("c=IN IP4 10.0.0.2", "m=audio 0 RTP/AVP 0")],
  ["encrypted only", sdp("c=IN IP4 10.0.0.2", "m=audio 6000 RTP/SAVP 0")],
  ["video only", sdp("c=IN IP4 10.0.0.2", "m=video 6000 RTP/AVP 31")],
  ["nine streams", sdp("c=IN IP4 10.0.0.2", ...Array(9).fill("m=audio 6000 RTP/AVP 0"))],
  ["65 formats", sdp("c=IN IP4 10.0.0.2", `m=audio 6000 RTP/AVP ${Array(65).fill("0").join(" ")}`)],
  ["300 lines", sdp("c=IN IP4 10.0.0.2", "m=audio 6000 RTP/AVP 0", ...Array(300).fill("a=x"))],
  ["9 kB", sdp("c=IN IP4 10.0.0.2", "m=audio 6000 RTP/AVP 0", `a=${"x".repeat(9000)}`)],
];

for (const [what, text] of unusable)
  test(`a description with ${what} is refused in words`, () => {
    assert.equal(typeof negotiation().take(text), "string");
  });

const everyDirection = ["sendrecv", "sendonly", "recvonly", "inactive"] as const;

test("an answer never does what the offer does not allow", () => {
  const allowed = { sendrecv: 3, sendonly: 2, recvonly: 1, inactive: 0 } as const; // bit 0: we may send, bit 1: we may receive
  const does = { sendrecv: 3, sendonly: 1, recvonly: 2, inactive: 0 } as const;
  for (const offered of everyDirection)
    for (const wanted of everyDirection) {
      const side = negotiation();
      side.take(sdp("c=IN IP4 10.0.0.2", "m=audio 6000 RTP/AVP 0", `a=${offered}`));
      const answer = side.answer({ ...media, direction: wanted });
      const direction = everyDirection.find((one) => answer.includes(`a=${one}\r\n`)) ?? "none";
      assert.notEqual(direction, "none");
      if (direction !== "none") assert.equal(does[direction], allowed[offered] & does[wanted], `${offered} ${wanted}`);
    }
});

test("the version counts up when something changed and only then", () => {
  const side = negotiation();
  const version = (text: string) => /^o=- \d+ (\d+) /m.exec(text)?.[1];
  assert.equal(version(side.offer(media)), "1");
  assert.equal(version(side.offer(media)), "1");
  assert.equal(version(side.offer({ ...media, direction: "sendonly" })), "2");
});

test("a re-offer keeps the streams there were, in their order", () => {
  const side = negotiation();
  side.take(sdp("c=IN IP4 10.0.0.2", "m=video 7000 RTP/AVP 31", "m=audio 6000 RTP/AVP 0"));
  side.answer(media);
  assert.match(side.offer(media), /m=video 0 RTP\/AVP 31\r\nm=audio 4000 RTP\/AVP 8 0 101\r\n/);
});

test("an IPv6 address is written and read as one", () => {
  const side = new OfferAnswer("2001:db8::1", () => 4000);
  const offered: LocalMedia = media;
  const text = side.offer(offered);
  assert.match(text, /^c=IN IP6 2001:db8::1\r$/m);
  const description = negotiation().take(text);
  assert.equal(typeof description === "string" ? description : description.remote.address, "2001:db8::1");
});
