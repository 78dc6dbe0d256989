import assert from "node:assert/strict";
import { test } from "node:test";
import type { CodecFrameMs } from "../../../src/message/media.ts";
import type { FrameMs } from "../../../src/voice/contract.ts";
import { checkCodec } from "../../../src/voice/plugin/check/kit.ts";
import { speechLike } from "../../../src/voice/plugin/check/signals.ts";
import { CodecModule } from "../../../src/voice/plugin/codec.ts";
import { Rig } from "../../assembly/rig.ts";
import { type RtpPacket, writeRtp } from "../../assembly/rtp.ts";
import { TapEnd } from "../../assembly/tap-end.ts";
import { builtBlock } from "./built.ts";
import { quality } from "./calls.ts";
import { forever, tinyCodec } from "./tiny-codec.ts";

const octets = { 10: builtBlock(10), 20: builtBlock(20), 30: builtBlock(30) } as const;
const block = {
  10: new CodecModule(octets[10]),
  20: new CodecModule(octets[20]),
  30: new CodecModule(octets[30]),
} as const;
const MS = 2400;
const PAYLOAD_TYPE = 106;
/** Ticks, and frames of the codec, that go together and are not the same. */
const pairs: readonly (readonly [FrameMs, CodecFrameMs])[] = [
  [20, 10],
  [10, 10],
  [10, 20],
  [10, 30],
];

interface Talk {
  /** Frames of the codec that do not come. */
  readonly lost?: (frame: number) => boolean;
  /** Frames in a packet. */
  readonly bundled?: number;
}

/** A far end that speaks the codec from time 0 on: what it has sent by a time. */
function* packets(module: CodecModule, { lost = () => false, bundled = 1 }: Talk) {
  const { shape } = module;
  const far = module.open();
  far.openEncoder();
  const said = speechLike(shape.sampleRate, MS / 1000);
  const units = (shape.clockRate / 1000) * shape.frameMs;
  for (let n = 0, sequence = 0; (n + bundled) * far.samples <= said.length; n += bundled, sequence++) {
    const frames = Array.from({ length: bundled }, (_, k) => {
      const samples = said.slice((n + k) * far.samples, (n + k + 1) * far.samples);
      return Uint8Array.from(far.encode(new Uint8Array(samples.buffer)));
    });
    if (lost(n)) continue;
    const packet = writeRtp({
      payloadType: PAYLOAD_TYPE,
      sequence,
      timestamp: n * units,
      payload: Buffer.concat(frames),
    });
    yield { ms: n * shape.frameMs, packet };
  }
}

/** A call with a stream 0 that speaks the codec, joined to stream 1, which is open; `hear` is called after each tick. */
function call(rig: Rig, module: CodecModule, talk: Talk, hear: (sent: ReturnType<Rig["tick"]>) => void): void {
  const { name, clockRate } = module.shape;
  rig.openRtp(0, `codec:${name}/${clockRate}`, { payloadType: PAYLOAD_TYPE });
  rig.join("rtp:0", "rtp:1");
  const coming = packets(module, talk);
  let next = coming.next();
  for (let ms = 0; ms < MS; ms += rig.frameMs) {
    for (; !next.done && next.value.ms <= ms; next = coming.next()) rig.deliver(0, next.value.packet);
    hear(rig.tick());
  }
  assert.deepEqual(rig.failures, []);
}

/** What a far end in L16 hears of it. */
function heardBy(tickMs: FrameMs, module: CodecModule, talk: Talk = {}): Int16Array {
  const rig = new Rig({ codecs: [module], frameMs: tickMs, jitterMs: 60 });
  rig.openRtp(1, "L16/8000");
  const heard: Uint8Array[] = [];
  call(rig, module, talk, (sent) => {
    for (const { stream, packet } of sent) if (stream === 1) heard.push(packet.payload);
  });
  return new Int16Array(Uint8Array.from(Buffer.concat(heard).swap16()).buffer);
}

function fromFirstSound(samples: Int16Array): Int16Array {
  return samples.subarray(samples.findIndex((sample) => sample !== 0));
}

