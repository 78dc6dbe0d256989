import assert from "node:assert/strict";
import { test } from "node:test";
import { type CallerIdMessage, readCallerId } from "../../../src/emulator/ear/caller-id.ts";
import { CallerIdReceiver } from "../../../src/emulator/ear/caller-id-receiver.ts";
import type { CallerIdStandard } from "../../../src/message/country.ts";
import type { VoiceFormat } from "../../../src/message/media.ts";
import { coded, frames, fsk, joined, mdmf, recordings, silence, withChecksum } from "../sounds.ts";

function receive(standard: CallerIdStandard, sound: Int16Array, format: VoiceFormat = "PCMA") {
  const messages: CallerIdMessage[] = [];
  const receiver = new CallerIdReceiver(standard, (message) => messages.push(message));
  for (const frame of frames(joined(sound, silence(200)))) receiver.hear(coded(format, frame));
  return { messages, broken: receiver.broken };
}

for (const standard of ["bell202", "v23"] as const) {
  for (const format of ["PCMA", "PCMU", "L16"] as const) {
    test(`${standard}: number and name arrive through ${format} at every level a phone must accept`, () => {
      for (const level of [-32, -24, -14, -8]) {
        const { messages } = receive(standard, fsk(standard, mdmf("+4930123456", "Anna Beispiel"), level), format);
        assert.deepEqual(
          messages,
          [{ number: "+4930123456", name: "Anna Beispiel", absence: null, dateTime: "11222150" }],
          `${level} dBm0`,
        );
      }
    });
  }

  test(`${standard}: the message may begin at any sample`, () => {
    for (let shift = 0; shift < 40; shift += 3) {
      const { messages } = receive(standard, joined(new Int16Array(shift), fsk(standard, mdmf("600", "X"))));
      assert.equal(messages[0]?.number, "600", `shifted by ${shift}`);
    }
  });
}

test("a single data message gives the number", () => {
  const content = Array.from("112221500301234", (one) => one.charCodeAt(0));
  const { messages } = receive("bell202", fsk("bell202", withChecksum(0x04, content)));
  assert.deepEqual(messages, [{ number: "0301234", name: null, absence: null, dateTime: "11222150" }]);
});

test("a withheld number is no number", () => {
  const { messages } = receive("v23", fsk("v23", withChecksum(0x80, [0x04, 1, 0x50])));
  assert.deepEqual(messages, [{ number: null, name: null, absence: "withheld", dateTime: null }]);
});

test("a wrong checksum shows nothing and is counted", () => {
  const message = mdmf("123", "Bad");
  message[message.length - 1] = 0x55;
  assert.deepEqual(receive("v23", fsk("v23", message)), { messages: [], broken: 1 });
});

test("a message cut short shows nothing, and the next one is shown", () => {
  const sound = fsk("v23", mdmf("123", "Cut"));
  const cut = sound.subarray(0, sound.length - 600);
  const { messages, broken } = receive("v23", joined(cut, silence(300), fsk("v23", mdmf("456", "Whole"))));
  assert.equal(broken, 1);
  assert.deepEqual(
    messages.map(({ number }) => number),
    ["456"],
  );
});

test("speech is no caller ID", () => {
  for (const { name, samples } of recordings("speech-8k").slice(0, 12))
    assert.deepEqual(receive("v23", samples).messages, [], name);
});

test("parameters that run over the end of the message are refused", () => {
  assert.equal(readCallerId(withChecksum(0x80, [0x02, 9, 0x31])), null);
  assert.equal(readCallerId(withChecksum(0x04, [0x31])), null);
  assert.equal(readCallerId(new Uint8Array(0)), null);
  assert.equal(readCallerId(withChecksum(0x33, [0x02, 1, 0x31])), null);
});
