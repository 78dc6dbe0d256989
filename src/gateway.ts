import { version } from "./api/version.ts";
import { Capsules } from "./capsules.ts";
import type { Config } from "./config/config.ts";
import type { EmulatedHouse, EmulatorOptions } from "./emulator/contract.ts";
import { Freezer } from "./freezer.ts";
import type { Gateway, GatewayOptions } from "./gateway-contract.ts";
import type { HepExport } from "./hep-export.ts";
import { LiveRules } from "./logic/invariants/live.ts";
import { Proactor } from "./logic/proactor.ts";
import { type LowerHalf, perform } from "./lower-half.ts";
import type { Command } from "./message/command.ts";
import type { Event, Post } from "./message/event.ts";
import type { RtpEndpoint } from "./message/name.ts";
import { ms } from "./message/units.ts";
import { UpperHalf } from "./upper-half.ts";
import { systemClock } from "./vendor/clock/clock.ts";
import { Timers } from "./vendor/clock/timers.ts";
import { referenceBase } from "./vendor/dect/reference/family.ts";
import { startDevices } from "./vendor/devices.ts";
import type { UsbBus } from "./vendor/family.ts";
import { referenceDongle } from "./vendor/fxs/reference/family.ts";
import { clearOut } from "./vendor/memory/clear-out.ts";
import { watchMemory } from "./vendor/memory/memory-watch.ts";
import { roomOf } from "./vendor/memory/room.ts";
import { Complaints } from "./vendor/notify/complaints.ts";
import { openNotify } from "./vendor/notify/notify.ts";
import { openRecorder, type Recorder } from "./vendor/recorder/recorder.ts";
import { type SipTap, startSip } from "./vendor/sip/sip.ts";
import { openStore } from "./vendor/store/store.ts";
import { machineBus } from "./vendor/usb.ts";
import { isHeartbeat, openWatchdog } from "./vendor/watchdog/watchdog.ts";
import { startVoice } from "./voice/voice.ts";

const clock = systemClock;

/** From the start until what only the start needed is cleared out: 10 to 25 ms during which nothing else is done. */
const STARTED = ms(5000);

/** The upper half on its queue, the lower half below it, the flight recorder beside them. */
interface Spine {
  readonly upper: UpperHalf;
  readonly proactor: Proactor;
  readonly freezer: Freezer;
  readonly lower: LowerHalf;
  /** Who is told what every event came to, besides the recorder. */
  readonly watcher: { hep: HepExport | null };
  readonly post: Post;
  readonly complaints: Complaints;
  readonly faults: () => number;
}

/** What is closed, in the reverse order of its opening. */
type Closing = (() => Promise<void> | void)[];

/** Wires everything; decides nothing. Resolves when SIP listens, rejects with a sentence when it cannot. */
export async function startGateway(config: Config, options: GatewayOptions): Promise<Gateway> {
  const closing: Closing = [];
  try {
    return await open(config, options, closing);
  } catch (fault) {
    await closeAll(closing);
    throw fault;
  }
}

async function open(config: Config, options: GatewayOptions, closing: Closing): Promise<Gateway> {
  const notify = openNotify(clock);
  const complaints = new Complaints(clock, options.report);
  const recorder = openFlightRecorder(config, options, complaints, closing);
  const spine = buildSpine(recorder, complaints, options, closing);
  spine.lower.notify = notify;
  spine.post({ world: "admin", kind: "configured", house: config.house, at: clock.now() });
  await openFiles(config, options, spine, () => recorder?.flushSync(), closing);
  const rtpPorts = new Map<RtpEndpoint, number>();
  const voice = await openVoice(config, spine, rtpPorts, closing);
  const emulator = config.emulator === null ? null : await openEmulator(config.emulator, closing);
  await openHep(config, spine, closing);
  await openSip(config, spine, rtpPorts, closing);
  await openDevices(config, spine, emulator?.bus ?? null, voice, closing);
  await openMemoryWatch(config, spine, closing);
  closing.push(clock.after(STARTED, clearOut));
  return {
    version,
    startedAt: clock.now(),
    view: () => spine.upper.view(),
    post: spine.post,
    now: () => clock.now(),
    emulator,
    onFact: notify.onFact,
    recentFacts: notify.recent,
    voiceStatus: () => voice.status(),
    files: voice.files,
    journal: () => {
      recorder?.flushSync();
      return recorder?.path() ?? null;
    },
    figures: () => ({
      events: spine.proactor.handled,
      queueDelayMs: spine.proactor.queueDelayMs.summary(),
      handlerMs: spine.proactor.handlerMs.summary(),
      faults: spine.faults(),
      refused: complaints.counts(),
    }),
    hep: () => spine.watcher.hep?.figures() ?? null,
    queue: spine.freezer,
    close: async () => {
      spine.freezer.resume();
      await hangUpAll(spine);
      await closeAll(closing);
    },
  };
}

