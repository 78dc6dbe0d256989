import type { Packet, Stolen } from "./witness.ts";

const FRAME_MS = 20;
/** A frame is late when it comes so much after its time: the gateway's own measure. */
export const LATE_MS = 5;
/** The grid of a stream is looked for in stretches of so many packets: clocks drift, and a grid may be laid anew. */
const STRETCH = 250;
/** Punctual packets lie this close together on the grid. */
const PUNCTUAL_MS = 2;

/** A frame of a stream. One that never left is as late as the next that did. */
export interface Frame {
  readonly port: number;
  /** When it was due. */
  readonly due: number;
  readonly lateMs: number;
  readonly missing: boolean;
}

/** The frames of every stream, judged by the grid its most punctual packets lie on. */
export function framesOf(packets: readonly Packet[]): readonly Frame[] {
  const ports = [...new Set(packets.map(({ port }) => port))];
  return ports.flatMap((port) => framesOfStream(packets.filter((packet) => packet.port === port)));
}

function framesOfStream(stream: readonly Packet[]): readonly Frame[] {
  const frames: Frame[] = [];
  let last: number | null = null;
  for (let from = 0; from < stream.length; from += STRETCH) {
    const stretch = stream.slice(from, from + STRETCH);
    let due = firstDue(stretch.map(({ at }) => at));
    // What is missing between two stretches is missing, too.
    while (last !== null && due - last > 1.5 * FRAME_MS) due -= FRAME_MS;
    for (const { port, at } of stretch) {
      for (; at - due >= FRAME_MS; due += FRAME_MS) frames.push({ port, due, lateMs: at - due, missing: true });
      frames.push({ port, due, lateMs: Math.max(0, at - due), missing: false });
      last = due;
      due += FRAME_MS;
    }
  }
  return frames;
}

/** When the first of them was due: the grid begins where most packets lie together, with the earliest of those. */
function firstDue(moments: readonly number[]): number {
  const [first = 0] = moments;
  const places = moments.map((at) => (at - first) % FRAME_MS).sort((a, b) => a - b);
  const circle = [...places, ...places.map((place) => place + FRAME_MS)];
  let [grid, most] = [0, 0];
  for (const [n, place] of places.entries()) {
    const together = circle.slice(n).findIndex((other) => other - place > PUNCTUAL_MS);
    if (together > most) [grid, most] = [place, together];
  }
  return first - ((FRAME_MS - grid) % FRAME_MS);
}

/** Late frames, though the processor was there: not even who comes before everybody was kept from it meanwhile. */
export function lateWithoutExcuse(frames: readonly Frame[], stolen: readonly Stolen[]): readonly Frame[] {
  return frames.filter(
    ({ due, lateMs }) => lateMs > LATE_MS && lateMs - stolenBetween(stolen, due, due + lateMs) > LATE_MS,
  );
}

/** How much of that time nobody at all could run, ms. */
export function stolenBetween(stolen: readonly Stolen[], from: number, to: number): number {
  const overlaps = stolen.map(({ at, ms }) => Math.min(at + ms, to) - Math.max(at, from));
  return overlaps.reduce((sum, overlap) => sum + Math.max(0, overlap), 0);
}
