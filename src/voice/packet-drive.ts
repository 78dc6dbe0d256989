import { Pace } from "./pace.ts";
import type { RtpIo } from "./rtp-io.ts";
import type { Timepiece } from "./timepiece.ts";
import type { Beginning, Drive } from "./timer-drive.ts";

/** A packet begins its turn when it comes so much before or after the turn is due, of a frame time. */
const WINDOW = 1 / 4;
/** Packets of the leader in a row that do not come before another stream leads. */
const MOST_MISSED = 3;
/** How much of what a packet is off by the deadlines follow at once. */
const SHARE = 1 / 32;
/** Clocks of telephones are not further off: 500 ppm. */
const MOST_RATE = 500e-6;
/**
 * Until a new leader's packets are in step the deadlines move faster, of a frame time each turn; a frame time in all,
 * which comes back as slowly as a clock is off: whoever leads again and again makes the others' clock no faster.
 */
const CATCHING_UP = 1 / 64;

/**
 * A turn when a packet comes: one stream leads, the others and all devices are served in the same turn. The leader's
 * packet does not wait for a deadline, and its clock becomes ours: the deadlines, one a frame time, follow its arrivals as
 * a phase-locked loop does, so that one that comes early or late moves its own turn and hardly the next. A leader that
 * falls silent is waited for no more than a quarter of a frame time, three times; then the next one leads, or the clock.
 */
export class PacketDrive implements Drive {
  readonly name = "packets";
  readonly #time: Timepiece;
  readonly #io: Pick<RtpIo, "packetComes">;
  readonly #frameMs: number;
  readonly #pace: Pace;
  readonly #hasFarEnd: (stream: number) => boolean;
  #leader = -1;
  #missed = 0;
  #came = false;
  /** How far a new leader may still move the deadlines, ms. */
  #toCatchUp: number;

  /** `hasFarEnd`: whether a stream is in a call. */
  constructor(
    frameMs: number,
    time: Timepiece,
    io: Pick<RtpIo, "packetComes">,
    hasFarEnd: (stream: number) => boolean,
  ) {
    this.#io = io;
    this.#time = time;
    this.#frameMs = frameMs;
    this.#toCatchUp = frameMs;
    this.#pace = new Pace(time.now(), frameMs);
    this.#hasFarEnd = hasFarEnd;
  }

  /** -1 while none leads, and the clock does. */
  get leader(): number {
    return this.#leader;
  }

  wait(): void | Promise<void> {
    this.#came = false;
    if (this.#leader >= 0 && !this.#hasFarEnd(this.#leader)) this.#leader = -1;
    if (this.#leader < 0) return this.#time.sleep(this.#untilNext());
    const window = this.#frameMs * WINDOW;
    this.#time.sleep(this.#untilNext() - window);
    const left = this.#untilNext() + window;
    if (left <= 0) return;
    const coming = this.#io.packetComes(this.#leader, left);
    if (typeof coming === "boolean") this.#came = coming;
    else return coming.then((came) => this.#note(came));
  }

  begin(): Beginning {
    const now = this.#time.now();
    const behind = -this.#pace.untilDue(now);
    const { lateMs, periods } = this.#pace.begin(now - this.#allowance());
    if (this.#leader >= 0) this.#follow(behind);
    else this.#saveUp();
    return { lateMs, periods, behindMs: behind - (periods - 1) * this.#frameMs };
  }

  drained(packets: number, stream: number): void {
    if (this.#leader >= 0 || packets === 0 || !this.#hasFarEnd(stream)) return;
    this.#leader = stream;
    this.#missed = 0;
  }

  #note(came: boolean): void {
    this.#came = came;
  }

  #untilNext(): number {
    return this.#pace.untilDue(this.#time.now());
  }

  /** A turn that a packet began, or that waited for one, is not late within the window. */
  #allowance(): number {
    return this.#leader < 0 ? 0 : this.#frameMs * WINDOW;
  }

  #follow(behind: number): void {
    this.#missed = this.#came ? 0 : this.#missed + 1;
    if (this.#missed >= MOST_MISSED) this.#leader = -1;
    if (!this.#came) return;
    const window = this.#frameMs * WINDOW;
    const off = Math.max(-window, Math.min(window, behind));
    const inStep = Math.abs(off) < window / 2;
    const most = inStep || this.#toCatchUp <= 0 ? this.#frameMs * MOST_RATE : this.#frameMs * CATCHING_UP;
    const by = Math.max(-most, Math.min(most, inStep ? off * SHARE : off));
    if (inStep) this.#saveUp();
    else this.#toCatchUp -= Math.abs(by);
    this.#pace.move(by);
  }

  /** For the next leader. */
  #saveUp(): void {
    this.#toCatchUp = Math.min(this.#frameMs, this.#toCatchUp + this.#frameMs * MOST_RATE);
  }
}
