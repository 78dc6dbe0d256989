import { type Failure, type RunOptions, type RunResult, run } from "./run.ts";
import { type Happening, scriptOf } from "./script.ts";

/** The smallest history found that breaks the same rule. */
export interface Shrunk {
  readonly script: readonly Happening[];
  readonly result: RunResult;
  /** Runs it took. */
  readonly tries: number;
}

/** Runs that shrinking may take: it is for a person who waits. */
const mostTries = 2000;

/**
 * Delta debugging (Zeller's ddmin) over the outside events of a failing run: parts are left out as long as the same rule
 * is broken. People and far ends go on answering what the house does, so that what is left is a history that can happen.
 */
export function shrink(seed: number, options: RunOptions, failure: Failure): Shrunk {
  let script: readonly Happening[] = scriptOf(seed, options.calls);
  let tries = 0;
  const fails = (part: readonly Happening[]): boolean => {
    tries += 1;
    return run(seed, { ...options, hash: false, script: part }).failure?.rule === failure.rule;
  };
  let parts = 2;
  while (script.length > 1 && tries < mostTries) {
    const size = Math.ceil(script.length / parts);
    const smaller = without(script, size, (part) => tries < mostTries && fails(part));
    if (smaller !== null) {
      script = smaller;
      parts = Math.max(2, parts - 1);
    } else if (size === 1) break;
    else parts = Math.min(script.length, parts * 2);
  }
  return { script, result: run(seed, { ...options, journal: true, script }), tries };
}

/** The history without one part of that size, if it fails still. */
function without(
  script: readonly Happening[],
  size: number,
  fails: (part: readonly Happening[]) => boolean,
): readonly Happening[] | null {
  for (let from = 0; from < script.length; from += size) {
    const rest = [...script.slice(0, from), ...script.slice(from + size)];
    if (rest.length > 0 && fails(rest)) return rest;
  }
  return null;
}