/** What it is sent of speech that a far end in L16 says. */
function sentTo(tickMs: FrameMs, module: CodecModule, ms = MS): RtpPacket[] {
  const rig = new Rig({ codecs: [module], frameMs: tickMs });
  const { name, clockRate } = module.shape;
  rig.openRtp(0, `codec:${name}/${clockRate}`, { payloadType: PAYLOAD_TYPE });
  rig.openRtp(1, "L16/8000");
  rig.join("rtp:0", "rtp:1");
  const said = Buffer.from(speechLike(8000, MS / 1000).buffer).swap16();
  const sent: RtpPacket[] = [];
  for (let at = 0; at < ms; at += tickMs) {
    const payload = said.subarray(16 * at, 16 * (at + 20));
    if (at % 20 === 0)
      rig.deliver(
        1,
        writeRtp({ payloadType: 96, sequence: at / 20, timestamp: at * 8, payload: Uint8Array.from(payload) }),
      );
    for (const { stream, packet } of rig.tick()) if (stream === 0) sent.push(packet);
  }
  assert.deepEqual(rig.failures, []);
  return sent;
}

/** Each packet begins where the one before ended, with the next number. `frames`: of the codec, of a packet. */
function assertWhole(sent: readonly RtpPacket[], module: CodecModule, frames: (packet: RtpPacket) => number): void {
  const units = (module.shape.clockRate / 1000) * module.shape.frameMs;
  sent.slice(1).forEach((packet, n) => {
    const before = sent[n];
    assert.ok(before !== undefined);
    assert.equal((packet.sequence - before.sequence) & 0xffff, 1);
    assert.equal((packet.timestamp - before.timestamp) >>> 0, frames(before) * units);
  });
}

for (const frameMs of [10, 30] as const)
  test(`the example built with frames of ${frameMs} ms passes the kit, which says so`, () => {
    const { good, shape, checks } = checkCodec(octets[frameMs]);
    assert.ok(good, JSON.stringify(checks.filter((check) => !check.good)));
    assert.equal(shape?.frameMs, frameMs);
    assert.match(checks[0]?.found ?? "", new RegExp(`octets in ${frameMs} ms`));
  });

for (const [tickMs, codecMs] of pairs) {
  const module = block[codecMs];

  test(`in turns of ${tickMs} ms a codec with frames of ${codecMs} ms is heard, through losses too`, () => {
    const said = speechLike(16_000, MS / 1000).filter((_, n) => n % 2 === 0);
    const whole = quality(said, heardBy(tickMs, module));
    assert.ok(whole.snrDb > 10, `${whole.snrDb} dB`);
    assert.ok(Math.abs(whole.levelDb) < 1, `${whole.levelDb} dB`);
    const holed = quality(said, heardBy(tickMs, module, { lost: (frame) => frame % 23 === 22 }));
    assert.ok(holed.snrDb > 3 && holed.snrDb < whole.snrDb, `${holed.snrDb} dB of ${whole.snrDb} dB`);
  });

  test(`in turns of ${tickMs} ms packets out have whole frames of ${codecMs} ms, each of them, in order`, () => {
    const sent = sentTo(tickMs, module);
    const most = module.shape.frameOctets;
    assertWhole(sent, module, ({ payload }) => (payload.length > most ? 2 : 1));
    const far = module.open();
    far.openDecoder();
    const heard = sent.flatMap(({ payload }) => {
      const frames = payload.length > most ? [payload.subarray(0, most), payload.subarray(most)] : [payload];
      return frames.flatMap((frame) => {
        const samples = far.decode(frame);
        assert.ok(samples !== null);
        return [...new Int16Array(samples.slice().buffer)].filter((_, n) => n % 2 === 0);
      });
    });
    const { snrDb } = quality(speechLike(8000, MS / 1000), Int16Array.from(heard));
    assert.ok(snrDb > 10, `${snrDb} dB`);
  });

  test(`in turns of ${tickMs} ms frames of ${codecMs} ms pass untouched, and what is lost is missing`, () => {
    const rig = new Rig({ codecs: [module], frameMs: tickMs, jitterMs: 60 });
    const { name, clockRate, frameMs } = module.shape;
    rig.openRtp(1, `codec:${name}/${clockRate}`, { payloadType: PAYLOAD_TYPE });
    const talk = { lost: (frame: number) => frame % 17 === 16 };
    const sent: RtpPacket[] = [];
    call(rig, module, talk, (packets) => {
      for (const { stream, packet } of packets) if (stream === 1) sent.push(packet);
    });
    // By their times, from the first one of speech on: two may have gone in one.
    const most = module.shape.frameOctets;
    const passed = new Map<number, string>();
    for (const { payload, timestamp } of sent) {
      passed.set(timestamp, Buffer.from(payload.subarray(0, most)).toString("hex"));
      if (payload.length > most)
        passed.set(timestamp + (clockRate / 1000) * frameMs, Buffer.from(payload.subarray(most)).toString("hex"));
    }
    const units = (clockRate / 1000) * frameMs;
    const came = [...packets(module, talk)].map(
      ({ ms, packet }) => [ms, Buffer.from(packet.subarray(12)).toString("hex")] as const,
    );
    const [, speech] = came.find(([, frame]) => frame.length > 2) ?? [];
    const first = [...passed].find(([, frame]) => frame === speech)?.[0];
    const [from] = came.find(([, frame]) => frame === speech) ?? [];
    assert.ok(first !== undefined && from !== undefined, "speech has passed");
    const until = MS - 200;
    for (const [ms, frame] of came)
      if (ms >= from && ms < until)
        assert.equal(passed.get(first + ((ms - from) / frameMs) * units), frame, `at ${ms} ms`);
    const missing = Array.from({ length: until / frameMs }, (_, n) => n).filter(talk.lost);
    for (const n of missing)
      if (n * frameMs > from) assert.equal(passed.get(first + (n - from / frameMs) * units), undefined, `frame ${n}`);
  });
}

