import type { Digit } from "../message/name.ts";

const keys = "0123456789*#ABCD";

/** The telephone keys in a text; anything else is no key and is left out. */
export function digitsOf(text: string): Digit[] {
  return [...text.toUpperCase()].filter(isDigit);
}

function isDigit(key: string): key is Digit {
  return key.length === 1 && keys.includes(key);
}
