import { DOWN_STATE, UP_STATE } from "../../../assembly/rate/state.ts";
import { check } from "../../figures.ts";
import { octetsOf, samplesOf, siblings, talk } from "../inputs.ts";
import { type OurKernel, Ours } from "../ours.ts";
import type { Peers } from "../peers.ts";
import { type Row, timeOurs, timeTheirs } from "../row.ts";

const FRAMES = 50;
const PEAK = 30_000;
/** Samples at 8 kHz of a measured sine, and those at its beginning that are not yet what they will be. */
const SAMPLES = 3200;
const BEGINNING = 400;

type Direction = "up" | "down";
type Run = (input: Uint8Array) => Uint8Array | Promise<Uint8Array>;

interface Response {
  /** Worst image or alias, dB below the sine. */
  readonly stop: number;
  /** Loss at the end of the pass band, dB. */
  readonly edge: number;
}

/** End of the pass band, and sines whose image or alias (at 8 kHz less their frequency) must be gone, Hz. */
const bands = {
  up: { edge: 3300, made: [...sweep(60, 3500, 160), ...sweep(3500, 3899, 10)] },
  down: { edge: 3200, made: [...sweep(4055, 4400, 15), ...sweep(4400, 7950, 70)] },
} as const;

/** From, to and by, Hz; off the round numbers, at which the rounding to 16 bits repeats itself and looks like an image. */
function sweep(from: number, to: number, by: number): number[] {
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, n) => from + n * by + 0.37);
}

const kernels: Readonly<Record<Direction, OurKernel>> = {
  up: {
    loop: "Up",
    in: 320,
    out: 640,
    open: (rig) => opened(rig.take(UP_STATE), (state) => rig.call("upOpen", state)),
  },
  down: {
    loop: "Down",
    in: 640,
    out: 320,
    open: (rig) => opened(rig.take(DOWN_STATE), (state) => rig.call("downOpen", state)),
  },
};

function opened(state: number, open: (state: number) => number): number {
  open(state);
  return state;
}

export function rateRows(peers: Peers): Row[] {
  return (["up", "down"] as const).map((direction): Row => {
    const input = octetsOf(talk(direction === "up" ? 8000 : 16_000, FRAMES, 0));
    return {
      name: direction === "up" ? "8 to 16 kHz" : "16 to 8 kHz",
      peer: "speexdsp quality 3",
      goal: 6,
      check: () => isClean(peers, direction),
      ours: () => timeOurs(kernels[direction], input),
      theirs: () => timeTheirs(peers, direction, input, kernels[direction].in),
    };
  });
}

async function isClean(peers: Peers, direction: Direction): Promise<string> {
  const ours: Run = (input) => Ours.run(kernels[direction], input);
  for (const { name, samples } of siblings(direction === "up" ? 8000 : 16_000, 50))
    await staysInRange(ours, name, samples);
  const [mine, theirs] = [
    await responseOf(ours, direction),
    await responseOf((input) => peers.run(direction, input), direction),
  ];
  check(
    mine.stop <= theirs.stop,
    `${direction}: stop band ${mine.stop.toFixed(1)} dB, theirs ${theirs.stop.toFixed(1)}`,
  );
  check(mine.edge > -0.1, `${direction}: ${mine.edge.toFixed(2)} dB at ${bands[direction].edge} Hz`);
  return (
    `stop band ${mine.stop.toFixed(1)} dB (theirs ${theirs.stop.toFixed(1)}), at ${bands[direction].edge} Hz ` +
    `${mine.edge.toFixed(2)} dB (${theirs.edge.toFixed(2)}); siblings keep their mean and never wrap`
  );
}

async function responseOf(run: Run, direction: Direction): Promise<Response> {
  const { edge, made } = bands[direction];
  let stop = Number.NEGATIVE_INFINITY;
  for (const hertz of made) stop = Math.max(stop, await gain(run, direction, hertz, 8000 - hertz));
  return { stop, edge: await gain(run, direction, edge, edge) };
}

/** dB at `at` Hz of what comes out for a sine of `hertz`. */
async function gain(run: Run, direction: Direction, hertz: number, at: number): Promise<number> {
  const [rateIn, rateOut] = direction === "up" ? [8000, 16_000] : [16_000, 8000];
  const sine = Int16Array.from({ length: (SAMPLES * rateIn) / 8000 }, (_, n) =>
    Math.round(PEAK * Math.cos((2 * Math.PI * hertz * n) / rateIn + 0.3)),
  );
  const out = samplesOf(await run(octetsOf(sine))).subarray(BEGINNING);
  let [real, imaginary, weight] = [0, 0, 0];
  out.forEach((sample, n) => {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 0.5)) / out.length);
    const angle = (2 * Math.PI * at * n) / rateOut;
    real += window * sample * Math.cos(angle);
    imaginary += window * sample * Math.sin(angle);
    weight += window;
  });
  return 20 * Math.log10((2 * Math.hypot(real, imaginary)) / weight / PEAK + 1e-9);
}

/** The mean is kept (a wrapped sample would move it), and what is silent or steady stays so. */
async function staysInRange(run: Run, name: string, samples: Int16Array): Promise<void> {
  const out = samplesOf(await run(octetsOf(samples)));
  const mean = (values: Int16Array) =>
    values.subarray(BEGINNING).reduce((sum, one) => sum + one, 0) / (values.length - BEGINNING);
  check(
    Math.abs(mean(out) - mean(samples)) < 400,
    `resampling: ${name} has a mean of ${mean(out).toFixed(0)}, not ${mean(samples).toFixed(0)}`,
  );
}
