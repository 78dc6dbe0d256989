import assert from "node:assert/strict";
import { test } from "node:test";
import { octetsOf } from "../../../src/vendor/hep/ip-octets.ts";
import { writeHep } from "../../../src/vendor/hep/packet.ts";
import { callIdOf, withoutCredentials } from "../../../src/vendor/hep/sip-octets.ts";

test("addresses of both versions are octets; what is none is zeros", () => {
  const hex = (address: string, family: 4 | 6) => Buffer.from(octetsOf(address, family)).toString("hex");
  assert.equal(hex("192.0.2.255", 4), "c00002ff");
  assert.equal(hex("2001:db8::1", 6), "20010db8000000000000000000000001");
  assert.equal(hex("fe80::a:0:1%eth0", 6), "fe800000000000000000000a00000001");
  assert.equal(hex("::", 6), "0".repeat(32));
  assert.equal(hex("1:2:3:4:5:6:7:8", 6), "00010002000300040005000600070008");
  assert.equal(hex("192.0.2.1", 6), "00000000000000000000ffffc0000201");
  assert.equal(hex("::ffff:192.0.2.1", 6), "00000000000000000000ffffc0000201");
  assert.equal(hex("provider.example", 4), "00000000");
});

test("a packet between addresses of IP version 6 says so, and carries both", () => {
  const from = { address: "2001:db8::1", port: 5060 };
  const to = { address: "2001:db8::2", port: 5080 };
  const packet = writeHep(
    { type: 1, from, to, atUs: 1_795_000_000_123_456, correlation: "abc", payload: Buffer.from("SIP") },
    { id: 0xffff_fffe, password: "k" },
  );
  const hex = packet?.toString("hex") ?? "";
  for (const chunk of [
    "00000001 0007 0a",
    "00000005 0016 20010db8000000000000000000000001",
    "00000006 0016 20010db8000000000000000000000002",
    "00000007 0008 13c4",
    "00000008 0008 13d8",
    `00000009 000a ${(1_795_000_000).toString(16)}`,
    "0000000a 000a 0001e240",
    "0000000b 0007 01",
    "0000000c 000a fffffffe",
    "0000000e 0007 6b",
    "00000011 0009 616263",
    "0000000f 0009 534950",
  ])
    assert.ok(hex.includes(chunk.replaceAll(" ", "")), chunk);
});

const head = "REGISTER sip:a SIP/2.0\r\nVia: x\r\n";
const tail = '\r\ni: abc@def\r\nContent-Length: 13\r\n\r\nresponse="5" ';

test("of digests everything is sent but the response, which becomes as many x; nothing else changes", () => {
  for (const [line, hidden] of [
    [
      'Authorization: Digest username="response", nonce="n", response="0123456789abcdef", qop=auth',
      'Authorization: Digest username="response", nonce="n", response="xxxxxxxxxxxxxxxx", qop=auth',
    ],
    [
      'proxy-authorization : digest RESPONSE = abcd,opaque="q"',
      'proxy-authorization : digest RESPONSE = xxxx,opaque="q"',
    ],
    ['Authorization: Digest realm="r",\r\n response="ab,cd"', 'Authorization: Digest realm="r",\r\n response="xxxxx"'],
    ["Authorization: Basic YTpi", "Authorization: Basic xxxx"],
    ['Subject: response="abc" \u00e4\u20ac', null],
  ] as const) {
    const octets = Buffer.from(head + line + tail);
    const seen = Buffer.from(withoutCredentials(octets));
    assert.equal(seen.toString(), head + (hidden ?? line) + tail);
    assert.equal(octets.toString(), head + line + tail, "the message itself is as it was");
  }
});

test("a Call-ID is found in either form, in a head only", () => {
  assert.equal(callIdOf(Buffer.from(`${head}x: y${tail}`)), "abc@def");
  assert.equal(callIdOf(Buffer.from("OPTIONS sip:a SIP/2.0\r\nCALL-ID : q\r\n\r\n")), "q");
  assert.equal(callIdOf(Buffer.from("OPTIONS sip:a SIP/2.0\r\nX: 1\r\n\r\nCall-ID: q\r\n")), null);
  assert.equal(callIdOf(Buffer.alloc(0)), null);
});
