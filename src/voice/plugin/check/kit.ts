import { CodecFault, CodecModule, type CodecShape } from "../codec.ts";
import { MOST_PAGES } from "../fence.ts";
import { frameLengths, loss, loud, silence, speech } from "./heard.ts";
import { Trial } from "./trial.ts";
import { apart, bounds, determinism, fuzz, openedAgain, time } from "./word.ts";

/** What was tried with a codec, and what came of it. */
export interface CodecReport {
  readonly good: boolean;
  /** Null when the file is no codec at all. */
  readonly shape: CodecShape | null;
  readonly checks: readonly CodecCheck[];
}

export interface CodecCheck {
  readonly name: string;
  readonly good: boolean;
  /** What was found, in words with numbers. */
  readonly found: string;
}

/** In their order: the last two are about all before them. */
const tries: readonly (readonly [name: string, run: (trial: Trial) => string])[] = [
  ["RTP clock", clock],
  ["silence", silence],
  ["full scale", loud],
  ["speech", speech],
  ["frame octets", frameLengths],
  ["determinism", determinism],
  ["two directions", apart],
  ["opened again", openedAgain],
  ["loss", loss],
  ["fuzz", fuzz],
  ["bounds kept", bounds],
  ["worst-case time", time],
];

/** The conformance kit: everything is tried, whatever fails before. */
export function checkCodec(octets: Uint8Array): CodecReport {
  const opened = attempt("ABI", () => new CodecModule(octets));
  if (!(opened instanceof CodecModule)) return { good: false, shape: null, checks: [opened] };
  const { shape, pages } = opened;
  const checks: CodecCheck[] = [
    { name: "ABI", good: true, found: `version 1, ${sentence(shape)}` },
    {
      name: "memory bound",
      good: true,
      found: `${pages} of at most ${MOST_PAGES} pages, states of ${shape.encoderState} and ${shape.decoderState} octets`,
    },
  ];
  const trial = new Trial(opened);
  for (const [name, run] of tries) {
    trial.check = name;
    const found = attempt(name, () => run(trial));
    checks.push(typeof found === "string" ? { name, good: true, found } : once(found, checks));
  }
  return { good: checks.every(({ good }) => good), shape, checks };
}

function attempt<Result>(name: string, run: () => Result): Result | CodecCheck {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof CodecFault)) throw error;
    return { name, good: false, found: error.message };
  }
}

function sentence(shape: CodecShape): string {
  const { name, clockRate, sampleRate, frameMs, frameOctets, conceals } = shape;
  const loss = conceals ? "conceals losses itself" : "losses are concealed by the gateway";
  return `${name}/${clockRate}, ${sampleRate} samples/s, at most ${frameOctets} octets in ${frameMs} ms, ${loss}`;
}

/** What one mistake spoils in many checks is told in the first. */
function once(check: CodecCheck, before: readonly CodecCheck[]): CodecCheck {
  const first = before.find(({ good, found }) => !good && found === check.found);
  return first === undefined ? check : { ...check, found: `as in "${first.name}"` };
}

/** RFC 3551 §4.1: a codec's clock runs as fast as its samples, but for the historical one of G.722 (§4.5.2). */
function clock({ module: { shape } }: Trial): string {
  const { name, clockRate, sampleRate } = shape;
  if (clockRate !== sampleRate && name.toUpperCase() !== "G722")
    throw new CodecFault(
      `codec_clock_rate tells ${clockRate}, with ${sampleRate} samples/s: write ${sampleRate}, of all codecs only G722 has another`,
    );
  return `${clockRate} Hz`;
}
