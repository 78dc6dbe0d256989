import type { Broken } from "./breach.ts";
import type { Ring, Speaker } from "./speaker.ts";

/** Who rings for whom, who answers, and that the others fall silent. */
export class RingRules {
  readonly #broken: Broken;
  /** What is rung in this event. */
  #ring: Ring | null = null;
  #answered: Ring | null = null;
  /** In this event the last phone of a ring fell silent, and nobody had answered. */
  #silent = false;

  constructor(broken: Broken) {
    this.#broken = broken;
  }

  begins(speaker: Speaker): void {
    if (speaker.ring !== null) this.#broken("oneRing", [speaker.id], "was told to ring while it rang");
    this.#ring ??= { answeredBy: null, live: 0 };
    this.#ring.live += 1;
    speaker.ring = this.#ring;
  }

  leaves(speaker: Speaker): void {
    const { ring } = speaker;
    if (ring === null) return;
    ring.live -= 1;
    if (ring === this.#ring) this.#broken("oneRing", [speaker.id], "was told to ring and to stop in one event");
    if (ring.live === 0 && ring.answeredBy === null) this.#silent = true;
    speaker.ring = null;
  }

  /** This phone answers its ring. */
  answers({ ring, id }: Speaker): void {
    if (ring === null) return;
    if (ring.answeredBy !== null) this.#broken("oneAnswer", [ring.answeredBy, id], "both answered one call");
    ring.answeredBy = id;
    this.#answered = ring;
  }

  /** The event is over: the others of a ring that was answered are released. `ended`: a call did. */
  settle(ended: boolean): void {
    if (this.#silent && !ended) this.#broken("oneRing", [], "nobody rings any more, and the call goes on");
    this.#silent = false;
    this.#ring = null;
    const answered = this.#answered;
    if (answered === null) return;
    this.#answered = null;
    const silent = answered.answeredBy?.startsWith("port:") ? 0 : 1;
    if (answered.live > silent)
      this.#broken("oneAnswer", [answered.answeredBy ?? ""], `answered, and ${answered.live - silent} still ring`);
  }
}
