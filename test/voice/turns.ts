/**
 * What turns of the voice loop allocate. A process of its own, in which V8 compiles nothing else:
 *
 *   node --import tsx turns.ts EDGE STREAMS WARM COUNTED      prints Turns as JSON
 */
import { readFileSync } from "node:fs";
import { getHeapStatistics } from "node:v8";
import { MessageChannel } from "node:worker_threads";
import * as words from "../../assembly/endpoint-words.ts";
import * as layout from "../../assembly/layout.ts";
import { voiceAssets } from "../../src/voice/assets.ts";
import type { EdgeChoice } from "../../src/voice/contract.ts";
import { Descriptors } from "../../src/voice/descriptors.ts";
import { openEngine } from "../../src/voice/engine.ts";
import { VoiceLoop } from "../../src/voice/loop.ts";
import { announce, newMailFlag } from "../../src/voice/mailbox.ts";
import { endpointAddress, newVoiceMemory, VoiceMap } from "../../src/voice/map.ts";
import type { ToWorker } from "../../src/voice/messages.ts";
import { openIo } from "../../src/voice/open-io.ts";
import { Priority } from "../../src/voice/priority.ts";
import { ProgramPages } from "../../src/voice/program-pages.ts";
import type { Watch } from "../../src/voice/timepiece.ts";

const FRAME_MS = 20;

export interface Turns {
  /** What the heap took in each turn, octets; none for a turn in which it was collected. */
  readonly octets: readonly number[];
  /** Packets, of all streams in all turns. */
  readonly received: number;
  /** How often pages of the program would have been given back. */
  readonly givenBack: number;
}

/**
 * Turns of the voice loop in this thread, one right after the other by a clock that jumps: every two streams are each
 * other's far end and play a tone, so that each sends and receives a packet every turn. `warm` turns go before.
 */
async function measureTurns(edge: EdgeChoice, streams: number, warm: number, counted: number): Promise<Turns> {
  const { port1, port2 } = new MessageChannel();
  const [mail, memory] = [newMailFlag(), newVoiceMemory()];
  const map = new VoiceMap(memory);
  const figures = { streams, usbChannels: 0, jitterMs: 40, rtpTimeoutMs: 60_000 };
  const options = { address: "127.0.0.1", firstPort: 43_600, edge, ...figures };
  const [wasm, descriptors] = [voiceAssets().wasm, Descriptors.room(3 * streams + 4)];
  const task = { port: port2, memory, wasm: wasm.href, options, descriptors, shadow: null, mail };
  const module = new WebAssembly.Module(readFileSync(wasm));
  const engine = openEngine(module, memory, { rtp: streams, usb: 0, frameMs: FRAME_MS, jitterMs: figures.jitterMs });
  const opened = await openIo(options, { map, descriptors: new Descriptors(descriptors) });
  const send = (message: ToWorker) => {
    port1.postMessage(message);
    announce(mail);
  };
  const heap = new Heap(map, warm, counted, () => send({ kind: "stop" }));
  let givenBack = 0;
  const pages = new ProgramPages([{ start: 0, octets: 0 }], () => givenBack++);
  const loop = new VoiceLoop(task, engine, opened, null, { priority: new Priority("normal"), time: heap, pages });
  for (let stream = 0; stream < streams; stream++) talk(send, stream, opened.io.ports[stream ^ 1] ?? 0);
  await loop.run();
  port1.close();
  return { octets: heap.taken, received: heap.packets, givenBack };
}

function talk(send: (message: ToWorker) => void, stream: number, port: number): void {
  const endpoint = `rtp:${stream}` as const;
  const remote = { address: "127.0.0.1", port };
  const codec = { format: "PCMA", payloadType: 8, eventPayloadType: null, direction: "sendrecv" } as const;
  send({ kind: "perform", command: { world: "voice", kind: "openRtp", endpoint, remote, ...codec } });
  send({ kind: "perform", command: { world: "voice", kind: "tone", endpoint, country: "DE", tone: "dial" } });
}

/** A clock that jumps a frame time whenever somebody sleeps; looks at the heap then. */
class Heap implements Watch {
  readonly taken: number[] = [];
  readonly #time = new Float64Array(1);
  readonly #map: VoiceMap;
  readonly #warm: number;
  readonly #counted: number;
  readonly #done: () => void;
  /** What a look itself takes. */
  #look = 0;
  #before = 0;
  #turns = 0;

  constructor(map: VoiceMap, warm: number, counted: number, done: () => void) {
    this.#map = map;
    this.#warm = warm;
    this.#counted = counted;
    this.#done = done;
  }

  get packets(): number {
    return Array.from({ length: layout.MAX_RTP }, (_, n) => endpointAddress(n)).reduce(
      (sum, at) => sum + this.#map.word(at + words.METER_TOTAL),
      0,
    );
  }

  readonly now = () => this.#time[0] ?? 0;
  readonly micros = () => Math.imul(this.#turns, FRAME_MS * 1000);

  sleep(ms: number): void {
    this.#time[0] = (this.#time[0] ?? 0) + ms;
    this.#turns++;
    if (this.#turns < this.#warm) return;
    let used = usedHeap();
    if (this.#turns === this.#warm) for (let n = 0; n < 10; n++, used += this.#look) this.#look = usedHeap() - used;
    else if (used >= this.#before) this.taken.push(used - this.#before - this.#look);
    this.#before = used;
    if (this.#turns === this.#warm + this.#counted) this.#done();
  }
}

function usedHeap(): number {
  return getHeapStatistics().used_heap_size;
}

const [, , edge = "auto", ...numbers] = process.argv;
const [streams = 0, warm = 0, counted = 0] = numbers.map(Number);
console.log(JSON.stringify(await measureTurns(edge as EdgeChoice, streams, warm, counted))); // The test gives it one.
