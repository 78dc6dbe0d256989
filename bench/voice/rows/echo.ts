import {
  ADAPT,
  compositeSource,
  EchoLine,
  echoOf,
  enhancement,
  hybrid,
  hybrids,
  NLP,
  powerOf,
  talk as recorded,
  secondsTo20Db,
} from "../../../test/assembly/echo-line.ts";
import { check } from "../../figures.ts";
import { octetsOf, samplesOf, siblings } from "../inputs.ts";
import { type OurKernel, Ours } from "../ours.ts";
import type { Peers } from "../peers.ts";
import { type Row, timeOurs, timeTheirs } from "../row.ts";

const FRAMES = 100;
/** dB. */
const LOSS = 8;
const SECONDS = 5;
/** Longer tails are for hybrids that are further away, samples. */
const tails = [
  { ms: 16, delay: 0, goals: { echo: 4.2, mdf: 3 } },
  { ms: 32, delay: 100, goals: { echo: 5.5, mdf: 2.7 } },
  { ms: 128, delay: 800, goals: { echo: 6.3, mdf: 1.6 } },
] as const;

type Tail = (typeof tails)[number];
type Peer = "echo" | "mdf";
type Run = (input: Uint8Array) => Uint8Array | Promise<Uint8Array>;

const line = new EchoLine();

/** `hasSpandsp`: its canceller without the debug print could be built. */
export function echoRows(peers: Peers, hasSpandsp: boolean): Row[] {
  return tails.flatMap((tail) => [
    row(peers, tail, "echo", ADAPT, tail.goals.echo, hasSpandsp),
    row(peers, tail, "mdf", ADAPT, tail.goals.mdf, true),
    row(peers, tail, "mdf", NLP | ADAPT, null, true),
  ]);
}

function row(peers: Peers, tail: Tail, peer: Peer, enable: number, goal: number | null, hasPeer: boolean): Row {
  const far = recorded(["en-vm-intro"], -18, FRAMES / 50);
  const input = inFrames(line.companded(far), line.companded(echoOf(far, hybrid("D.2", LOSS, tail.delay))));
  const processor = enable === ADAPT ? "" : ", ours with non-linear processor";
  return {
    name: `echo canceller ${tail.ms} ms${processor}`,
    peer: peer === "echo" ? "spandsp without print" : "speexdsp MDF",
    goal,
    async check() {
      check(hasPeer, "spandsp's own source could not be had from Debian (see above)");
      return isCancelled(peers, tail, peer, enable);
    },
    ours: () => timeOurs(kernelOf(tail.ms, enable), input),
    theirs: () => timeTheirs(peers, `${peer}-${tail.ms}`, input, 640),
  };
}

function kernelOf(tailMs: number, enable: number): OurKernel {
  return {
    loop: "EchoFrame",
    in: 640,
    out: 320,
    open(rig) {
      const state = rig.take(rig.call("echoStateSize", tailMs));
      rig.call("echoOpen", state, tailMs);
      rig.call("echoEnable", state, enable);
      return state;
    },
  };
}

/** A frame of the far end, then the same one of the near end, over and over. */
function inFrames(far: Int16Array, near: Int16Array): Uint8Array {
  const both = new Int16Array(2 * far.length);
  for (let n = 0; n < far.length; n += 160) {
    both.set(far.subarray(n, n + 160), 2 * n);
    both.set(near.subarray(n, n + 160), 2 * n + 160);
  }
  return octetsOf(both);
}

async function isCancelled(peers: Peers, tail: Tail, peer: Peer, enable: number): Promise<string> {
  const ours: Run = (input) => Ours.run(kernelOf(tail.ms, enable), input);
  const theirs: Run = (input) => peers.run(`${peer}-${tail.ms}`, input);
  const [mine, other] = [`${enable}/${tail.ms}`, `${peer}/${tail.ms}`];
  await once(`harmless ${mine}`, async () => {
    for (const { name, samples } of siblings(8000, 200)) await isHarmless(name, samples, tail, ours);
  });
  const css = await once(`css ${mine}`, () => steady(ours, tail));
  const theirCss = await once(`css ${other}`, () => steady(theirs, tail));
  const speech = await once(`speech ${mine}`, () => spoken(ours, tail));
  const theirSpeech = await once(`speech ${other}`, () => spoken(theirs, tail));
  check(css.slowest < 1, `echo ${tail.ms} ms: 20 dB only after ${css.slowest.toFixed(2)} s`);
  check(
    css.dB >= Math.min(33, theirCss.dB),
    `echo ${tail.ms} ms: ERLE ${css.dB.toFixed(1)} dB on CSS, theirs ${theirCss.dB.toFixed(1)}`,
  );
  check(
    speech >= Math.min(29, theirSpeech),
    `echo ${tail.ms} ms: ERLE ${speech.toFixed(1)} dB on speech, theirs ${theirSpeech.toFixed(1)}`,
  );
  const after = (seconds: number) => (Number.isNaN(seconds) ? "never" : `after ${seconds.toFixed(2)} s`);
  return (
    `ERLE on CSS ${css.dB.toFixed(0)} dB (theirs ${theirCss.dB.toFixed(0)}), on speech ${speech.toFixed(0)} (${theirSpeech.toFixed(0)}), ` +
    `20 dB at the slowest of ${hybrids.length} paths ${after(css.slowest)} (${after(theirCss.slowest)}); nothing added to any sibling`
  );
}

const found = new Map<string, unknown>();

/** Several rows need the same. */
async function once<T>(key: string, make: () => Promise<T>): Promise<T> {
  if (!found.has(key)) found.set(key, await make());
  return found.get(key) as T; // one key, one type
}

/** Worst of all hybrids: ERLE in the last second of the composite source, and how long 20 dB took. */
async function steady(cancel: Run, tail: Tail): Promise<{ readonly dB: number; readonly slowest: number }> {
  const source = compositeSource(SECONDS, -10, 1);
  const far = line.companded(source);
  let [dB, slowest] = [Number.POSITIVE_INFINITY, 0];
  for (const name of hybrids) {
    const near = await once(`near ${name}/${tail.ms}`, async () =>
      line.companded(echoOf(source, hybrid(name, LOSS, tail.delay))),
    );
    const out = samplesOf(await cancel(inFrames(far, near)));
    dB = Math.min(dB, enhancement(near, out, SECONDS - 1, SECONDS));
    const seconds = secondsTo20Db(near, out);
    if (!(seconds <= slowest)) slowest = seconds;
  }
  return { dB, slowest };
}

/** ERLE on speech, from the second second on. */
async function spoken(cancel: Run, tail: Tail): Promise<number> {
  const source = recorded(["en-vm-intro", "fr-demo-thanks"], -18, SECONDS);
  const near = line.companded(echoOf(source, hybrid("D.2", LOSS, tail.delay)));
  const out = samplesOf(await cancel(inFrames(line.companded(source), near)));
  return enhancement(near, out, 2, SECONDS);
}

/** Whatever the far end is, what comes back is no louder than its echo, or 40 dB softer than the far end. */
async function isHarmless(name: string, far: Int16Array, tail: Tail, cancel: Run): Promise<void> {
  const near = line.companded(echoOf(far, hybrid("D.2", LOSS, tail.delay)));
  const out = samplesOf(await cancel(inFrames(far, near)));
  const power = (samples: Int16Array) => powerOf(samples, 1, far.length / 8000);
  const allowed = Math.max(power(near) + 0.5, power(far) - 40);
  check(power(out) < allowed, `echo ${tail.ms} ms: of ${name} ${power(out).toFixed(1)} dBm0 come back`);
}
