import assert from "node:assert/strict";
import { compare } from "../../../src/voice/plugin/check/compare.ts";
import { speechLike } from "../../../src/voice/plugin/check/signals.ts";
import type { CodecModule } from "../../../src/voice/plugin/codec.ts";
import { Rig } from "../../assembly/rig.ts";
import { writeRtp } from "../../assembly/rtp.ts";

const FRAMES = 150;
const PAYLOAD_TYPE = 106;

/** Lost: frame 74 and those after it, so many. */
export interface Call {
  readonly lost?: number;
  /** Frames in a packet. */
  readonly bundled?: number;
  /** Sender's clock jumps by half a frame here. */
  readonly jumpAt?: number;
}

/**
 * A far end with this codec talks to an L16 device channel: what the codec makes of speech, as the channel hears it.
 * The codec at the far end is an instance of its own.
 */
export function heardFrom(codec: CodecModule, call: Call = {}) {
  const rig = new Rig({ codecs: [codec] });
  const { shape } = codec;
  rig.openRtp(0, `codec:${shape.name}/${shape.clockRate}`, { payloadType: PAYLOAD_TYPE });
  rig.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
  rig.join("rtp:0", "usb:dongle:1:0");
  const far = codec.open();
  far.openEncoder();
  const said = speechLike(shape.sampleRate, FRAMES / 50);
  const heard: number[] = [];
  const { lost = 0, bundled = 1, jumpAt = FRAMES } = call;
  for (let n = 0; n < FRAMES; n++) {
    if (n % bundled === 0 && (n < 74 || n >= 74 + lost)) rig.deliver(0, packet(n));
    heard.push(...(rig.tickSamples(0) ?? []));
  }
  assert.deepEqual(rig.failures, []);
  return { said: halved(said, shape.sampleRate), heard: Int16Array.from(heard), rig };

  function packet(n: number): Uint8Array {
    const frames = Array.from({ length: bundled }, (_, k) => {
      const samples = said.slice((n + k) * far.samples, (n + k + 1) * far.samples);
      return Buffer.from(far.encode(new Uint8Array(samples.buffer)));
    });
    const timestamp = (n * shape.clockRate) / 50 + (n >= jumpAt ? 80 : 0);
    return writeRtp({ payloadType: PAYLOAD_TYPE, sequence: n, timestamp, payload: Buffer.concat(frames) });
  }
}

/** At 8000 samples/s; the filter's delay is left to `compare`. */
function halved(samples: Int16Array, rate: number): Int16Array {
  return rate === 8000 ? samples : samples.filter((_, n) => n % 2 === 0);
}

/** Decibels between what was said and what was heard, `compare` with room for the jitter buffer. */
export function quality(said: Int16Array, heard: Int16Array) {
  let best = compare(said, heard, 8000);
  for (let frames = 1; frames < 6; frames++) {
    const here = compare(said, heard.subarray(160 * frames), 8000);
    if (here.snrDb > best.snrDb) best = here;
  }
  return best;
}

/** What a stream with this codec sends of a device channel's speech, decoded by an instance of its own. */
export function sentBy(codec: CodecModule) {
  const rig = new Rig({ codecs: [codec] });
  const { shape } = codec;
  rig.openRtp(0, `codec:${shape.name}/${shape.clockRate}`, { payloadType: PAYLOAD_TYPE });
  rig.perform({ kind: "openUsb", endpoint: "usb:dongle:1:0", format: "L16" });
  rig.join("rtp:0", "usb:dongle:1:0");
  const far = codec.open();
  far.openDecoder();
  const said = speechLike(8000, FRAMES / 50);
  const heard: number[] = [];
  const lengths = new Set<number>();
  for (let n = 0; n < FRAMES; n++) {
    rig.device.push(0, "L16", n, new Uint8Array(said.slice(160 * n, 160 * (n + 1)).buffer));
    for (const { packet } of rig.tick()) {
      lengths.add(packet.payload.length);
      const samples = far.decode(packet.payload);
      assert.ok(samples !== null, "the far end knows the frame");
      heard.push(...new Int16Array(samples.slice().buffer));
    }
  }
  assert.deepEqual(rig.failures, []);
  return { said, heard: halved(Int16Array.from(heard), shape.sampleRate), lengths, rig };
}
