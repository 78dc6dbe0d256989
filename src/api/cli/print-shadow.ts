import type { Status } from "../status.ts";

type Shadow = NonNullable<NonNullable<Status["voiceStatus"]>["shadow"]>;
type Candidate = Shadow["candidates"][number];

/** Candidates beside the voice path, docs/shadow.md; nothing when there are none. */
export function shadowRows(voiceStatus: Status["voiceStatus"]): string[][] {
  const shadow = voiceStatus?.shadow ?? null;
  if (shadow === null) return [];
  return [["shadow", stateOf(shadow)], ...shadow.candidates.flatMap((one) => candidateRows(one, shadow))];
}

function stateOf({ state, reason, following, followed, ticks, skipped, live }: Shadow): string {
  const parts = [
    reason === null ? state : `${state}: ${reason}`,
    `follows ${following} (so far ${followed}, ${ticks} ticks)`,
    skipped === 0 ? "" : `${skipped} skipped`,
    live.nondeterministic === 0 ? "" : `THE LIVE MODULE DIFFERS FROM ITSELF in ${live.nondeterministic} ticks`,
  ];
  return joined(parts);
}

function candidateRows({ what, file, heard, sent, frameUs, jitter }: Candidate, { live }: Shadow): string[][] {
  const snr = heard.segmentalSnrDb === null ? "" : `segmental SNR ${heard.segmentalSnrDb.toFixed(1)} dB`;
  const compared = [
    `heard ${heard.different} of ${heard.frames} frames different (${heard.bitsDifferent} bits)`,
    snr,
    `sent ${sent.different} of ${sent.frames} (${sent.bitsDifferent} bits)`,
    `${frameUs.p50} µs a frame (live ${live.frameUs.p50})`,
  ];
  const rows = [[what, `${file}: ${joined(compared)}`]];
  return jitter === null ? rows : [...rows, ["", jitterOf(jitter)]];
}

function jitterOf({ concealed, late, bufferMs, apart }: NonNullable<Candidate["jitter"]>): string {
  return joined([
    `concealed ${concealed.candidate} (live ${concealed.live})`,
    `late ${late.candidate} (${late.live})`,
    `buffer ${bufferMs.candidate} ms (${bufferMs.live})`,
    apart === 0 ? "" : `${apart} frames of one side only`,
  ]);
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(", ");
}
