import type { Direction, MediaDescription } from "../../message/media.ts";

/** What was agreed with a far end, seen from there (RFC 3264). */
export class Agreed {
  their: MediaDescription | null = null;
  /** They asked for an offer of ours. */
  asked = false;
  theySend = true;
  theyReceive = true;
  /** Our last offer asked to send and to receive. */
  #weSend = true;
  #weReceive = true;

  theirOffer(media: MediaDescription): void {
    this.their = media;
    this.theyReceive = receives(media.direction);
    this.theySend = sends(media.direction);
  }

  /** It says something only about what we asked for. */
  theirAnswer(media: MediaDescription): void {
    this.their = media;
    if (this.#weSend) this.theyReceive = receives(media.direction);
    if (this.#weReceive) this.theySend = sends(media.direction);
  }

  ourOffer(direction: Direction): void {
    this.#weSend = sends(direction);
    this.#weReceive = receives(direction);
  }
}

export function sends(direction: Direction): boolean {
  return direction === "sendrecv" || direction === "sendonly";
}

export function receives(direction: Direction): boolean {
  return direction === "sendrecv" || direction === "recvonly";
}
