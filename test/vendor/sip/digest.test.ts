import assert from "node:assert/strict";
import { test } from "node:test";
import { bestChallenge } from "../../../src/vendor/sip/hub/challenge.ts";
import { digestResponse } from "../../../src/vendor/sip/library/digest.ts";

/** RFC 7616 §3.9.1. */
const mufasa = { user: "Mufasa", password: "Circle of Life" };
const example = {
  realm: "http-auth@example.org",
  nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
  qop: "auth",
  cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
  nc: "00000001",
  method: "GET",
  uri: "/dir/index.html",
  body: "",
} as const;

test("the digests of RFC 7616 come out", () => {
  assert.equal(digestResponse(mufasa, { ...example, algorithm: "MD5" }), "8ca523f5e9506fed4657c9700eebdbec");
  assert.equal(
    digestResponse(mufasa, { ...example, algorithm: "SHA-256" }),
    "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
  );
});

test("the digest of RFC 2069 without qop comes out", () => {
  const input = {
    algorithm: "MD5",
    realm: "testrealm@host.com",
    nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093",
    qop: null,
    cnonce: "",
    nc: "",
    method: "GET",
    uri: "/dir/index.html",
    body: "",
  } as const;
  // RFC 2069 §2.4 as corrected by its erratum 749.
  assert.equal(digestResponse({ user: "Mufasa", password: "CircleOfLife" }, input), "1949323746fe6a43ef61f9606e7febea");
});

test("of several challenges the strongest that we know is taken", () => {
  const md5 = 'Digest realm="r", nonce="1", qop="auth"';
  const sha = 'Digest realm="r", nonce="2", qop="auth,auth-int", algorithm=SHA-256';
  for (const lines of [[md5, sha], [sha, md5], [`${md5}, ${sha}`], [`${sha},${md5}`]])
    assert.deepEqual(bestChallenge(lines), {
      realm: "r",
      nonce: "2",
      opaque: null,
      algorithm: "SHA-256",
      qop: "auth",
      stale: false,
    });
});

test("a challenge that nobody can answer is none", () => {
  for (const line of [
    "",
    "Basic realm=x",
    'Digest realm="r"',
    'Digest nonce="n"',
    'Digest realm="r", nonce="n", algorithm=ROT13',
    'Digest realm="r", nonce="n", qop="other"',
    'Digest realm="r, nonce="n',
  ])
    assert.equal(bestChallenge([line]), null, line);
});
