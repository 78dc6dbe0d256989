import type { Failure, Happened, Subject } from "./branch.ts";
import type { Moment } from "./moment.ts";
import { type Choice, type Liberties, Order, type Pending, pendingOf } from "./order.ts";
import { comesToRest } from "./rest.ts";
import { areApart } from "./touched.ts";

export interface ExploreOptions extends Liberties {
  /** States after which it gives up. */
  readonly states: number;
  /** What is explored. Tests give one that has a fault. */
  readonly fresh: () => Subject;
}

/** A broken rule, and the shortest history that shows it. */
export interface Finding {
  readonly failure: Failure;
  /** Events after the moment, and how many of them came out of turn, twice, or by themselves. */
  readonly events: number;
  readonly swaps: number;
  readonly history: readonly Happened[];
  /** Of `history`: how many happened before the moment. */
  readonly before: number;
  /** The numbers of the pending events, by their place in the recording. */
  readonly numbers: readonly number[];
}

export interface Exploration {
  /** The event that the moment follows. */
  readonly after: number;
  readonly pending: number;
  /** Orders in which the pending events can come, to the end of each or to a broken rule. */
  readonly orders: bigint;
  /** Different states of the house. */
  readonly states: number;
  /** Histories that were run. */
  readonly runs: number;
  /** Steps that were not run: what came before could change places with them. */
  readonly apart: number;
  /** Steps that led to a state that was known. */
  readonly met: number;
  /** False when there were more states than wanted: then there are more orders than were counted. */
  readonly complete: boolean;
  /** Histories that were run until one broke a rule; null: none did. */
  readonly foundAfter: number | null;
  /** One for each rule. */
  readonly findings: readonly Finding[];
}

interface Node {
  path: readonly Choice[];
  swaps: number;
  readonly parent: Node | null;
  readonly last: Choice;
  readonly choices: readonly Choice[];
  /** By what can happen next; null: it breaks a rule. */
  readonly next: Map<Choice, Node | null>;
  readonly touched: Map<Choice, readonly string[]>;
}

/** Tries every order in which the pending events of a moment can come. */
export function explore(moment: Moment, options: ExploreOptions): Exploration {
  return new Explorer(moment, options).result();
}

class Explorer {
  readonly #moment: Moment;
  readonly #options: ExploreOptions;
  readonly #pending: readonly Pending[];
  readonly #known = new Map<number, Node>();
  readonly #findings = new Map<string, Finding>();
  #runs = 0;
  #apart = 0;
  #met = 0;
  #foundAfter: number | null = null;

  constructor(moment: Moment, options: ExploreOptions) {
    this.#moment = moment;
    this.#options = options;
    this.#pending = pendingOf(moment, options.fresh);
  }

  result(): Exploration {
    const root = this.#reach(null, "");
    let level = root === null ? [] : [root];
    // The shortest histories first, of those the ones with the fewest swaps.
    while (level.length > 0 && this.#known.size <= this.#options.states) {
      const next = level.sort((a, b) => a.swaps - b.swaps).flatMap((node) => this.#expand(node));
      level = next;
    }
    return {
      after: this.#moment.after,
      pending: this.#pending.length,
      orders: ordersFrom(root),
      states: this.#known.size,
      runs: this.#runs,
      apart: this.#apart,
      met: this.#met,
      complete: level.length === 0,
      foundAfter: this.#foundAfter,
      findings: [...this.#findings.values()],
    };
  }

  /** Everything that can follow; gives the states that were not known. */
  #expand(node: Node): Node[] {
    const fresh: Node[] = [];
    for (const choice of node.choices) {
      const known = changedPlaces(node, choice);
      if (known !== undefined) {
        this.#apart += 1;
        node.next.set(choice, known);
        continue;
      }
      const before = this.#known.size;
      const next = this.#reach(node, choice);
      node.next.set(choice, next);
      if (next !== null && this.#known.size > before) fresh.push(next);
    }
    return fresh;
  }

  /** Runs the history that leads there; null when it breaks a rule. */
  #reach(parent: Node | null, choice: Choice): Node | null {
    const order = new Order(this.#moment, this.#pending, this.#options, this.#options.fresh);
    const path = parent === null ? [] : [...parent.path, choice];
    let touched: readonly string[] = [];
    for (const step of path) touched = order.take(step);
    this.#runs += 1;
    parent?.touched.set(choice, touched);
    if (this.#fails(order, path)) return null;
    const key = order.key();
    const known = this.#known.get(key);
    if (known !== undefined) return this.#meet(known, path, order.swaps);
    const next = new Map<Choice, Node | null>();
    const { swaps } = order;
    const node: Node = { path, swaps, parent, last: choice, choices: order.choices(), next, touched: new Map() };
    this.#known.set(key, node);
    comesToRest(order.branch, node.choices.length === 0);
    this.#fails(order, path);
    return node;
  }

  #meet(known: Node, path: readonly Choice[], swaps: number): Node {
    this.#met += 1;
    if (path.length === known.path.length && swaps < known.swaps) Object.assign(known, { path, swaps });
    return known;
  }

  #fails({ branch, swaps }: Order, path: readonly Choice[]): boolean {
    const { failure, happened: history } = branch;
    if (failure === null) return false;
    this.#foundAfter ??= this.#runs;
    const best = this.#findings.get(failure.rule);
    const events = path.length;
    const numbers = this.#pending.map(({ n }) => n);
    const finding = { failure, events, swaps, history, before: this.#moment.before.length, numbers };
    if (best === undefined || isShorter(finding, best)) this.#findings.set(failure.rule, finding);
    return true;
  }
}

/** Fewer events, then fewer of them out of turn. */
export function isShorter(one: Finding, other: Finding): boolean {
  return one.events < other.events || (one.events === other.events && one.swaps < other.swaps);
}

/** What came last and this touched different things where both could come: the other order was run, and ends alike. */
function changedPlaces({ parent, last }: Node, choice: Choice): Node | null | undefined {
  const [mine, its] = [parent?.touched.get(last), parent?.touched.get(choice)];
  if (mine === undefined || its === undefined || !areApart(mine, its)) return undefined;
  return parent?.next.get(choice)?.next.get(last);
}

/** How many ways lead on from there. */
function ordersFrom(root: Node | null): bigint {
  const counted = new Map<Node, bigint>();
  const count = (node: Node | null): bigint => {
    if (node === null || node.next.size === 0) return 1n;
    const known = counted.get(node);
    if (known !== undefined) return known;
    let sum = 0n;
    for (const next of node.next.values()) sum += count(next);
    counted.set(node, sum);
    return sum;
  };
  return count(root);
}
