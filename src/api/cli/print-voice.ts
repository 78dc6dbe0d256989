import type { PartyQuality } from "../../message/record.ts";
import type { Status } from "../status.ts";

type ClockDrift = NonNullable<Status["voiceStatus"]>["clocks"][number]["sends"];

/** What kept the late ticks, most often first. */
export function lateBecauseOf({ lateBecauseOf: culprits }: NonNullable<Status["voiceStatus"]>): string {
  const sorted = [...culprits].sort((a, b) => b.count - a.count);
  return sorted.length === 0 ? "" : ` (${sorted.map(({ culprit, count }) => `${culprit} ${count}`).join(", ")})`;
}

/** One a stream that something came from; what was not measured is left out. */
export function qualityRows(voiceStatus: Status["voiceStatus"]): string[][] {
  const streams = voiceStatus?.streams ?? [];
  return streams.flatMap(({ endpoint, format, jitterMs, quality }) => {
    const { losses, jitterBuffer, delayMs, r, mos, mosListening } = quality;
    if (losses === null) return [];
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
    const told = [
      format,
      `lost ${percent(losses.lostShare)}, late ${percent(losses.discardedShare)}`,
      jitterMs === null ? "" : `jitter ${jitterMs} ms`,
      jitterBuffer === null ? "" : `buffer ${Math.round(jitterBuffer.depthMs)} ms`,
      delayMs === null ? "" : `delay ${Math.round(delayMs)} ms`,
      r === null || mos === null ? "" : `R ${Math.round(r)}, MOS ${mos.toFixed(1)}`,
      r !== null || mosListening === null ? "" : `MOS ${mosListening.toFixed(1)} of listening`,
    ];
    return [[endpoint, told.filter((part) => part !== "").join(", ")]];
  });
}

export function edgeRows(voiceStatus: Status["voiceStatus"]): string[][] {
  if (voiceStatus === null) return [];
  const { name, why } = voiceStatus.edge;
  const edge = why === null ? name : `${name}: ${why}`;
  return [["rtp edge", voiceStatus.drive === "timer" ? edge : `${edge}; turns begin with packets`]];
}

export function priorityRows(voiceStatus: Status["voiceStatus"]): string[][] {
  if (voiceStatus === null) return [];
  const { policy, realtime, nice, why } = voiceStatus.priority;
  const place = policy === null ? "not known" : realtime > 0 ? `real-time ${realtime} (${policy})` : `nice ${nice}`;
  return [["voice priority", why === null ? place : `${place}: ${why}`]];
}

export function memoryRows(voiceStatus: Status["voiceStatus"]): string[][] {
  if (voiceStatus === null) return [];
  const { streamBytes, channelBytes, mostBytes, heapBytes } = voiceStatus.memory;
  const kilo = (bytes: number) => `${Math.ceil(bytes / 1024)} kB`;
  const mega = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MB`;
  const each = `${kilo(streamBytes)} a stream, ${kilo(channelBytes)} a channel`;
  return [["voice memory", `at most ${mega(mostBytes)} (${each}), heap ${mega(heapBytes)}`]];
}

/** One a channel whose clock is known, or followed. */
export function clockRows(voiceStatus: Status["voiceStatus"]): string[][] {
  const shown = ({ ppm, resampled }: ClockDrift, what: string) => {
    if (ppm === null && !resampled) return [];
    return [`${what} ${ppm === null ? "?" : `${ppm > 0 ? "+" : ""}${ppm}`} ppm${resampled ? ", resampled" : ""}`];
  };
  return (voiceStatus?.clocks ?? []).flatMap(({ endpoint, sends, takes }) => {
    const told = [...shown(sends, "sends"), ...shown(takes, "takes")];
    return told.length === 0 ? [] : [[`clock ${endpoint}`, told.join("; ")]];
  });
}

/** Of a call's record, what is known of the network's side; `--json` has everything. */
export function showQuality(quality: readonly PartyQuality[]): string {
  const told = quality.flatMap(({ lostShare, lateShare, mos, mosListening }) => {
    if (lostShare === null) return [];
    const opinion = mos ?? mosListening;
    const missing = `lost ${(100 * (lostShare + (lateShare ?? 0))).toFixed(1)} %`;
    return [opinion === null ? missing : `MOS ${opinion.toFixed(1)}, ${missing}`];
  });
  return told.join("; ") || "-";
}
