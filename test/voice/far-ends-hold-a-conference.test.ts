import assert from "node:assert/strict";
import type { BuiltInFormat } from "../../src/message/media.ts";
import { Coder } from "../assembly/coder.ts";
import { test } from "./each-edge.ts";
import { FarEnd } from "./far-end.ts";
import { VoiceHouse } from "./house.ts";

const timeout = 20_000;
const formats = ["PCMA", "PCMU", "L16/8000"] as const;
const payloadTypes = [8, 0, 96];
/** Values that both laws have to the bit. */
const values = [8, 1000, 4191].map((value, n) => {
  const coder = new Coder(formats[n] ?? "PCMA");
  return coder.decode(coder.encode(new Int16Array(160).fill(value)))[0] ?? 0;
});

function coded(format: BuiltInFormat, value: number): Buffer {
  return Buffer.from(new Coder(format).encode(new Int16Array(160).fill(value)));
}

test("three far ends with three codecs each hear the sum of the others, and two are left when one leaves", {
  timeout,
}, async (context) => {
  const house = await VoiceHouse.open(context);
  const ends = await Promise.all(formats.map(() => FarEnd.open()));
  context.after(() => Promise.all(ends.map((end) => end.close())));
  for (const [n, end] of ends.entries()) {
    house.perform({
      kind: "openRtp",
      endpoint: `rtp:${n}`,
      remote: end.where,
      format: formats[n] ?? "PCMA",
      payloadType: payloadTypes[n] ?? 8,
      eventPayloadType: null,
      direction: "sendrecv",
    });
    house.perform({ kind: "mix", endpoint: `rtp:${n}`, conference: "conference:1" });
  }
  /** Everybody talks until each of `who` has heard the sum of the others of them five times. */
  const talk = async (who: readonly number[]) => {
    const all = who.reduce((sum, n) => sum + (values[n] ?? 0), 0);
    await Promise.all(
      who.map(async (n) => {
        const format = formats[n] ?? "PCMA";
        const wanted = coded(format, all - (values[n] ?? 0));
        const said = coded(format, values[n] ?? 0);
        let heard = 0;
        await ends[n]?.talk(
          house.portOf(n),
          payloadTypes[n] ?? 8,
          () => said,
          ({ payload }) => {
            if (wanted.equals(payload)) heard++;
            return heard >= 5;
          },
        );
        assert.equal(heard, 5);
      }),
    );
  };
  await talk([0, 1, 2]);
  const { streams } = await house.voice.status();
  assert.deepEqual(
    streams.map(({ peer }) => peer),
    ["conference:1", "conference:1", "conference:1"],
  );
  house.perform({ kind: "close", endpoint: "rtp:1" });
  await talk([0, 2]);
});

test("who is not there can not be a party, and that is told", { timeout }, async (context) => {
  const house = await VoiceHouse.open(context, { streams: 2 });
  house.perform({ kind: "mix", endpoint: "rtp:1", conference: "conference:1" });
  const { endpoint, reason } = await house.until("endpointFailed");
  assert.deepEqual([endpoint, reason], ["rtp:1", "rtp:1 is closed: open it first"]);
});
