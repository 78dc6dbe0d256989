import type { Event } from "../message/event.ts";
import type { TimerId } from "../message/timer.ts";
import { instant } from "../message/units.ts";
import { Branch, type Subject } from "./branch.ts";
import type { Moment } from "./moment.ts";
import { Template } from "./names.ts";
import type { Chance } from "./possible.ts";
import { mayComeTwice, mayGetLost, sourceOf } from "./source.ts";
import { everything } from "./touched.ts";
import { type Whim, whimsOf } from "./whims.ts";

/** What may happen besides what was recorded, how often in one history. */
export interface Liberties {
  /** An event comes twice. */
  readonly duplicates: number;
  /** One does not come. */
  readonly losses: number;
  /** A timer that runs ends, though it was cancelled in time, or not waited for. */
  readonly expiries: number;
  /** Somebody answers, gives up or hangs up who did not. */
  readonly whims: number;
}

/**
 * The next thing that happens: `3` is the fourth pending event, `3+` the same once more, `x …` a timer that ends, `w …` what somebody
 * does who did not. Named alike in
 * every order.
 */
export type Choice = string;

/** A pending event that can be said again in any order. */
export interface Pending {
  readonly n: number;
  readonly template: Template;
  readonly source: string;
}

/** The pending events of a moment, with what they are about: found out by handling them as they were recorded. */
export function pendingOf(moment: Moment, fresh: () => Subject): readonly Pending[] {
  const branch = new Branch(moment, fresh);
  return moment.pending.map(({ n, event }, index) => {
    const template = new Template(event, branch.names, branch.ledger, moment.happened);
    branch.take(event, event.at, String(index), false);
    return { n, template, source: sourceOf(event) };
  });
}

/** What has become of a pending event. */
type Fate = "open" | "came" | "cameTwice" | "gone";

/** A house in the middle of one order of the pending events. */
export class Order {
  readonly branch: Branch;
  readonly #pending: readonly Pending[];
  readonly #liberties: Liberties;
  readonly #fates: Fate[];
  /** Which timer was started first makes a difference. */
  readonly #timed: boolean;
  readonly #spent = { duplicates: 0, losses: 0, expiries: 0, whims: 0 };
  readonly #said = new Map<string, { readonly recorded: number; readonly at: number }>();
  /** Events that came before one that was recorded earlier, and liberties taken. */
  swaps = 0;

  constructor(moment: Moment, pending: readonly Pending[], liberties: Liberties, fresh: () => Subject) {
    this.branch = new Branch(moment, fresh);
    this.#pending = pending;
    this.#liberties = liberties;
    this.#fates = pending.map(() => "open");
    this.#timed = this.#clockMatters();
  }

  /** Everything that can happen next. */
  choices(): Choice[] {
    const chances = this.#chances();
    const events = this.#pending.flatMap((_, index) => (this.#mayCome(index, chances) ? [String(index)] : []));
    const whims = this.#whims().map(({ name }) => `w ${name}`);
    return [...events, ...this.#again(), ...this.#expiries(), ...whims];
  }

  /** Makes it happen; gives what others must not touch to change places with it. */
  take(choice: Choice): readonly string[] {
    const touched = this.#take(choice);
    const { commands } = this.branch.happened[this.branch.happened.length - 1] ?? { commands: [] };
    const timers = this.#timed ? commands.filter((command) => command.world === "timer") : [];
    // The expiry of a timer that was cancelled can cross until the next event, whatever that is.
    const crosses = this.#liberties.expiries > 0 && timers.some(({ kind }) => kind === "cancel");
    return timers.length === 0 ? touched : [...touched, crosses ? everything : "clock"];
  }

  #take(choice: Choice): readonly string[] {
    if (choice.startsWith("x ")) return this.#expire(choice);
    if (choice.startsWith("w ")) return this.#please(choice);
    const index = Number.parseInt(choice, 10);
    const pending = this.#pending[index];
    if (pending === undefined) throw new Error(`there is no pending event ${choice}`);
    return choice.endsWith("+") ? this.#repeat(choice, index, pending) : this.#come(choice, index, pending);
  }

  /** What the state is known by. */
  key(): number {
    const { duplicates, losses, expiries, whims } = this.#spent;
    const chances = this.#chances();
    const twice = duplicates < this.#liberties.duplicates;
    const fates = this.#fates.map((fate, index) => (fate === "open" ? chances[index] : twice ? fate : "-"));
    const clock = this.#clockMatters() ? this.branch.clock() : "";
    return this.branch.key(`${fates.join()} ${duplicates} ${losses} ${expiries} ${whims} ${clock}`);
  }

