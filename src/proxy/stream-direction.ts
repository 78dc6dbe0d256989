import type { Direction } from "../message/media.ts";

/**
 * Which way the sound of a SIP leg goes (RFC 3264 §5.1, §6.1, §8.4). An offer states its sender's wish; an answer only
 * says how far it follows ours, so that the `recvonly` which answers our hold is no wish of theirs and a resume asks
 * for both ways again.
 */
export class StreamDirection {
  /** We hold them. */
  held = false;
  /** They take our sound, and send theirs. */
  #theyReceive = true;
  #theySend = true;
  #offered: Direction = "sendrecv";

  /** They hold us: our sound is not wanted. */
  get heldByThem(): boolean {
    return !this.#theyReceive;
  }

  /** An offer of theirs. */
  theirOffer(theirs: Direction): void {
    this.#theyReceive = receives(theirs);
    this.#theySend = sends(theirs);
  }

  /** Their answer to our last offer: says something only about what we asked for. */
  theirAnswer(theirs: Direction): void {
    if (sends(this.#offered)) this.#theyReceive = receives(theirs);
    if (receives(this.#offered)) this.#theySend = sends(theirs);
  }

  /** What we offer now. */
  offer(): Direction {
    this.#offered = direction(this.#theyReceive, !this.held);
    return this.#offered;
  }

  /** How the stream flows now, from our side; also our answer to an offer of theirs. */
  get ours(): Direction {
    return direction(this.#theyReceive, this.#theySend && !this.held);
  }
}

function sends(direction: Direction): boolean {
  return direction === "sendrecv" || direction === "sendonly";
}

function receives(direction: Direction): boolean {
  return direction === "sendrecv" || direction === "recvonly";
}

function direction(send: boolean, receive: boolean): Direction {
  if (send) return receive ? "sendrecv" : "sendonly";
  return receive ? "recvonly" : "inactive";
}
