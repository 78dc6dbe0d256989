import type { Digit } from "../../message/name.ts";

/** ITU-T Q.23: the key at row r and column c sounds rows[r] and columns[c], Hz. */
export const dtmfRows = [697, 770, 852, 941] as const;
export const dtmfColumns = [1209, 1336, 1477, 1633] as const;

const keys: readonly (readonly Digit[])[] = [
  ["1", "2", "3", "A"],
  ["4", "5", "6", "B"],
  ["7", "8", "9", "C"],
  ["*", "0", "#", "D"],
];

export function keyAt(row: number, column: number): Digit | null {
  return keys[row]?.[column] ?? null;
}

/** The two frequencies of a key, Hz. */
export function dtmfOf(digit: Digit): { readonly low: number; readonly high: number } {
  const row = keys.findIndex((line) => line.includes(digit));
  const column = keys[row]?.indexOf(digit) ?? 0;
  return { low: dtmfRows[row] ?? 0, high: dtmfColumns[column] ?? 0 };
}
