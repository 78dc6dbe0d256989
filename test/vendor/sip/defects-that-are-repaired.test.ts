import assert from "node:assert/strict";
import { test } from "node:test";
import { hideRoute, hideUri, reveal } from "../../../src/vendor/sip/hub/hidden-uri.ts";
import { normaliseRequest, normaliseResponse } from "../../../src/vendor/sip/hub/normaliser.ts";
import { header, headers, type SipRequest, type SipResponse } from "../../../src/vendor/sip/wire/message.ts";

const common = { "call-id": "c", from: "<sip:a@b>;tag=f", to: "<sip:x@y>" };

function list(fields: Readonly<Record<string, string>>) {
  return Object.entries(fields).map(([key, value]) => ({ key, value }));
}

function request(method: string, fields: Readonly<Record<string, string>> = {}, body = ""): SipRequest {
  const uri = "sip:x@y";
  return { kind: "request", method, uri, headers: list({ ...common, cseq: `1 ${method}`, via: "v", ...fields }), body };
}

function response(
  method: string,
  status: number,
  fields: Readonly<Record<string, string>> = {},
  body = "",
): SipResponse {
  return { kind: "response", status, reason: "x", headers: list({ ...common, cseq: `1 ${method}`, ...fields }), body };
}

function repaired(to: SipRequest, answer: SipResponse, trusted = true): SipResponse {
  return normaliseResponse(answer, { request: to, token: "me", contact: "sip:me@h:5060", trusted });
}

const asked = request("REGISTER", { contact: "<sip:me@h:5060>;expires=300" });

test("REGISTER 200: the expires is the binding's own, else the header's, else what was asked", () => {
  const expires = (fields: Readonly<Record<string, string>>) =>
    header(repaired(asked, response("REGISTER", 200, fields)), "contact");
  assert.equal(expires({ contact: "<sip:me@h:5060>;expires=100", expires: "200" }), "<sip:me@h:5060>;expires=100");
  assert.equal(expires({ contact: "<sip:me@h:5060>", expires: "200" }), "<sip:me@h:5060>;expires=200");
  assert.equal(
    expires({ contact: "<sip:me@h:5060>", expires: "Wed, 01 Jan 2027 00:00:00 GMT" }),
    "<sip:me@h:5060>;expires=300",
  );
  assert.equal(expires({}), "<sip:me@h:5060>;expires=300");
  assert.equal(expires({ contact: "<sip:me@h:5060>;expires=99999999999" }), "<sip:me@h:5060>;expires=2000000");
  assert.equal(expires({ contact: "<sip:me@h:5060>;expires=1" }), "<sip:me@h:5060>;expires=5");
  assert.equal(expires({ contact: "<sip:me@h:5060>;expires=0" }), "<sip:me@h:5060>;expires=0");
});

test("REGISTER 4xx is left alone", () => {
  assert.equal(header(repaired(asked, response("REGISTER", 423, { "min-expires": "900" })), "contact"), null);
});

test("INVITE 18x and 2xx get a Contact and a To tag, 100 and 4xx do not", () => {
  const invite = request("INVITE");
  for (const status of [180, 183, 200, 202]) {
    const message = repaired(invite, response("INVITE", status));
    assert.equal(header(message, "contact"), "<sip:x@y>");
    assert.match(header(message, "to") ?? "", /^<sip:x@y>;tag=untagged-[0-9a-f]{16}$/);
    assert.equal(header(repaired(invite, response("INVITE", status)), "to"), header(message, "to"), "always the same");
  }
  for (const status of [100, 302, 486])
    assert.equal(header(repaired(invite, response("INVITE", status)), "contact"), null);
});

test("several Contacts come down to the first", () => {
  const message = repaired(
    request("INVITE"),
    response("INVITE", 200, { contact: '"a, b" <sip:p@q;x>;q=1, <sip:r@s>' }),
  );
  assert.equal(header(message, "contact"), "<sip:p@q;x>");
});

test("a challenge is kept from whom it may be answered only, and never one that could leave its quotes", () => {
  const challenge = { "www-authenticate": 'Digest realm="r", nonce="n", algorithm=md5, domain="x"' };
  const line = (fields: Readonly<Record<string, string>>, trusted: boolean) =>
    headers(repaired(asked, response("REGISTER", 401, fields), trusted), "www-authenticate");
  assert.deepEqual(line(challenge, true), ['Digest realm="r", nonce="n", algorithm=MD5']);
  assert.deepEqual(line(challenge, false), []);
  assert.deepEqual(line({ "www-authenticate": 'Digest realm="a\\"b", nonce="n"' }, true), []);
});

test("a body without a type is SDP when it looks like it and nothing otherwise", () => {
  const sdp = repaired(request("INVITE"), response("INVITE", 200, {}, "v=0\r\n"));
  assert.deepEqual([header(sdp, "content-type"), sdp.body], ["application/sdp", "v=0\r\n"]);
  const other = repaired(request("INVITE"), response("INVITE", 200, {}, "hello"));
  assert.deepEqual([header(other, "content-type"), other.body], [null, ""]);
});

test("an SDP that is not for the session is no SDP", () => {
  const fields = { "content-type": "application/sdp", "content-disposition": "icon;handling=optional" };
  assert.equal(repaired(request("INVITE"), response("INVITE", 200, fields, "v=0\r\n")).body, "");
});

test("a request reaches sip.js with one Via, the token, and no foreign URI", () => {
  const fields = {
    contact: '"#" <sip:a;b=c@d>',
    "record-route": "<sip:p1;lr>, <sip:p2;lr>;x=y",
    "x-other": "\u00fc",
    from: "tel:+49;tag=q",
    cseq: "0007   INVITE",
  };
  const message = normaliseRequest(request("INVITE", fields), "me", "z9hG4bKs9");
  assert.equal(message.uri, "sip:me@hub.invalid");
  assert.deepEqual(headers(message, "via"), ["SIP/2.0/UDP hub.invalid;branch=z9hG4bKs9"]);
  assert.equal(header(message, "cseq"), "7 INVITE");
  assert.equal(header(message, "x-other"), null);
  assert.equal(reveal(header(message, "contact") ?? ""), "<sip:a;b=c@d>");
  assert.equal(reveal(header(message, "from") ?? ""), "<tel:+49>;tag=q");
  assert.deepEqual(headers(message, "record-route").map(reveal), ["<sip:p1;lr>", "<sip:p2;lr>;x=y"]);
  for (const { key, value } of message.headers) if (key !== "call-id") assert.match(value, /^[\x20-\x7e]*$/, key);
});

test("an INVITE of RFC 2543 without Contact is answered to its From", () => {
  const message = normaliseRequest(request("INVITE"), "me", "z9hG4bKs9");
  assert.equal(reveal(header(message, "contact") ?? ""), "<sip:a@b>");
});

test("hiding and revealing gives the same URI, whatever is in it, and is done once only", () => {
  for (const uri of ["sip:a@b", "tel:+1;x=\u20ac", "sip:%00@[::1]:1", hideUri("sip:inner@x"), "<>\"'"]) {
    assert.equal(reveal(hideUri(uri)), uri);
    assert.equal(reveal(hideRoute(`<${uri}>`)), `<${uri}>`);
  }
  assert.equal(reveal("sip:a@b"), "sip:a@b");
});
