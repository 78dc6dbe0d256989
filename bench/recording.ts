import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Event } from "../src/message/event.ts";
import { instant } from "../src/message/units.ts";
import { systemClock } from "../src/vendor/clock/clock.ts";
import { openRecorder, type Recorder } from "../src/vendor/recorder/recorder.ts";
import { Recording } from "../src/vendor/recorder/recording.ts";
import { freePorts } from "../test/peers/harness/free-ports.ts";
import { House } from "../test/peers/harness/house.ts";
import { Scratch } from "../test/peers/harness/scratch.ts";
import { Sipp } from "../test/peers/harness/sipp.ts";
import { type Bench, check, type Figure, median, range } from "./figures.ts";
import { processorMs } from "./machine.ts";
import { OneCall } from "./one-call.ts";

const rounds = 31;
const callsInARound = 300;
const gatewayRounds = 15;
const callsOfSipp = 100;
/** Fewer than the recorder keeps waiting. */
const inABurst = 60;
/** Events between looks at the disk; so many kilobytes it may owe. */
const atOnce = 256;

/**
 * What the flight recorder costs: of the bare queue, and of a whole gateway. Every processor time is that of all threads:
 * writing, syncing and compressing are in it.
 */
export const recording: Bench = {
  name: "The flight recorder",
  async run(): Promise<readonly Figure[]> {
    const bare = await besideTheBareQueue();
    const whole = await inAWholeGateway();
    const anEvent = median(bare.more);
    const share = (median(whole.again) * whole.eventsACall) / 1000 / median(whole.without);
    return [
      {
        what: "recording an event",
        value: `${anEvent.toFixed(2)} µs of CPU (the queue and the upper half: ${median(bare.without).toFixed(2)})`,
        spread: `${range(bare.more, 2)}, interleaved with and without`,
        checked: `${bare.events} events are in the files, as many as happened`,
      },
      {
        what: "… of it while a burst of 60 events lasts",
        value: `${median(bare.inABurst).toFixed(2)} µs an event`,
        spread: range(bare.inABurst, 2),
        checked: "the same run",
      },
      {
        what: "on flash",
        value: `${bare.plain.toFixed(0)} octets an event, compressed ${bare.compressed.toFixed(0)}`,
        spread: "the same events again and again",
        checked: "the same run",
      },
      {
        what: "share of a whole gateway's processor time",
        value: `${(100 * share).toFixed(1)} %`,
        spread:
          `${whole.eventsACall.toFixed(1)} events a call, recorded again for ${median(whole.again).toFixed(2)} µs each ` +
          `(${range(whole.again, 2)}), of ${median(whole.without).toFixed(2)} ms (${range(whole.without, 2)}) that a gateway ` +
          `without a recorder takes; with it, in turn: ${median(whole.with).toFixed(2)} (${range(whole.with, 2)})`,
        checked: "SIPp counts every call as good",
      },
    ];
  },
};

/** Nothing of it is left out for want of room. */
const unbounded = { keep: 1000, segmentBytes: 64 * 1024 * 1024, budget: Number.MAX_SAFE_INTEGER };

