import type { House, OutgoingRule, Target } from "../../message/plan.ts";
import { compilePattern, type Pattern, type Progress } from "./pattern.ts";

/** What the digits dialled so far mean. */
export type Match =
  /** No number begins so. */
  | { readonly kind: "none" }
  | { readonly kind: "partial" }
  /** `final`: nothing longer can match, it leaves at once. */
  | { readonly kind: "complete"; readonly target: Target; readonly final: boolean }
  | { readonly kind: "barred"; readonly rule: string; readonly final: boolean };

interface Route {
  readonly pattern: Pattern;
  readonly result: (dialled: string) => Target | { readonly barred: string };
}

/**
 * Digits -> number -> route. Asked again at every digit.
 * Emergency numbers come first and never wait; then the house's own numbers; then the outgoing rules in their order.
 */
export class DialPlan {
  readonly #routes: readonly Route[];
  readonly #emergency: ReadonlySet<string>;
  readonly #house: House;

  constructor(house: House) {
    this.#house = house;
    this.#emergency = new Set(house.emergency);
    this.#routes = [...emergencyRoutes(house), ...internalRoutes(house), ...house.outgoing.map(outgoingRoute)];
  }

  match(dialled: string): Match {
    if (this.#emergency.has(dialled)) return this.#answer(dialled, false);
    if (dialled.endsWith("#") && !this.#alive(dialled)) return this.#forced(dialled.slice(0, -1));
    return this.#answer(dialled, true);
  }

  /** The house's own number as a target, for a call from outside; null when it is none of ours. */
  internal(number: string): Target | null {
    for (const route of internalRoutes(this.#house)) {
      if (!route.pattern.match(number)?.complete) continue;
      const result = route.result(number);
      if (!("barred" in result)) return result;
    }
    return null;
  }

  #alive(dialled: string): boolean {
    return this.#routes.some((route) => route.pattern.match(dialled) !== null);
  }

  /** `#` at the end: the caller says that his number is complete. */
  #forced(dialled: string): Match {
    const match = this.#answer(dialled, false);
    return match.kind === "partial" ? { kind: "none" } : match;
  }

  #answer(dialled: string, mayGrow: boolean): Match {
    let open = false;
    let found: Route | null = null;
    for (const route of this.#routes) {
      const progress = route.pattern.match(dialled);
      if (progress === null) continue;
      if (progress.complete) found ??= route;
      open ||= progress.open;
    }
    if (found === null) return open ? { kind: "partial" } : { kind: "none" };
    const result = found.result(dialled);
    const final = !open || !mayGrow;
    return "barred" in result
      ? { kind: "barred", rule: result.barred, final }
      : { kind: "complete", target: result, final };
  }
}

function emergencyRoutes(house: House): Route[] {
  const line = house.lines[0]?.line;
  if (line === undefined) return [];
  return house.emergency.map((number) => ({
    pattern: compilePattern(number),
    result: () => ({ kind: "line", line, number, emergency: true }),
  }));
}

function internalRoutes(house: House): Route[] {
  const phones = house.phones.map(({ phone, number }) => ({ number, members: [phone] }));
  const rung: Route[] = [...house.groups, ...phones].map(({ number, members }) => ({
    pattern: compilePattern(number),
    result: () => ({ kind: "phones", phones: members, number }),
  }));
  const services: Route[] = house.services.map(({ number, service }) => ({
    pattern: compilePattern(number),
    result: () => ({ kind: "service", service, number }),
  }));
  return [...rung, ...services];
}

function outgoingRoute(rule: OutgoingRule): Route {
  const { line } = rule;
  const pattern = compilePattern(rule.pattern);
  // What is left after stripping is a number: one digit at least.
  const least = line === null || rule.prefix !== "" ? 0 : rule.strip + 1;
  return {
    pattern: { ...pattern, match: (dialled) => reaching(least, dialled, pattern.match(dialled)) },
    result: (dialled) =>
      line === null
        ? { barred: rule.name }
        : { kind: "line", line, number: rule.prefix + dialled.slice(rule.strip), emergency: false },
  };
}

function reaching(least: number, { length }: string, progress: Progress | null): Progress | null {
  return progress === null || length >= least ? progress : { ...progress, complete: false };
}
