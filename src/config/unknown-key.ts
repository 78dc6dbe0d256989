import type { Fault } from "./fault.ts";

/** The parts of a valibot schema that say which keys there may be. */
export interface Shape {
  readonly entries?: Readonly<Record<string, Shape>>;
  readonly item?: Shape;
  readonly wrapped?: Shape;
}

const longestKey = 40;

/** Keys that the schema does not know, each with the key that was probably meant. */
export function unknownKeys(shape: Shape, value: unknown, path = ""): Fault[] {
  if (shape.wrapped !== undefined) return unknownKeys(shape.wrapped, value, path);
  if (typeof value !== "object" || value === null) return [];
  if (shape.item !== undefined) return unknownInArray(shape.item, value, path);
  if (shape.entries === undefined) return [];
  if (Array.isArray(value))
    return [{ path, value: "[…]", problem: `there is only one: write [${path}], not [[${path}]]` }];
  const known = shape.entries;
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = path === "" ? key.slice(0, longestKey) : `${path}.${key.slice(0, longestKey)}`;
    const next = Object.hasOwn(known, key) ? known[key] : undefined;
    return next === undefined
      ? [{ path: at, value: null, problem: `is not known here; ${suggestion(key, Object.keys(known))}` }]
      : unknownKeys(next, inner, at);
  });
}

function unknownInArray(item: Shape, value: object, path: string): Fault[] {
  return Array.isArray(value) ? value.flatMap((inner, index) => unknownKeys(item, inner, `${path}[${index + 1}]`)) : [];
}

function suggestion(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  return near === null ? `write one of ${known.join(", ")}` : `did you mean "${near}"?`;
}

/** The one of `known` that a person who wrote `word` probably meant; null when nothing is near. */
export function nearest(word: string, known: readonly string[]): string | null {
  const plain = (text: string): string => text.slice(0, longestKey).toLowerCase().replaceAll(/[_-]/g, "");
  let best: string | null = null;
  let least = Math.max(1, Math.min(3, Math.floor(plain(word).length / 2)));
  for (const candidate of known) {
    const distance = editDistance(plain(word), plain(candidate));
    if (distance > least || (distance === least && best !== null)) continue;
    best = candidate;
    least = distance;
  }
  return best;
}

/** Levenshtein distance: letters to add, drop or change. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const change = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(change, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
