import { openBatchedIo } from "./batched-io.ts";
import type { EdgeChoice, VoiceOptions } from "./contract.ts";
import type { Descriptors } from "./descriptors.ts";
import { openDgramIo } from "./dgram-io.ts";
import { type Libc, openLibc } from "./libc.ts";
import type { VoiceMap } from "./map.ts";
import { PacketsOut } from "./packets-out.ts";
import type { RtpIo } from "./rtp-io.ts";

/** What `auto` means where both work. */
const PREFERRED = "batched";

export interface OpenedIo {
  readonly io: RtpIo;
  /** Why it is not the edge that was asked for; null when it is. */
  readonly why: string | null;
}

interface Parts {
  readonly map: VoiceMap;
  readonly descriptors: Descriptors;
}

/** Binds the sockets. Rejects with a sentence when no pair of ports is free. */
export async function openIo(options: VoiceOptions, parts: Parts): Promise<OpenedIo> {
  const libc = await libcFor(options.edge ?? "auto");
  if (libc !== null && "why" in libc) return { io: await dgram(options, parts), why: libc.why };
  return { io: libc === null ? await dgram(options, parts) : openBatchedIo(options, { ...parts, libc }), why: null };
}

function dgram(options: VoiceOptions, { map }: Parts): Promise<RtpIo> {
  return openDgramIo(options, new PacketsOut(map));
}

/** Null when it is not wanted. */
async function libcFor(choice: EdgeChoice): Promise<Libc | { readonly why: string } | null> {
  if ((choice === "auto" ? PREFERRED : choice) === "dgram") return null;
  try {
    return await openLibc();
  } catch (problem) {
    return { why: problem instanceof Error ? problem.message : String(problem) };
  }
}
