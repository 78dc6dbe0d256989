import { onsetMs, part } from "../test/peers/harness/audio.ts";
import { House } from "../test/peers/harness/house.ts";
import type { Phone } from "../test/peers/harness/phone.ts";
import { Scratch } from "../test/peers/harness/scratch.ts";
import type { Sound } from "../test/peers/harness/wav.ts";
import { type Bench, check, type Figure, latency, percentile } from "./figures.ts";
import { StandingCalls } from "./standing-calls.ts";

const CALLS = 8;
const TRIES = 30;
/** Limits of requirement G14, ms. */
const LIMIT = { p99: 100, max: 200 } as const;

/**
 * From what a finger does to what an ear hears, with eight calls up: the recording starts just before the act, so each
 * figure includes the way of the act to the phone, the bus, the queue, the voice tick and the bus again.
 */
export const keyToEffect: Bench = {
  name: `Key to effect, ${CALLS} calls up`,
  async run(): Promise<readonly Figure[]> {
    const scratch = new Scratch();
    try {
      const house = await House.start(scratch);
      const calls = await StandingCalls.start(scratch, house, CALLS, 45);
      const [lifts, keys] = await tryOut(house.phone("port:1"), house.phone("handset:1"));
      await calls.verify();
      const status = await house.status();
      check(status.figures.faults === 0, `${status.figures.faults} handlers threw`);
      await calls.end();
      return [
        figure("analog phone lifted → dial tone in the ear", lifts),
        figure("handset key → dial tone gone from the ear", keys),
        ...voiceFigures(status),
      ];
    } finally {
      await scratch.close();
    }
  },
};

async function tryOut(port: Phone, handset: Phone): Promise<[number[], number[]]> {
  const [lifts, keys]: [number[], number[]] = [[], []];
  for (let n = 0; n < TRIES; n++) {
    // Nothing can be recorded on-hook: what the two steps take counts as silence.
    const lifted = performance.now();
    await port.lift();
    const stop = await port.record();
    const unheardMs = performance.now() - lifted;
    await port.hears("dial");
    const onset = onsetMs(await stop(), -25);
    check(onset !== null, "an analog phone was lifted and heard no dial tone");
    lifts.push(unheardMs + onset);
    await port.hangUp();

    await handset.lift();
    await handset.hears("dial");
    const stopHandset = await handset.record();
    await handset.press("7");
    await handset.hears("silence");
    keys.push(endMs(await stopHandset()));
    await handset.hangUp();
  }
  return [lifts, keys];
}

/** When the tone at the beginning of the recording ends. */
function endMs(sound: Sound): number {
  check(onsetMs(sound, -25) === 0, "the handset had no dial tone when the key was pressed");
  for (let at = 10; at < 5000; at += 10) if (onsetMs(part(sound, at, at + 20), -40) === null) return at;
  throw new Error("the dial tone did not end");
}

function figure(what: string, samples: readonly number[]): Figure {
  const [p99, max] = [percentile(samples, 0.99), Math.max(...samples)];
  const verdict = p99 <= LIMIT.p99 && max <= LIMIT.max ? "within" : "BEYOND";
  return {
    what,
    value: latency(samples),
    spread: `${samples.length} times; ${verdict} p99 ≤ ${LIMIT.p99} ms, max ≤ ${LIMIT.max} ms (G14)`,
    checked: "by the sound in the recording; all calls still up with voice both ways",
  };
}

function voiceFigures({ figures, voiceStatus }: Awaited<ReturnType<House["status"]>>): readonly Figure[] {
  check(voiceStatus !== null, "the voice path did not answer");
  const { ticks, lateTicks, latenessUs, latenessOfAllUs, tickUs } = voiceStatus;
  const micro = (at: { p50: number; p99: number; max: number }) =>
    `p50 ${at.p50.toFixed(0)} µs · p99 ${at.p99.toFixed(0)} µs · max ${at.max.toFixed(0)} µs`;
  const { queueDelayMs, handlerMs } = figures;
  return [
    {
      what: "voice tick, lateness",
      value: micro(latenessUs),
      spread: `${lateTicks} of ${ticks} ticks more than 5 ms late`,
      checked: "the same run",
    },
    {
      what: "voice tick, lateness of all ticks",
      value: `p50 ${latenessOfAllUs.p50} µs · p99 ${latenessOfAllUs.p99} µs · p99.9 ${latenessOfAllUs.p999} µs`,
      spread: `${ticks} ticks since the start`,
      checked: "the same run",
    },
    {
      what: "voice tick, work for all channels",
      value: micro(tickUs),
      spread: `${ticks} ticks of 20 ms`,
      checked: "the same run",
    },
    {
      what: "event waits in the queue",
      value: `p50 ${queueDelayMs.p50.toFixed(2)} ms · p99 ${queueDelayMs.p99.toFixed(2)} ms · max ${queueDelayMs.max.toFixed(1)} ms`,
      spread: `handler p99 ${handlerMs.p99.toFixed(2)} ms, max ${handlerMs.max.toFixed(1)} ms; ${figures.events} events`,
      checked: "the same run",
    },
  ];
}