/** Nobody is left in a call with a house that is gone: every call is released before the sockets close. */
async function hangUpAll(spine: Spine): Promise<void> {
  for (const { call } of spine.upper.view().calls)
    spine.post({ world: "admin", kind: "hangUp", call, at: clock.now() });
  while (spine.proactor.waiting > 0) await new Promise((resolve) => setImmediate(resolve));
}

function buildSpine(
  recorder: Recorder | null,
  complaints: Complaints,
  options: GatewayOptions,
  closing: Closing,
): Spine {
  const upper = new UpperHalf();
  const lower: LowerHalf = {
    sip: null,
    devices: null,
    voice: null,
    timers: null,
    store: null,
    notify: null,
    watchdog: null,
  };
  const watchdog = openWatchdog(options.heartbeat ?? null);
  const watcher: Spine["watcher"] = { hep: null };
  let faults = 0;
  let recorded = 0;
  const rules = new LiveRules(
    () => upper.calls,
    (fact) => {
      lower.notify?.perform({ world: "notify", kind: "fact", fact });
      recorder?.keep();
      options.report(`a rule was broken at event ${fact.event}: ${fact.rule}, ${fact.objects.join(" ")} ${fact.why}`);
    },
  );
  const done = (event: Event, commands: readonly Command[]): void => {
    for (const command of commands) perform(lower, command, (problem) => complaints.about("bug", "", problem));
    if (recorder !== null && !isHeartbeat(event)) journal(recorder, upper, event, commands, ++recorded);
    rules.watch(event, commands, recorded);
    watcher.hep?.handled(event, commands, upper.touched());
    for (const command of commands) {
      if (command.world !== "notify" || command.fact.kind !== "fault") continue;
      faults += 1;
      recorder?.flushSync();
      options.report(`a handler failed (${command.fact.message}) on ${command.fact.event}`);
    }
  };
  const handle = (event: Event): readonly Command[] => watchdog.watching(event, () => upper.handle(event));
  const wake = (drain: () => void): void => void setImmediate(drain);
  const proactor = new Proactor({ handle, done, clock: () => performance.now(), wake });
  lower.timers = new Timers(clock, proactor.post);
  lower.watchdog = watchdog;
  closing.push(() => watchdog.close());
  watchdog.start(clock, proactor.post);
  const freezer = new Freezer({ proactor, watchdog, clock, report: options.report });
  return { upper, proactor, freezer, lower, watcher, post: proactor.post, complaints, faults: () => faults };
}

/** A segment of the journal ends at a quiet moment, so that the next one replays by itself. */
function journal(recorder: Recorder, upper: UpperHalf, event: Event, commands: readonly Command[], n: number): void {
  recorder.record(n, event, commands);
  if (!recorder.full() || !upper.quiet) return;
  recorder.startSegment(upper.restart(event.at));
}

function openFlightRecorder(
  config: Config,
  options: GatewayOptions,
  complaints: Complaints,
  closing: Closing,
): Recorder | null {
  const { enabled, keep, segmentBytes } = config.recorder;
  if (!enabled) return null;
  const report = (problem: string): void => complaints.about("recorder", "", problem);
  const recorder = openRecorder(options.dataDir, { clock, keep, segmentBytes, budget: keep * segmentBytes, report });
  closing.push(() => recorder.close());
  return recorder;
}

async function openFiles(
  config: Config,
  options: GatewayOptions,
  spine: Spine,
  flush: () => void,
  closing: Closing,
): Promise<void> {
  const { callLogSize, saveAfterMs } = config.data;
  const report = (problem: string): void => {
    const [, file = "", rest = problem] = /^(.*?\.json): (.*)$/s.exec(problem) ?? [];
    spine.complaints.about("store", file, rest);
  };
  const { post } = spine;
  const store = openStore(options.dataDir, { clock, post, seeds: config.seeds, callLogSize, saveAfterMs, report });
  const capsules = new Capsules(options.dataDir, { clock, post, flush });
  spine.lower.store = {
    perform: (command) => (command.kind === "saveCapsule" ? capsules.save(command) : store.perform(command)),
  };
  closing.push(() => store.close());
  await store.load();
}

