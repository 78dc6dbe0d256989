import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const folder = new URL("../../../../shared/vectors/", import.meta.url);

interface Expectation {
  readonly kind?: "response";
  readonly codes: "any" | readonly number[];
  readonly forbid?: readonly number[];
  readonly silent: boolean | "tolerated";
}

interface Verdict {
  readonly expect: Expectation;
  readonly tolerant?: boolean;
}

export interface TortureMessage {
  readonly name: string;
  readonly octets: Uint8Array;
  /** Null when this answer (undefined: none) is one that RFC 4475 lets a UAS give; else what is wrong with it. */
  readonly verdict: (status: number | undefined) => string | null;
}

/** The messages of RFC 4475 with their verdicts, to a user agent that takes any Request-URI as its own. */
export function tortureMessages(): TortureMessage[] {
  const read = (name: string) => readFileSync(new URL(`sip-torture/rfc4475/${name}`, folder));
  const verdicts = JSON.parse(read("verdicts.json").toString()) as Record<string, Verdict>;
  return Object.entries(verdicts).map(([name, verdict]) => ({
    name,
    octets: read(name),
    verdict: (status) => judge(verdict, status),
  }));
}

function judge({ expect, tolerant }: Verdict, status: number | undefined): string | null {
  if (expect.kind === "response") return status === undefined ? null : `a response was answered with ${status}`;
  if (status === undefined) return expect.silent === false ? "no answer" : null;
  if (expect.forbid?.includes(status) === true) return `${status} is forbidden`;
  if (expect.codes === "any" || expect.codes.includes(status)) return null;
  return tolerant === true && status < 500 ? null : `${status} instead of ${expect.codes.join(" or ")}`;
}

export interface ProtosCase {
  readonly invite: Uint8Array;
  readonly teardown: readonly Uint8Array[];
}

/** The PROTOS c07-sip cases, filled in as the original tool does: an INVITE, then CANCEL and ACK. */
export function* protosCases(from: string): Generator<ProtosCase> {
  const tar = gunzipSync(readFileSync(new URL("protos-c07/testcases.tar.gz", folder)));
  for (let at = 0; at + 512 <= tar.length; ) {
    const name = tar.toString("latin1", at, at + 100).replace(/\0.*$/s, "");
    if (name === "") return;
    const size = Number.parseInt(tar.toString("latin1", at + 124, at + 136), 8);
    yield fill(tar.subarray(at + 512, at + 512 + size), Number(name), from);
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

function fill(file: Buffer, index: number, from: string): ProtosCase {
  const [invite = "", teardown = ""] = pdus(file);
  const values: Record<string, string> = {
    "From-Address": from,
    "From-IP": from,
    From: `user@${from}`,
    To: "100@127.0.0.1",
    "Call-ID": `protos${index}`,
    CSeq: "1",
    "Local-Port": "5060",
    "Branch-ID": String(index),
  };
  const put = (text: string) => text.replace(/<([A-Z][A-Za-z-]+)>/g, (mark, key: string) => values[key] ?? mark);
  const body = /\r\n\r\n([\s\S]*)$/.exec(invite)?.[1] ?? "";
  values["Content-Length"] = String(put(body).length);
  const octets = (text: string) => Buffer.from(put(text), "latin1");
  const end = (method: string) => octets(teardown.replaceAll("<Teardown-Method>", method));
  return { invite: octets(invite), teardown: [end("CANCEL"), end("ACK")] };
}

/** `<length> <octets>` one after the other. */
function pdus(file: Buffer): string[] {
  const found: string[] = [];
  for (let at = 0; at < file.length; ) {
    const space = file.indexOf(32, at);
    const length = Number(file.toString("latin1", at, space));
    found.push(file.toString("latin1", space + 1, space + 1 + length));
    at = space + 1 + length;
    while (file[at] === 10) at++;
  }
  return found;
}
