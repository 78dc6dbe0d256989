import type { Played } from "./player.ts";

/** 640 ms: further apart the two jitter buffers never are. */
const KEPT = 32;

/** One frame, kept until the other side plays the same. */
export interface Frame {
  /** Null: made up while the jitter buffer did not run. */
  playout: number | null;
  waits: boolean;
  samples: Int16Array;
  sent: Uint8Array;
}

/**
 * Frames of the live module and of a candidate, brought together by the RTP time they are played at: the candidate's
 * jitter buffer may hold them longer. Those without a time go together when both have one in the same tick.
 */
export class Pairs {
  readonly #live: Frame[] = [];
  readonly #candidate: Frame[] = [];
  readonly #both: (live: Frame, candidate: Frame) => void;
  /** Frames that only one of the two played. */
  apart = 0;

  constructor(both: (live: Frame, candidate: Frame) => void) {
    this.#both = both;
  }

  /** One tick of both. */
  add(live: Played, candidate: Played): void {
    const ours = isFrame(live) ? keep(this.#live, live, this.#lose) : null;
    const theirs = isFrame(candidate) ? keep(this.#candidate, candidate, this.#lose) : null;
    if (ours !== null) this.#match(ours, find(this.#candidate, ours));
    if (theirs?.waits === true) this.#match(find(this.#live, theirs), theirs);
    for (const frame of [ours, theirs]) if (frame?.waits === true && frame.playout === null) this.#lose(frame);
  }

  /** The session is over: what still waits was played by one side only. */
  end(): void {
    for (const frame of [...this.#live, ...this.#candidate]) if (frame.waits) this.#lose(frame);
  }

  #match(live: Frame | null, candidate: Frame | null): void {
    if (live === null || candidate === null) return;
    live.waits = false;
    candidate.waits = false;
    this.#both(live, candidate);
  }

  readonly #lose = (frame: Frame): void => {
    frame.waits = false;
    this.apart++;
  };
}

/** Before the first packet, and long after the last, nothing is played. */
function isFrame({ kind, playout }: Played): boolean {
  return kind !== 0 || playout !== null;
}

function find(frames: readonly Frame[], wanted: Frame): Frame | null {
  return frames.find(({ waits, playout }) => waits && playout === wanted.playout) ?? null;
}

function keep(frames: Frame[], played: Played, lose: (frame: Frame) => void): Frame {
  const oldest = frames.length < KEPT ? undefined : frames.shift();
  if (oldest?.waits === true) lose(oldest);
  const frame: Frame = {
    playout: played.playout,
    waits: true,
    samples: played.samples.slice(),
    sent: played.sent.slice(),
  };
  frames.push(frame);
  return frame;
}