/** µs an event. */
async function besideTheBareQueue() {
  const figures = { more: [] as number[], without: [] as number[], inABurst: [] as number[] };
  const folder = mkdtempSync(join(tmpdir(), "offhook-bench-recorder-"));
  try {
    const house = new OneCall();
    const first = house.events;
    for (let round = 0; round < rounds; round++) {
      const without = await cpuOf(house, null);
      figures.without.push(without);
      // What the last round wrote is compressed in this one.
      figures.more.push((await cpuOf(house, folder)) - without);
      figures.inABurst.push(await burst());
    }
    const events = (house.events - first) / 2 / rounds;
    const recording = new Recording([folder], null);
    check(recording.length === events * rounds, `${recording.length} of ${events * rounds} events are in the files`);
    return { ...figures, events: recording.length, ...octetsIn(folder, events) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function cpuOf(house: OneCall, folder: string | null): Promise<number> {
  const [before, began] = [house.events, process.cpuUsage()];
  const recorder = folder === null ? null : opened(folder);
  let n = 0;
  house.onDone = recorder === null ? null : (event, commands) => recorder.record(++n, event, commands);
  for (let call = 0; call < callsInARound; call++) {
    house.run();
    if (call % 30 === 0) await written(recorder);
  }
  await recorder?.close();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / (house.events - before);
}

function opened(folder: string): Recorder {
  return openRecorder(folder, { ...unbounded, clock: systemClock, report: (why) => check(false, why) });
}

/** What a burst of events waits for, µs an event: they are put into words when it is over. */
async function burst(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "offhook-bench-recorder-"));
  const recorder = opened(folder);
  const event: Event = { world: "timer", at: instant(1), kind: "expired", timer: "timer:1" };
  let took = 0;
  for (let times = 0; times < 200; times++) {
    const began = process.hrtime.bigint();
    for (let n = 0; n < inABurst; n++) recorder.record(times * inABurst + n, event, []);
    took += Number(process.hrtime.bigint() - began) / 1000;
    recorder.flushSync();
  }
  await recorder.close();
  rmSync(folder, { recursive: true });
  return took / (200 * inABurst);
}

/** The last file is plain, all others are compressed: octets an event. */
function octetsIn(folder: string, events: number): { readonly plain: number; readonly compressed: number } {
  let [plain, compressed] = [0, 0];
  for (const name of readdirSync(folder)) {
    const { size } = statSync(join(folder, name));
    if (name.endsWith(".gz")) compressed += size;
    else plain += size;
  }
  return { plain: plain / events, compressed: compressed / events / (rounds - 1) };
}

/** Two gateways, one of which records, get the same calls in turn: ms of processor time a call. */
async function inAWholeGateway() {
  const scratch = new Scratch();
  try {
    const recording = await House.start(scratch);
    const other = await House.start(scratch, { extra: "[recorder]\nenabled = false\n" });
    const figures = { with: [] as number[], without: [] as number[] };
    for (let round = 0; round < gatewayRounds; round++) {
      figures.with.push(await msOfCalls(scratch, recording));
      figures.without.push(await msOfCalls(scratch, other));
    }
    await recording.door.ask("journal");
    const again = await recordedAgain(recording.dataDir);
    const calls = gatewayRounds * callsOfSipp;
    const ended = recording.door.facts.filter(({ fact }) => fact.kind === "callEnded").length;
    check(ended === calls, `${ended} of ${calls} calls ended`);
    return { ...figures, again: again.cost, eventsACall: again.events / calls };
  } finally {
    await scratch.close();
  }
}

/** What a gateway has recorded is recorded again: µs of processor time an event. */
async function recordedAgain(dataDir: string): Promise<{ readonly events: number; readonly cost: readonly number[] }> {
  const recording = new Recording([dataDir], null);
  const entries = Array.from({ length: recording.length }, (_, index) => recording.entry(index));
  const folder = mkdtempSync(join(tmpdir(), "offhook-bench-recorder-"));
  const cost: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = process.cpuUsage();
    const recorder = opened(folder);
    for (const { n, event, commands } of entries) {
      recorder.record(n, event, commands);
      if (n % atOnce === 0) await written(recorder);
    }
    await recorder.close();
    const { user, system } = process.cpuUsage(began);
    cost.push((user + system) / entries.length);
  }
  rmSync(folder, { recursive: true });
  return { events: entries.length, cost };
}

/** A disk that never has a turn would be too slow. */
async function written(recorder: Recorder | null): Promise<void> {
  while ((recorder?.held().octets ?? 0) > atOnce * 1024) await new Promise((resolve) => setImmediate(resolve));
}

async function msOfCalls(scratch: Scratch, { program, sipPort }: House): Promise<number> {
  const before = processorMs(program.pid);
  const sipp = await Sipp.start(scratch, {
    scenario: "uac",
    target: `127.0.0.1:${sipPort}`,
    service: "690",
    calls: callsOfSipp,
    port: await freePorts(1),
    seconds: 60,
    args: ["-users", "4", "-d", "0", "-r", "1000"],
  });
  await sipp.succeeds(70_000);
  return (processorMs(program.pid) - before) / callsOfSipp;
}
