import { createHmac } from "node:crypto";
import { DialPlan, type Match } from "../logic/dialplan/dialplan.ts";
import { plain } from "../logic/phonebook.ts";
import type { House } from "../message/plan.ts";

/**
 * Pseudonyms of telephone numbers and user parts that mean the same to the dial plan: as long, with as many of the first
 * digits kept as the plan tells apart, and the house's own and emergency numbers as they are. A digit's pseudonym
 * depends on itself and what follows, so that cutting digits from the front (`strip`) and masking change places.
 */
export class NumberMask {
  readonly #plan: DialPlan;
  readonly #kept: ReadonlySet<string>;
  readonly #prefixes: readonly string[];
  readonly #secret: string;
  readonly #known = new Map<string, string>();
  #users = 0;

  /** `secret`: of this capsule alone; not written anywhere. */
  constructor(house: House, secret: string) {
    const own = [...house.phones, ...house.groups, ...house.services].map(({ number }) => number);
    this.#plan = new DialPlan(house);
    this.#kept = new Set([...own, ...house.emergency, ""]);
    this.#prefixes = house.outgoing.map(({ prefix }) => prefix).filter((prefix) => prefix !== "");
    this.#secret = secret;
  }

  of(number: string): string {
    if (this.#kept.has(number)) return number;
    const same = plain(number);
    const known = this.#known.get(same) ?? this.#made(same);
    this.#known.set(same, known);
    return known;
  }

  /** Keys as they were dialled: what is sent for them becomes what is sent for their pseudonym. */
  ofKeys(dialled: string): string {
    const masked = this.of(dialled);
    const [theirs, ours] = [sentBy(this.#plan.match(dialled)), sentBy(this.#plan.match(masked))];
    if (theirs !== null && ours !== null && !this.#kept.has(theirs)) this.#known.set(plain(theirs), ours);
    return masked;
  }

  /** How many of the keys the plan takes; with the next one the number is complete, or none. */
  taken(keys: string): number {
    for (let length = 1; length <= keys.length; length++) {
      const match = this.#plan.match(keys.slice(0, length));
      if (match.kind === "none" || (match.kind !== "partial" && match.final)) return length;
    }
    return keys.length;
  }

  #made(number: string): string {
    if (!/^\+?[0-9*#]+$/.test(number)) {
      this.#users += 1;
      return `user${this.#users}`;
    }
    const least = Math.max(
      0,
      ...this.#prefixes.filter((start) => number.startsWith(start)).map(({ length }) => length),
    );
    for (let keep = least; keep < number.length; keep++) {
      const masked = number.slice(0, keep) + this.#digits(number.slice(keep));
      if (this.#meansTheSame(number, masked)) return masked;
    }
    return number;
  }

  #digits(number: string): string {
    let masked = "";
    for (let at = 0; at < number.length; at++) {
      const key = number.charAt(at);
      const digest = createHmac("sha256", this.#secret).update(number.slice(at)).digest();
      masked += /[0-9]/.test(key) ? String(digest.readUInt32BE(0) % 10) : key;
    }
    return masked;
  }

  #meansTheSame(number: string, masked: string): boolean {
    for (let length = 1; length <= number.length; length++)
      if (meaning(this.#plan.match(number.slice(0, length))) !== meaning(this.#plan.match(masked.slice(0, length))))
        return false;
    return true;
  }
}

/** What the plan makes of digits, but for the digits. */
function meaning(match: Match): string {
  if (match.kind === "none" || match.kind === "partial") return match.kind;
  if (match.kind === "barred") return `barred ${match.rule} ${match.final}`;
  const { target, final } = match;
  if (target.kind !== "line") return `${target.kind} ${target.number} ${final}`;
  return `${target.line} ${target.emergency} ${target.number.length} ${final}`;
}

function sentBy(match: Match): string | null {
  return match.kind === "complete" && match.target.kind === "line" ? match.target.number : null;
}
