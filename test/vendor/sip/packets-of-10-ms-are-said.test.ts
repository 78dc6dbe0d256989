import assert from "node:assert/strict";
import { test } from "node:test";
import { OfferAnswer } from "../../../src/vendor/sip/sdp/offer-answer.ts";
import { media } from "./house.ts";

test("offer and answer say how long our packets are", () => {
  for (const ptimeMs of [10, 20]) {
    const here = new OfferAnswer("192.0.2.1", () => 4000, [], ptimeMs);
    const there = new OfferAnswer("192.0.2.2", () => 4000);
    const offer = here.offer(media);
    assert.match(offer, new RegExp(`\r\na=ptime:${ptimeMs}\r\n`));
    const taken = there.take(offer);
    assert.equal(typeof taken === "string" ? taken : taken.packetMs, ptimeMs);
    here.take(there.answer(media));
    there.take(here.offer(media));
    here.take(there.offer(media));
    assert.match(here.answer(media), new RegExp(`\r\na=ptime:${ptimeMs}\r\n`));
  }
});