test("a codec with frames of 20 ms sounds the same to the bit in turns of 10 and of 20 ms, what is lost included", () => {
  const silent = new CodecModule(tinyCodec({ frameMs: 20 }));
  for (const module of [block[20], silent])
    for (const talk of [{}, { lost: (frame: number) => frame % 13 > 10 }, { bundled: 2 }]) {
      // The example's frames of silence are shorter: two of them in a packet are none.
      if (module === block[20] && "bundled" in talk) continue;
      const [short, long] = [fromFirstSound(heardBy(10, module, talk)), fromFirstSound(heardBy(20, module, talk))];
      const length = Math.min(short.length, long.length) - 160;
      assert.ok(length > 8 * (MS - 300), `only ${length} samples`);
      assert.deepEqual(short.subarray(0, length), long.subarray(0, length));
    }
});

test("what is sent in frames of 20 ms has the same octets in turns of 10 and of 20 ms", () => {
  for (const module of [block[20], new CodecModule(tinyCodec({ frameMs: 20 }))]) {
    const [short, long] = [10, 20].map((tickMs) =>
      sentTo(tickMs as FrameMs, module).map(({ payload }) => Buffer.from(payload).toString("hex")),
    );
    assert.ok(short !== undefined && long !== undefined);
    const first = long.find((frame) => !/^(00)+$/.test(frame)) ?? "";
    const [from, to] = [short.indexOf(first), long.indexOf(first)];
    assert.ok(from >= 0, "the first frame of speech is another one");
    const count = Math.min(short.length - from, long.length - to);
    assert.ok(count > 80);
    assert.deepEqual(short.slice(from, from + count), long.slice(to, to + count));
  }
});

test("two frames in a turn that are not as long as they may be go in a packet each, and so does all for who wants it", () => {
  const rig = new Rig({ codecs: [block[10]] });
  rig.openRtp(0, "codec:X-BLOCK/16000", { payloadType: PAYLOAD_TYPE });
  const silence = rig.tick();
  assert.deepEqual(
    silence.map(({ packet }) => [...packet.payload]),
    [[0], [0]],
  );
  const packets = sentTo(20, new CodecModule(tinyCodec({ frameMs: 10 })), 200);
  assert.ok(packets.every(({ payload }) => payload.length === 66));
  rig.openRtp(0, "codec:X-BLOCK/16000", { payloadType: PAYLOAD_TYPE, mostPacketMs: 10 });
  assert.equal(rig.tick().length, 2);
});

test("a tone, a key and missed turns in the middle of a frame leave whole frames and no gap in the numbers", () => {
  for (const codecMs of [20, 30] as const) {
    const module = block[codecMs];
    const rig = new Rig({ codecs: [module], frameMs: 10 });
    rig.openRtp(0, "codec:X-BLOCK/16000", { payloadType: PAYLOAD_TYPE });
    const sent: RtpPacket[] = [];
    const run = (ticks: number, periods = 1) => {
      for (let n = 0; n < ticks; n++) for (const { packet } of rig.tick(periods)) sent.push(packet);
    };
    run(7);
    rig.perform({ kind: "tone", endpoint: "rtp:0", tone: "dial", country: "DE" });
    run(50);
    rig.perform({ kind: "sendDigit", endpoint: "rtp:0", digit: "3", durationMs: 70 });
    run(31);
    rig.perform({ kind: "tone", endpoint: "rtp:0", tone: null, country: "DE" });
    for (const periods of [2, 1, 3, 1, 1, 4, 1, 1, 1, 5]) run(1, periods);
    run(20);
    assert.deepEqual(rig.failures, []);
    sent.slice(1).forEach((packet, n) => {
      assert.equal((packet.sequence - (sent[n]?.sequence ?? 0)) & 0xffff, 1);
    });
    const voice = sent.filter(({ payloadType }) => payloadType === PAYLOAD_TYPE);
    assert.ok(
      voice.some(({ payload }) => payload.length === module.shape.frameOctets),
      "the tone is there",
    );
    const units = 16 * codecMs;
    voice.slice(1).forEach(({ timestamp }, n) => {
      assert.ok((timestamp - (voice[n]?.timestamp ?? 0)) >>> 0 >= units, "two frames at one time");
    });
    assert.ok(sent.length > 150 / codecMs);
  }
});

