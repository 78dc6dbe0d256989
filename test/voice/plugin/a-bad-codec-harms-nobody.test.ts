import assert from "node:assert/strict";
import { test } from "node:test";
import { checkCodecFile } from "../../../src/voice/plugin/check/file.ts";
import { checkCodec } from "../../../src/voice/plugin/check/kit.ts";
import { CodecFault, CodecModule } from "../../../src/voice/plugin/codec.ts";
import { fence } from "../../../src/voice/plugin/fence.ts";
import { loadCodecs } from "../../../src/voice/plugin/host.ts";
import { Rig } from "../../assembly/rig.ts";
import { writeRtp } from "../../assembly/rtp.ts";
import { constant, End, forever, local, type TinyCodec, tinyCodec, Unreachable } from "./tiny-codec.ts";

const I32 = 0x7f;
const good = tinyCodec();

/** Refused when they are loaded, each with a sentence. */
const refused: readonly (readonly [what: string, octets: Uint8Array, says: RegExp])[] = [
  ["another version of the ABI", tinyCodec({ abi: 2 }), /^codec_abi tells 2: this gateway has version 1$/],
  ["an import", tinyCodec({ imports: ["env", "print"] }), /^it imports env\.print: a codec imports nothing, or env\.m/],
  ["a function that is missing", tinyCodec({ without: ["decode"] }), /^it exports no function decode$/],
  ["no name", tinyCodec({ name: 0 }), /^codec_name does not tell a name/],
  ["the name of keys", tinyCodec({ name: "telephone-event" }), /^codec_name tells telephone-event, which is no voice/],
  ["a rate nobody has", tinyCodec({ sampleRate: 44100 }), /^codec_sample_rate tells 44100: it must be 8000 or 16000$/],
  ["frames too large", tinyCodec({ frameOctets: 641 }), /^codec_frame_octets tells 641: it must be 1 to 640 in 20 ms$/],
  ["a state too large", tinyCodec({ state: 1 << 20 }), /^codec_state\(0\) tells 1048576 octets/],
  ["too much memory", tinyCodec({ pages: 17 }), /^its memory has 17 pages of 64 KiB, the most is 16/],
  [
    "a table that takes 80 MB a stream",
    tinyCodec({ table: 10_000_000 }),
    /^its table has 10000000 entries, the most is/,
  ],
  ["a thousand exports too many", tinyCodec({ exports: 2000 }), /^it exports 2010 things, the most is 1000/],
  ["a file that was cut off", good.slice(0, good.length - 9), /^the file is no WebAssembly module: /],
  ["a file of another kind", Uint8Array.from(Buffer.from("RIFF")), /^the file is no WebAssembly module: /],
  ["ten megabytes", new Uint8Array(10_000_000), /^the file has 10000000 octets, the most is 1048576$/],
];

for (const [what, octets, says] of refused)
  test(`${what} is refused with a sentence`, () => {
    assert.throws(() => new CodecModule(octets), { message: says });
    const report = checkCodec(octets);
    assert.equal(report.good, false);
    assert.match(report.checks[0]?.found ?? "", says);
  });

test("what is no file is not read: a directory, a pipe, a device without end", async () => {
  for (const file of [import.meta.dirname, "/dev/null"]) {
    const [check] = (await checkCodecFile(file)).checks;
    assert.equal(check?.found, `${file} is no file, but a directory, a pipe or a device`);
    const codec = { file, name: "T", clockRate: 8000 };
    await assert.rejects(loadCodecs([codec]), { message: /is no file, but a directory, a pipe or a device$/ });
  }
});

/** Good until they work: what is heard of them ends their own stream. */
const failing: readonly (readonly [what: string, codec: TinyCodec, says: RegExp])[] = [
  ["a trap", { decode: [Unreachable, End] }, /codec T failed: decode trapped: unreachable/],
  ["an endless loop", { decode: forever }, /codec T failed: decode ran for more than 1000000 instructions/],
  ["an endless loop while it encodes", { encode: forever }, /codec T failed: encode ran for more than/],
  ["endless recursion", { decode: callItself(9) }, /codec T failed: decode /],
  [
    "a write outside of its memory",
    { decode: writeAt(0x7fffffff) },
    /codec T failed: decode trapped: memory access out/,
  ],
  ["endless filling", { decode: fillForEver() }, /codec T failed: decode ran for more than/],
  [
    "more samples than there are",
    { decode: [...constant(161), End] },
    /decode tells 161 samples: 20 ms at its rate are 160/,
  ],
  [
    "a longer frame than declared",
    { encode: [...constant(34), End] },
    /encode tells a frame of 34 octets: it declared 1 to 33/,
  ],
  ["a loop when it is opened", { encodeOpen: [0x03, 0x40, 0x0c, 0, End, End] }, /encode_open ran for more than/],
];

/** call of a function by its number, without end. */
function callItself(index: number): number[] {
  return [...[0, 1, 2, 3, 4].flatMap((n) => local(n)), 0x10, index, End];
}

function writeAt(address: number): number[] {
  return [...constant(address), ...constant(1), 0x36, 2, 0, ...local(4), End];
}

function fillForEver(): number[] {
  const fill = [...constant(0), ...constant(0), ...constant(65536), 0xfc, 11, 0];
  return [0x03, 0x40, ...fill, 0x0c, 0, End, ...constant(0), End];
}