async function openVoice(config: Config, spine: Spine, rtpPorts: Map<RtpEndpoint, number>, closing: Closing) {
  const post: Post = (event) => {
    if (event.world === "voice" && event.kind === "ready") {
      for (const { endpoint, port } of event.rtp) rtpPorts.set(endpoint, port);
      const { length } = event.rtp;
      if (length < config.voice.streams)
        spine.complaints.about("rtp", "", `only ${length} of ${config.voice.streams} port pairs are free in its range`);
    }
    spine.post(event);
  };
  const room = await roomOf(config.memoryLimitBytes);
  const voice = await startVoice(config.voice, post, clock, undefined, room);
  voice.onRtcp = (seen) => spine.watcher.hep?.rtcp(seen);
  voice.onRefused = ({ peer, problem, times }) => spine.complaints.about("rtp", peer, problem, times);
  spine.lower.voice = voice;
  closing.push(() => voice.close());
  return voice;
}

/** Loaded only where it is wanted: a router with real devices has no use for it. */
async function openEmulator(options: EmulatorOptions, closing: Closing): Promise<EmulatedHouse> {
  const { createEmulatedHouse } = await import("./emulator/house.ts");
  const house = createEmulatedHouse(options, clock);
  closing.push(() => house.close());
  return house;
}

/** Loaded only where it is wanted. Open before anybody can call, so that every call is followed from its beginning. */
async function openHep({ hep, sip }: Config, spine: Spine, closing: Closing): Promise<void> {
  if (hep === null) return;
  const { HepExport } = await import("./hep-export.ts");
  const report = (problem: string): void => spine.complaints.about("hep", `${hep.host}:${hep.port}`, problem);
  const opened = new HepExport({ ...hep, clock, gateway: sip.listen, report });
  spine.watcher.hep = opened;
  closing.push(() => opened.close());
}

async function openSip(
  config: Config,
  spine: Spine,
  rtpPorts: ReadonlyMap<RtpEndpoint, number>,
  closing: Closing,
): Promise<void> {
  const mediaPort = (endpoint: RtpEndpoint): number => rtpPorts.get(endpoint) ?? 0;
  const report = (peer: string, problem: string): void => spine.complaints.about("sip", peer, problem);
  const { hep } = spine.watcher;
  const tap: SipTap | null = hep === null ? null : (octets, from, to) => hep.sip(octets, from, to);
  const sip = await startSip(config.sip, spine.post, clock, mediaPort, report, undefined, tap);
  spine.lower.sip = sip;
  closing.push(() => sip.close());
}

async function openDevices(
  config: Config,
  spine: Spine,
  emulated: UsbBus | null,
  voice: Awaited<ReturnType<typeof openVoice>>,
  closing: Closing,
): Promise<void> {
  const report = (problem: string): void => {
    const [, device = "", rest = problem] = /^((?:base|dongle):\d+): (.*)$/s.exec(problem) ?? [];
    spine.complaints.aboutDevice("usb", device, rest);
  };
  const families = [referenceBase(), referenceDongle()];
  const claims = families.flatMap((family) => family.claims);
  const machine = config.usb ? await machineBus(claims, report) : null;
  const buses = [emulated, machine].filter((bus) => bus !== null);
  const openVoice = voice.openDevice.bind(voice);
  const devices = startDevices({ buses, families, clock, post: spine.post, openVoice, report });
  spine.lower.devices = devices;
  closing.push(() => devices.close());
  await devices.scan();
}

async function openMemoryWatch(config: Config, { post }: Spine, closing: Closing): Promise<void> {
  const watch = watchMemory({ clock, post, room: await roomOf(config.memoryLimitBytes) });
  closing.push(() => watch.close());
}

/** Last opened, first closed; one part that fails to close does not keep the others open. */
async function closeAll(closing: Closing): Promise<void> {
  for (const close of closing.splice(0).reverse()) {
    try {
      await close();
    } catch {
      // It is gone all the same.
    }
  }
}