  /** A timer may still end. */
  #clockMatters(): boolean {
    if (this.#spent.expiries < this.#liberties.expiries) return true;
    return this.#pending.some(
      ({ template }, index) => this.#fates[index] === "open" && template.event.world === "timer",
    );
  }

  #chances(): Chance[] {
    return this.#pending.map(({ template }, index) =>
      this.#fates[index] === "open" ? this.branch.chance(template).chance : "no",
    );
  }

  /** What its source said before came, or does not come any more. */
  #mayCome(index: number, chances: readonly Chance[]): boolean {
    if (this.#fates[index] !== "open" || chances[index] === "no") return false;
    let left = this.#liberties.losses - this.#spent.losses;
    for (const earlier of this.#before(index)) {
      if (chances[earlier] !== "now") continue;
      const event = this.#pending[earlier]?.template.event;
      if (event === undefined || !mayGetLost(event) || left === 0) return false;
      left -= 1;
    }
    return true;
  }

  /** Of the same source, recorded before it, and still to come. */
  #before(index: number): readonly number[] {
    const source = this.#pending[index]?.source;
    return this.#pending.flatMap((other, earlier) =>
      earlier < index && other.source === source && this.#fates[earlier] === "open" ? [earlier] : [],
    );
  }

  #again(): Choice[] {
    if (this.#spent.duplicates >= this.#liberties.duplicates) return [];
    return this.#pending.flatMap(({ template }, index) => {
      if (this.#fates[index] !== "came" || !mayComeTwice(template.event)) return [];
      return this.branch.chance(template, true).chance === "no" ? [] : [`${index}+`];
    });
  }

  #expiries(): Choice[] {
    if (this.#spent.expiries >= this.#liberties.expiries) return [];
    const { timers } = this.branch.ledger;
    const waited = new Set(
      this.#pending.flatMap(({ template }, index) => {
        const { event } = this.branch.chance(template);
        return this.#fates[index] === "open" && event.world === "timer" ? [event.timer] : [];
      }),
    );
    const ends = [...timers.all].flatMap(({ timer }) => (timers.mayEnd(timer) ? [timer] : []));
    return [...ends, ...timers.crossing]
      .filter((timer) => !waited.has(timer))
      .map((timer) => `x ${this.branch.timerOf(timer)}`);
  }

  #whims(): Whim[] {
    if (this.#spent.whims >= this.#liberties.whims) return [];
    return whimsOf(this.branch.ledger, this.branch.names, this.branch.now);
  }

  #please(choice: Choice): readonly string[] {
    const { event } = this.#whims().find(({ name }) => choice === `w ${name}`) ?? {};
    if (event === undefined) throw new Error(`nobody can do now: ${choice}`);
    this.swaps += 1;
    this.#spent.whims += 1;
    this.branch.take(event, event.at, choice, false);
    return [...this.branch.touched, `source ${sourceOf(event)}`, "whims"];
  }

  #come(choice: Choice, index: number, { template, source }: Pending): readonly string[] {
    const { event, chance } = this.branch.chance(template);
    const at = this.#timeOf(index, event, source);
    const chances = this.#chances();
    const before = this.#before(index);
    const lost = before.filter((earlier) => chances[earlier] === "now").length;
    this.swaps += this.#fates.slice(0, index).filter((fate) => fate === "open").length;
    for (const earlier of before) this.#fates[earlier] = "gone";
    this.#spent.losses += lost;
    this.#fates[index] = "came";
    this.branch.take(event, at, choice, chance === "late");
    this.#said.set(source, { recorded: event.at, at: this.branch.now });
    return [...this.branch.touched, `source ${source}`, ...(lost > 0 ? ["losses"] : [])];
  }

  #repeat(choice: Choice, index: number, { template, source }: Pending): readonly string[] {
    const { event, chance } = this.branch.chance(template, true);
    this.swaps += 1;
    this.#spent.duplicates += 1;
    this.#fates[index] = "cameTwice";
    this.branch.take(event, this.branch.now, choice, chance === "late");
    return [...this.branch.touched, `source ${source}`, "duplicates"];
  }

  #expire(choice: Choice): readonly string[] {
    const { ledger, now } = this.branch;
    const timer = this.#timerNamed(choice.slice(2));
    const at = ledger.timers.get(timer)?.due ?? now;
    const late = ledger.timers.wasCancelled(timer);
    this.swaps += 1;
    this.#spent.expiries += 1;
    this.branch.take({ world: "timer", kind: "expired", timer, at: instant(at) }, at, choice, late);
    return [...this.branch.touched, "expiries"];
  }

  #timerNamed(role: string): TimerId {
    return (this.branch.names.named(role) ?? role) as TimerId; // as `timerOf` made it
  }

  /**
   * When it comes: as long after what its source said before as it was, and not before it was recorded, unless it is taken out
   * of its turn. No running timer is overrun.
   */
  #timeOf(index: number, event: Event, source: string): number {
    const { now, ledger } = this.branch;
    const outOfTurn = this.#fates.indexOf("open") < index;
    if (this.swaps === 0 && !outOfTurn) return event.at;
    if (event.world === "timer") return ledger.timers.get(event.timer)?.due ?? now;
    const said = this.#said.get(source);
    const natural = said === undefined ? (outOfTurn ? now : event.at) : said.at + (event.at - said.recorded);
    const due = Math.min(...[...ledger.timers.all].map((timer) => timer.due));
    return Math.min(natural, Math.max(now, due));
  }
}
