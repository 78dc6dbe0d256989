/**
 * How packets are lost: one by one, or in bursts (RFC 3611 §4.7.2). A burst begins and ends with a loss, and fewer than
 * 16 packets come between two of its losses; everything else is gap, and single losses are in gaps. Counted exactly,
 * where appendix A.2 of the RFC estimates by a Markov model. src/voice/loss-bursts.ts reads the counts.
 */

import {
  BURSTS_BURST_LOSSES,
  BURSTS_BURST_PACKETS,
  BURSTS_BURSTS,
  BURSTS_DISCARDED,
  BURSTS_GAP_LOSSES,
  BURSTS_GAP_PACKETS,
  BURSTS_LOST,
  BURSTS_OPEN_LOSSES,
  BURSTS_OPEN_PACKETS,
  BURSTS_RUNS,
  BURSTS_SINCE,
} from "./bursts-counts.ts";

/** Gmin of RFC 3611. */
const BURSTS_GAP = 16;

/** A packet's turn to be played came, and it was there. */
export function burstsReceived(state: usize): void {
  add(state + BURSTS_SINCE, 1);
}

/** … and it was not there: it never came, or (`discarded` 1) too late or too early. */
export function burstsLost(state: usize, discarded: i32): void {
  const since = load<i32>(state, BURSTS_SINCE);
  const isFirst = load<i32>(state, BURSTS_OPEN_LOSSES) == 0;
  add(state + (discarded ? BURSTS_DISCARDED : BURSTS_LOST), 1);
  if (since > 0 || isFirst) add(state + BURSTS_RUNS, 1);
  if (since >= BURSTS_GAP || isFirst) {
    closeOpen(state);
    add(state + BURSTS_GAP_PACKETS, since);
    store<i32>(state, 1, BURSTS_OPEN_PACKETS);
    store<i32>(state, 1, BURSTS_OPEN_LOSSES);
  } else {
    add(state + BURSTS_OPEN_PACKETS, since + 1);
    add(state + BURSTS_OPEN_LOSSES, 1);
  }
  store<i32>(state, 0, BURSTS_SINCE);
}

function closeOpen(state: usize): void {
  const packets = load<i32>(state, BURSTS_OPEN_PACKETS);
  const losses = load<i32>(state, BURSTS_OPEN_LOSSES);
  if (losses > 1) add(state + BURSTS_BURSTS, 1);
  add(state + (losses > 1 ? BURSTS_BURST_PACKETS : BURSTS_GAP_PACKETS), packets);
  add(state + (losses > 1 ? BURSTS_BURST_LOSSES : BURSTS_GAP_LOSSES), losses);
}

function add(at: usize, by: i32): void {
  store<i32>(at, load<i32>(at) + by);
}