test("a stream is heard on after turns that could not be held", () => {
  for (const [tickMs, codecMs] of pairs) {
    const rig = new Rig({ codecs: [block[codecMs]], frameMs: tickMs, jitterMs: 60 });
    rig.openRtp(1, "L16/8000");
    let ticks = 0;
    let loud = 0;
    call(rig, block[codecMs], {}, (sent) => {
      ticks++;
      if (ticks === 40) rig.tick(5);
      if (ticks === 51) rig.tick(3);
      if (
        ticks * tickMs > 1400 &&
        sent.some(({ stream, packet }) => stream === 1 && packet.payload.some((octet) => octet > 8))
      )
        loud++;
    });
    assert.ok(loud * tickMs > 700, `${loud} frames are heard with frames of ${codecMs} ms in turns of ${tickMs}`);
  }
});

test("what passes untouched is recorded without a gap, and passes all the same", () => {
  for (const [tickMs, codecMs] of pairs) {
    const tiny = new CodecModule(tinyCodec({ frameMs: codecMs }));
    const [plain, recorded] = [false, true].map((records) => {
      const rig = new Rig({ codecs: [tiny], frameMs: tickMs, jitterMs: 60 });
      for (const stream of [0, 1]) rig.openRtp(stream, "codec:T/8000", { payloadType: PAYLOAD_TYPE });
      rig.join("rtp:0", "rtp:1");
      const tap = new TapEnd(rig, 0);
      if (records) tap.record("rtp:1");
      const sent: string[] = [];
      for (let ms = 0, n = 0; ms < 600; ms += tickMs) {
        for (; n * codecMs <= ms; n++) {
          const numbers = { sequence: n, timestamp: 8 * codecMs * n };
          rig.deliver(0, writeRtp({ payloadType: PAYLOAD_TYPE, ...numbers, payload: new Uint8Array(33).fill(n + 1) }));
        }
        sent.push(...rig.tick().map(({ stream, packet }) => `${stream} ${packet.payload}`));
      }
      return { sent, ...tap.take() };
    });
    assert.deepEqual(recorded?.sent, plain?.sent);
    const heard = recorded?.heard ?? new Int16Array();
    const from = heard.findIndex((sample) => sample !== 0);
    assert.ok(from >= 0 && heard.length - from > 8 * 450);
    const frames = Math.floor((heard.length - from) / (8 * codecMs));
    // Each frame is its number, twice in each sample.
    const wanted = Array.from({ length: frames * 8 * codecMs }, (_, n) => 0x0101 * (1 + Math.floor(n / (8 * codecMs))));
    assert.deepEqual([...heard.subarray(from, from + wanted.length)], wanted);
  }
});

for (const frameMs of [0, 5, 15, 25, 40, 60])
  test(`a codec with frames of ${frameMs} ms is refused with a sentence, by the kit too`, () => {
    const says = `codec_frame_ms tells ${frameMs}: a frame has 10, 20 or 30 ms`;
    assert.throws(() => new CodecModule(tinyCodec({ frameMs })), { message: says });
    const { good, checks } = checkCodec(tinyCodec({ frameMs }));
    assert.deepEqual([good, checks[0]?.found], [false, says]);
  });

test("a frame of 10 ms has half the octets and half the instructions, one of 30 ms no more than one of 20", () => {
  const message = "codec_frame_octets tells 321: it must be 1 to 320 in 10 ms";
  assert.throws(() => new CodecModule(tinyCodec({ frameMs: 10, frameOctets: 321 })), { message });
  for (const [frameMs, most] of [
    [10, 500_000],
    [20, 1_000_000],
    [30, 1_000_000],
  ] as const) {
    const instance = new CodecModule(tinyCodec({ frameMs, encode: forever })).open();
    assert.throws(() => instance.encode(new Uint8Array(2 * instance.samples)), {
      message: `encode ran for more than ${most} instructions and was stopped`,
    });
  }
});
