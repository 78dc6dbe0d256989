/**
 * Syntax of the patterns in `[[outgoing]]`; matching is the dial plan's.
 * Digits, `*` and `#` stand for themselves, `x` for any digit, `[2-9]` for one of a set,
 * `.` at the end for zero or more further digits.
 */
const patternSyntax = /^(?:[0-9*#x]|\[(?:[0-9](?:-[0-9])?)+\])*\.?$/;

/** Longest pattern accepted, characters; numbers have 15 digits at most (ITU-T E.164 §6). */
export const longestPattern = 40;

/** What is wrong with a pattern, as a way out; null when it is good. */
export function patternFault(pattern: string): string | null {
  if (pattern === "") return 'is empty: write digits, x, [2-9] or a final ".", e.g. "0."';
  if (pattern.length > longestPattern) return `is longer than ${longestPattern} characters: end it with "."`;
  if (/\..+$/.test(pattern)) return 'has a "." in the middle: it stands for all that follows, so write it last';
  if (!patternSyntax.test(pattern)) return 'write only digits, *, #, x (any digit), [2-9] (a set) and a final "."';
  const range = backwardRange(pattern);
  return range === null ? null : `has the backward range ${range}: write the smaller digit first`;
}

function backwardRange(pattern: string): string | null {
  for (const [range, low = "", high = ""] of pattern.matchAll(/([0-9])-([0-9])/g)) if (low > high) return range;
  return null;
}
