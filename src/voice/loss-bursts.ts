import * as bursts from "../../assembly/meter/bursts-counts.ts";

/** How a stream's packets were lost, RFC 3611 §4.7.2. Shares are 0 to 1. */
export interface LossBursts {
  /** Packets whose turn to be played came; nothing is known before the first. */
  readonly packets: number;
  readonly lostShare: number;
  readonly discardedShare: number;
  /** Of the packets in bursts, and of those outside, how many were lost or discarded; 0 without any. */
  readonly burstDensity: number;
  readonly gapDensity: number;
  /** Mean lengths, ms. */
  readonly burstMs: number;
  readonly gapMs: number;
  /** ITU-T G.107 §3.5: mean run of losses over that of random loss; 1 = random. Null without loss. */
  readonly burstRatio: number | null;
}

/** Reads the counts of assembly/meter/bursts.ts; null before the first packet. `packetMs`: one packet's sound. */
export function lossBursts(word: (offset: number) => number, packetMs: number): LossBursts | null {
  const lost = word(bursts.BURSTS_LOST);
  const discarded = word(bursts.BURSTS_DISCARDED);
  const open = { packets: word(bursts.BURSTS_OPEN_PACKETS), losses: word(bursts.BURSTS_OPEN_LOSSES) };
  const inBurst = open.losses > 1 ? open : { packets: 0, losses: 0 };
  const inGap = open.losses > 1 ? { packets: 0, losses: 0 } : open;
  const burst = {
    count: word(bursts.BURSTS_BURSTS) + (open.losses > 1 ? 1 : 0),
    packets: word(bursts.BURSTS_BURST_PACKETS) + inBurst.packets,
    losses: word(bursts.BURSTS_BURST_LOSSES) + inBurst.losses,
  };
  const gap = {
    packets: word(bursts.BURSTS_GAP_PACKETS) + inGap.packets + word(bursts.BURSTS_SINCE),
    losses: word(bursts.BURSTS_GAP_LOSSES) + inGap.losses,
  };
  const packets = burst.packets + gap.packets;
  if (packets === 0) return null;
  return {
    packets,
    lostShare: lost / packets,
    discardedShare: discarded / packets,
    burstDensity: share(burst.losses, burst.packets),
    gapDensity: share(gap.losses, gap.packets),
    burstMs: share(burst.packets, burst.count) * packetMs,
    gapMs: (gap.packets / (burst.count + 1)) * packetMs,
    burstRatio: burstRatio(lost + discarded, word(bursts.BURSTS_RUNS), packets),
  };
}

/** Random loss of a share p has runs of 1 / (1 - p) on average. */
function burstRatio(losses: number, runs: number, packets: number): number | null {
  if (runs === 0 || losses === packets) return null;
  return (losses / runs) * (1 - losses / packets);
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
