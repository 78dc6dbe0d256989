import { createSocket } from "node:dgram";
import { readdir, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { gunzipSync } from "node:zlib";

/** Input no gateway asks for. Test data is read from where it is kept, never copied. */

const vectors = join(import.meta.dirname, "../../../../shared/vectors");

/** The torture messages of RFC 4475 and RFC 5118, as octets. */
export async function tortureMessages(): Promise<readonly Buffer[]> {
  const folder = join(vectors, "sip-torture/rfc4475");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".dat")).sort();
  return Promise.all(names.map((name) => readFile(join(folder, name))));
}

/** Every n-th INVITE of the PROTOS c07-sip suite that fits a datagram, its placeholders filled. */
export async function protosMessages(every: number, target: string): Promise<readonly Buffer[]> {
  const tar = gunzipSync(await readFile(join(vectors, "protos-c07/testcases.tar.gz")));
  const cases: Buffer[] = [];
  for (let at = 0; at + 512 <= tar.length; ) {
    const name = tar.toString("latin1", at, at + 100).replace(/\0.*$/s, "");
    if (name === "") break;
    const size = Number.parseInt(tar.toString("latin1", at + 124, at + 136), 8);
    cases.push(tar.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  const chosen = cases.filter((_, n) => n % every === 0);
  return chosen.map((octets, n) => fill(firstPdu(octets), n, target)).filter((message) => message.length <= 65_507);
}

/** RTP-like noise: the fuzz seeds of others, truncated headers, foreign payload types, wrong versions, random octets. */
export async function rtpGarbage(): Promise<readonly Buffer[]> {
  const folders = ["fuzz-seeds/pj-rtp", "fuzz-seeds/pj-rtcp", "fuzz-seeds/webrtc-rtp", "fuzz-seeds/webrtc-rtcp"];
  const seeds: Buffer[] = [];
  for (const folder of folders) {
    const path = join(vectors, folder);
    for (const name of await readdir(path)) seeds.push(await readFile(join(path, name)));
  }
  const random = randomOctets(0x0ff40c);
  const noise = Array.from({ length: 300 }, (_, n) => Buffer.from(Array.from({ length: n % 256 }, random)));
  return [...seeds, ...noise].filter((octets) => octets.length > 0 && octets.length <= 65_507);
}

/** Lines a control socket should refuse one by one. */
export function controlLines(): readonly string[] {
  return [
    "",
    "{",
    "null",
    "[]",
    '"status"',
    '{"id":"x","command":"status"}',
    '{"id":1,"command":"no-such-thing","args":[]}',
    '{"id":1,"command":"phone","args":["handset:1","explode"]}',
    '{"id":1,"command":"status","args":{"a":1}}',
    '{"id":1,"command":"hangup","args":["__proto__"]}',
    `{"id":1,"command":"${"a".repeat(30_000)}"}`,
    "\u0000\u0001\u0002",
    `${"[".repeat(20_000)}`,
  ];
}

/** Sends datagrams one after the other with `gapMs` between them; resolves with the count. */
export async function sendUdp(messages: readonly Buffer[], port: number, gapMs = 2): Promise<number> {
  const socket = createSocket("udp4");
  for (const message of messages) {
    await new Promise<void>((resolve) => socket.send(message, port, "127.0.0.1", () => resolve()));
    await setTimeout(gapMs);
  }
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return messages.length;
}

/** Sends lines to a control socket; resolves with its answers when all are answered or it hangs up. */
export function sendLines(path: string, lines: readonly string[]): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let text = "";
    socket.on("connect", () => socket.end(`${lines.join("\n")}\n`));
    socket.on("data", (data: Buffer) => {
      text += data.toString("utf8");
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(text.split("\n").filter((line) => line !== "")));
  });
}

/** Whether the gateway still answers: an OPTIONS from a socket of its own gets a final response. */
export function answersOptions(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    const finish = (answered: boolean) => {
      clearTimeout(deadline);
      clearInterval(again);
      socket.close(() => resolve(answered));
    };
    const deadline = globalThis.setTimeout(() => finish(false), 3000);
    const send = () => socket.send(optionsRequest(socket.address().port), port, "127.0.0.1");
    const again = setInterval(send, 500);
    socket.on("message", (data) => {
      if (/^SIP\/2\.0 [2-6]/.test(data.toString("latin1"))) finish(true);
    });
    socket.bind(0, "127.0.0.1", send);
  });
}

function optionsRequest(from: number): string {
  const lines = [
    "OPTIONS sip:probe@127.0.0.1 SIP/2.0",
    `Via: SIP/2.0/UDP 127.0.0.1:${from};rport;branch=z9hG4bKprobe${from}`,
    "Max-Forwards: 70",
    `From: <sip:probe@127.0.0.1>;tag=probe${from}`,
    "To: <sip:probe@127.0.0.1>",
    `Call-ID: probe-${from}@127.0.0.1`,
    "CSeq: 1 OPTIONS",
    "Content-Length: 0",
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** A case holds two PDUs, each `<length> <octets>`: the INVITE and its teardown. */
function firstPdu(octets: Buffer): string {
  const blank = octets.indexOf(" ");
  const length = Number(octets.toString("latin1", 0, blank));
  return octets.toString("latin1", blank + 1, blank + 1 + length);
}

function fill(template: string, n: number, target: string): Buffer {
  const values: Readonly<Record<string, string>> = {
    "From-Name": "user",
    "From-Address": "127.0.0.1",
    "From-IP": "127.0.0.1",
    From: "user@127.0.0.1",
    // Nobody's number: the attack is on the parser and the transactions, not on people's sleep.
    To: `4999@${target}`,
    "To-Name": "4999",
    "To-Address": target,
    "To-IP": "127.0.0.1",
    "Call-ID": `protos-${n}-${process.pid}`,
    CSeq: "1",
    "Local-Port": "9",
    "Branch-ID": `${n}`,
    "Content-Length": "0",
  };
  return Buffer.from(
    template.replace(/<([A-Z][A-Za-z-]+)>/g, (whole, key: string) => values[key] ?? whole),
    "latin1",
  );
}

/** A small generator with a fixed seed: the same garbage every time. */
function randomOctets(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  };
}