for (const [what, codec, says] of failing)
  test(`${what} ends its own stream with a sentence, once, and the others go on`, () => {
    const rig = new Rig({ codecs: [new CodecModule(tinyCodec(codec))] });
    const payload = new Uint8Array(33).fill(3);
    for (const [stream, format] of [
      [0, "codec:T/8000"],
      [1, "PCMA"],
      [2, "PCMA"],
      [3, "PCMA"],
    ] as const)
      rig.openRtp(stream, format, format === "PCMA" ? {} : { payloadType: 106 });
    rig.join("rtp:0", "rtp:1");
    rig.join("rtp:2", "rtp:3");
    let passed = 0;
    for (let n = 0; n < 12; n++) {
      const frame = { sequence: n, timestamp: n * 160 };
      rig.deliver(0, writeRtp({ payloadType: 106, payload, ...frame }));
      for (const stream of [1, 2])
        rig.deliver(stream, writeRtp({ payloadType: 8, payload: new Uint8Array(160).fill(0x2a), ...frame }));
      const sent = rig.tick();
      passed += sent.filter(({ stream, packet }) => stream === 3 && packet.payload[0] === 0x2a).length;
    }
    assert.equal(rig.failures.length, 1);
    assert.match(rig.failures[0] ?? "", says);
    assert.match(rig.failures[0] ?? "", /^rtp:0: /);
    assert.ok(passed >= 8, `${passed} frames of the other call`);
  });

test("a stream whose codec failed can be opened anew in another", () => {
  const rig = new Rig({ codecs: [new CodecModule(tinyCodec({ encode: forever }))] });
  rig.openRtp(0, "codec:T/8000", { payloadType: 106 });
  rig.tick();
  assert.equal(rig.failures.length, 1);
  rig.openRtp(0, "PCMA");
  rig.tick();
  assert.equal(rig.tickFor(0)?.length, 160);
});

test("a codec can not make its memory larger", () => {
  // memory.grow(1) tells -1: it gives back one frame when it is refused, and too long a one when it is not.
  const grown = [
    ...constant(1),
    0x40,
    0,
    ...constant(-1),
    0x46,
    0x04,
    I32,
    ...constant(33),
    0x05,
    ...constant(99),
    End,
    End,
  ];
  const module = new CodecModule(tinyCodec({ encode: grown }));
  assert.equal(module.open().encode(new Uint8Array(320)).length, 33);
});

test("a codec that grows its memory by nothing is spoken on, and told that it can not", () => {
  const size = [...constant(0), 0x40, 0, ...constant(-1), 0x46, 0x04, I32, ...constant(33), 0x05, ...constant(99), End];
  const rig = new Rig({ codecs: [new CodecModule(tinyCodec({ encode: [...size, End] }))] });
  rig.openRtp(0, "codec:T/8000", { payloadType: 106 });
  for (let n = 0; n < 3; n++) assert.equal(rig.tickFor(0)?.length, 33);
  assert.deepEqual(rig.failures, []);
});

test("locals that are made zero and calls for no octets are paid for", () => {
  const spent = (codec: TinyCodec) => {
    const instance = new CodecModule(tinyCodec(codec)).open();
    instance.encode(new Uint8Array(320));
    return instance.fence.spent;
  };
  const encode = [...constant(33), End];
  assert.ok(spent({ encode, locals: 40_000 }) > spent({ encode }) + 9000);
  const nothing = [...constant(0), ...constant(0), ...constant(0), 0xfc, 11, 0];
  assert.ok(spent({ encode: [...nothing, ...encode] }) > spent({ encode }) + 50);
});

/** Later engines read these octets otherwise than WebAssembly 1.0, so that a loop in them would not be paid for. */
const misread: readonly (readonly [what: string, codec: TinyCodec])[] = [
  [
    "a load that names its memory",
    { encode: [...constant(0), 0x2d, 0x40, 0, 0x41, 0x03, 0x40, 0x01, 0x0c, 0, End, End] },
  ],
  [
    "a block that gives a reference",
    { encode: [0x02, 0x63, 0x20, 0x03, 0x40, 0x0c, 0, End, End, ...constant(33), End] },
  ],
  ["a choice between references", { encode: [0x1c, 1, 0x63, 0x20, 0x03, 0x40, 0x0c, 0, End, End] }],
];

for (const [what, codec] of misread)
  test(`${what} is refused whatever the engine takes`, () => {
    assert.throws(() => fence(tinyCodec(codec)), CodecFault);
  });

test("what a codec writes where it may not is told by the kit", () => {
  // One octet behind the 16 of its state.
  const behind = [...local(0), ...constant(1), 0x36, 2, 16, ...local(4), End];
  const report = checkCodec(tinyCodec({ decode: behind }));
  const bounds = report.checks.find(({ name }) => name === "bounds kept");
  assert.match(bounds?.found ?? "", /^it writes behind the 16 octets of the decoder's state$/);
  assert.equal(report.good, false);
});

test("files with any octet changed are refused, fail alone, or work; none hangs or throws anything else", () => {
  for (let at = 8; at < good.length; at++)
    for (const flip of [0x01, 0x40, 0xff]) {
      const octets = good.slice();
      octets[at] = (octets[at] ?? 0) ^ flip;
      const { checks } = tried(octets);
      assert.ok(checks.length > 0);
    }
});

function tried(octets: Uint8Array): { checks: readonly string[] } {
  try {
    const instance = new CodecModule(octets).open();
    instance.openEncoder();
    instance.openDecoder();
    instance.decode(instance.encode(new Uint8Array(2 * instance.samples)).slice());
    return { checks: ["works"] };
  } catch (error) {
    assert.ok(error instanceof CodecFault, String(error));
    return { checks: [error.message] };
  }
}
