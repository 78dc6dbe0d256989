import assert from "node:assert/strict";
import { test } from "node:test";
import { parseByPeg, parseCanonical } from "../../../src/vendor/sip/library/fast-grammar.ts";

/** Inputs of each rule as the hub writes them, and near misses that must go to the PEG. */
const forms: Readonly<Record<string, readonly string[]>> = {
  Request_Response: [
    "INVITE sip:abc_-9@hub.invalid SIP/2.0",
    "BYE sip:Zm9v@hidden.invalid SIP/2.0",
    "SIP/2.0 200 OK",
    "SIP/2.0 180 ",
    "SIP/2.0 486 Busy Here",
    "SIP/2.0 099 x",
    "INVITE sip:a@b SIP/2.0",
    "INVITE sip:a@hub.invalid SIP/3.0",
  ],
  Via: [
    "SIP/2.0/UDP hub.invalid;branch=z9hG4bKs17",
    "SIP/2.0/UDP hub.invalid;branch=z9hG4bK1234567",
    "SIP/2.0/TCP hub.invalid;branch=z9hG4bK1",
    "SIP/2.0/UDP hub.invalid;branch=",
  ],
  From: [
    "<sip:abc@hidden.invalid>;tag=x1",
    "<sip:abc@hidden.invalid>",
    "<sip:abc@hidden.invalid>;tag=a.b-c_d",
    "<sip:abc@hidden.invalid>;expires=1",
    '"x" <sip:abc@hidden.invalid>',
  ],
  To: ["<sip:abc@hidden.invalid>;tag=x1", "<sip:abc@hidden.invalid>", "<sip:@hidden.invalid>"],
  Contact: [
    "<sip:abc@hidden.invalid>",
    "<sip:abc@hidden.invalid>;expires=60",
    "<sip:abc@hidden.invalid>;expires=2000000",
    "<sip:abc@hidden.invalid>;expires=x",
  ],
  Record_Route: ["<sip:abc@route.invalid>", "<sip:abc@route.invalid>;x=y"],
  CSeq: ["1 INVITE", "2147483647 REGISTER", "1  INVITE", "x INVITE", "1 INV ITE"],
  Call_ID: ["abc", "abc@d.e", "a%b!'~(x)<y>:\\\"/[]?{}", "a b", "a@b@c", "ü"],
  Content_Length: ["0", "8192", "-1", "1 2"],
  Content_Type: ["application/sdp", "application/dtmf-relay", "text/plain;x=y"],
};

for (const [rule, inputs] of Object.entries(forms))
  test(`${rule}: what the fast form takes, sip.js's own parser takes in the same way`, () => {
    const taken = inputs.filter((input) => parseCanonical(input, rule) !== null);
    assert.ok(taken.length > 0);
    for (const input of taken) {
      const fast = parseCanonical(input, rule);
      const slow = parseByPeg(input, rule);
      assert.deepEqual(plain(fast, input), plain(slow, input), input);
      assert.equal(
        Object.getPrototypeOf(fast)?.constructor?.name,
        Object.getPrototypeOf(slow)?.constructor?.name,
        input,
      );
    }
  });

test("10,000 mutated inputs: never another meaning than sip.js's own parser gives", () => {
  const rules = Object.entries(forms);
  let seed = 1;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  const alphabet = '<>;:@="\\ \t,%/.\u00e40aZ\r\n*';
  let taken = 0;
  for (let round = 0; round < 10_000; round++) {
    const [rule, inputs] = rules[random(rules.length)] ?? ["", []];
    const input = inputs[random(inputs.length)] ?? "";
    const at = random(input.length + 1);
    const mutated = input.slice(0, at) + (alphabet[random(alphabet.length)] ?? "") + input.slice(at + random(2));
    const fast = parseCanonical(mutated, rule);
    if (fast === null) continue;
    taken++;
    assert.deepEqual(
      plain(fast, mutated),
      plain(parseByPeg(mutated, rule), mutated),
      `${rule} ${JSON.stringify(mutated)}`,
    );
  }
  assert.ok(taken > 500);
});

/** As JSON, with the text that the positions in a list stand for; no display name is "" here and undefined there. */
function plain(parsed: unknown, input: string): unknown {
  const json = (value: unknown) =>
    JSON.parse(JSON.stringify(value, (key, held) => (key === "_displayName" ? held || undefined : held)));
  if (!Array.isArray(parsed)) return json(parsed);
  return parsed.map((entry: { position: number; offset: number; parsed: unknown }) => ({
    text: input.substring(entry.position, entry.offset),
    parsed: json(entry.parsed),
  }));
}
