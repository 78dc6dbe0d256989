import { Pace } from "./pace.ts";
import type { RtpIo } from "./rtp-io.ts";
import type { Timepiece } from "./timepiece.ts";
import type { Beginning, Drive } from "./timer-drive.ts";

/** A packet begins its turn when it comes so much before or after the turn is due, of a frame time. */
const WINDOW = 1 / 4;
/** So long none of the leader's packets may come, ms, before another stream leads. */
const MOST_MISSED_MS = 60;
/** So many packets with the same distance are a leader with longer packets than a turn, which is waited for then only. */
const SAME_DISTANCE = 8;
/** So often one is waited for nevertheless: its packets may have become shorter. */
const LOOK_AGAIN = 50;
/** How much of what a packet is off by the deadlines follow at once. */
const SHARE = 1 / 32;
/**
 * Clocks of telephones are not further off: 300 ppm. A device whose own is 200 ppm off the other way is then 500 from the
 * deadlines, and what makes up for it holds 550 (assembly/rate/drift-clock.ts).
 */
const MOST_RATE = 300e-6;
/**
 * Until a new leader's packets are in step the deadlines move faster, of a frame time each turn; a frame time in all,
 * of which only what the leader's clock is less than MOST_RATE off by comes back: whoever leads, and however often, moves
 * the others' clock by no more than that. Devices could not follow so fast: while one is in a call, nothing does.
 */
const CATCHING_UP = 1 / 64;

/** Who the turns are for. */
export interface Followers {
  /** Whether a stream is in a call. */
  hasFarEnd(stream: number): boolean;
  /** Whether a device's channel is in a call. */
  hasDevice(): boolean;
}

/**
 * A turn when a packet comes: one stream leads, the others and all devices are served in the same turn. The leader's
 * packet does not wait for a deadline, and its clock becomes ours: the deadlines, one a frame time, follow its arrivals as
 * a phase-locked loop does, so that one that comes early or late moves its own turn and hardly the next. A leader that
 * falls silent is waited for no more than a quarter of a frame time, three times; then the next one leads, or the clock.
 */
export class PacketDrive implements Drive {
  readonly name = "packets";
  readonly windowMs: number;
  readonly #time: Timepiece;
  readonly #io: Pick<RtpIo, "packetComes">;
  readonly #frameMs: number;
  readonly #pace: Pace;
  readonly #who: Followers;
  #leader = -1;
  #missed = 0;
  #came = false;
  #waits = false;
  /** Turns from one of the leader's packets to the next, as far as is known; since the last one; before that one. */
  #distance = 1;
  #since = 0;
  #before = 0;
  #same = 0;
  #packets = 0;
  readonly #beginning = { lateMs: 0, periods: 1, behindMs: 0 };
  /** How far a new leader may still move the deadlines, ms. */
  #toCatchUp: number;

  constructor(frameMs: number, time: Timepiece, io: Pick<RtpIo, "packetComes">, who: Followers) {
    this.#io = io;
    this.#time = time;
    this.#frameMs = frameMs;
    this.windowMs = frameMs * WINDOW;
    this.#toCatchUp = frameMs;
    this.#pace = new Pace(time.now(), frameMs);
    this.#who = who;
  }

  /** -1 while none leads, and the clock does. */
  get leader(): number {
    return this.#leader;
  }

  wait(): void | Promise<void> {
    this.#came = false;
    if (this.#leader >= 0 && !this.#who.hasFarEnd(this.#leader)) this.#leader = -1;
    this.#waits = this.#leader >= 0 && this.#isExpected();
    if (!this.#waits) return this.#time.sleep(this.#untilNext());
    this.#time.sleep(this.#untilNext() - this.windowMs);
    const left = this.#untilNext() + this.windowMs;
    if (left <= 0) return;
    const coming = this.#io.packetComes(this.#leader, left);
    if (typeof coming === "boolean") this.#came = coming;
    else return coming.then((came) => this.#note(came));
  }

  begin(): Beginning {
    const now = this.#time.now();
    const behind = -this.#pace.untilDue(now);
    const { lateMs, periods } = this.#pace.begin(now - this.#allowance());
    if (this.#waits) this.#follow(behind);
    else this.#pass();
    this.#beginning.lateMs = lateMs;
    this.#beginning.periods = periods;
    this.#beginning.behindMs = behind - (periods - 1) * this.#frameMs;
    return this.#beginning;
  }

  drained(packets: number, stream: number): void {
    if (this.#leader >= 0 || packets === 0 || !this.#who.hasFarEnd(stream)) return;
    this.#leader = stream;
    this.#missed = 0;
    this.#distance = 1;
    this.#since = 0;
    this.#same = 0;
  }

  #isExpected(): boolean {
    return this.#since + 1 >= this.#distance || this.#packets % LOOK_AGAIN === 0;
  }

  #note(came: boolean): void {
    this.#came = came;
  }

  #untilNext(): number {
    return this.#pace.untilDue(this.#time.now());
  }

  /** A turn that a packet began, or that waited for one, is not late within the window. */
  #allowance(): number {
    return this.#waits ? this.windowMs : 0;
  }

  #follow(behind: number): void {
    this.#missed = this.#came ? 0 : this.#missed + 1;
    if (this.#missed * this.#frameMs >= MOST_MISSED_MS) this.#leader = -1;
    if (!this.#came) return this.#pass();
    this.#learnDistance(this.#since + 1);
    const window = this.windowMs;
    const off = Math.max(-window, Math.min(window, behind));
    const inStep = Math.abs(off) < window / 2;
    const isFast = !inStep && this.#toCatchUp > 0 && !this.#who.hasDevice();
    const most = this.#frameMs * (isFast ? CATCHING_UP : MOST_RATE);
    const by = Math.max(-most, Math.min(most, inStep ? off * SHARE : off));
    if (isFast) this.#toCatchUp -= Math.abs(by);
    else this.#saveUp(Math.abs(by));
    this.#pace.move(by);
  }

  /** A turn without a packet that was waited for. */
  #pass(): void {
    this.#since++;
    this.#saveUp(0);
  }

  /** A loss makes one look longer than it is: only what stays the same is believed. Shorter it is at once. */
  #learnDistance(turns: number): void {
    this.#packets++;
    this.#same = turns === this.#before ? this.#same + 1 : 0;
    if (turns < this.#distance || this.#same >= SAME_DISTANCE) this.#distance = turns;
    this.#before = turns;
    this.#since = 0;
  }

  /** For the next leader: what the deadlines did not move in this turn, ms. */
  #saveUp(moved: number): void {
    this.#toCatchUp = Math.min(this.#frameMs, this.#toCatchUp + this.#frameMs * MOST_RATE - moved);
  }
}
