import type * as v from "valibot";
import { type Document, documentSchema } from "./schema.ts";
import type { Shape } from "./unknown-key.ts";

/**
 * A document with faults, made whole so that its sections can still be compared with one another:
 * a faulty value becomes its preset, or text. What is then found about a faulty path is left out.
 */
export function repaired(output: unknown, issues: readonly v.BaseIssue<unknown>[]): Document {
  for (const issue of issues) repair(output, issue);
  // `as`: every section was right, and every faulty value in them has just been replaced.
  return output as Document;
}

interface Preset extends Shape {
  readonly type?: string;
  readonly default?: unknown;
}

function repair(output: unknown, issue: v.BaseIssue<unknown>): void {
  const keys = (issue.path ?? []).map(({ key }) => key);
  const last = keys.pop();
  const parent = keys.reduce<unknown>(inside, output);
  if (typeof parent !== "object" || parent === null || (typeof last !== "string" && typeof last !== "number")) return;
  const preset = presetOf([...keys, last], issue.input);
  Object.defineProperty(parent, last, { value: preset, enumerable: true, configurable: true, writable: true });
}

function inside(value: unknown, key: unknown): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, String(key)) : undefined;
}

function presetOf(keys: readonly unknown[], written: unknown): unknown {
  let shape: Preset | undefined = documentSchema as Preset;
  for (const key of keys) {
    while (shape?.wrapped !== undefined) shape = shape.wrapped;
    shape = typeof key === "number" ? shape?.item : shape?.entries?.[String(key)];
  }
  if (shape?.type === "optional") return shape.default;
  if (shape?.item !== undefined) return [];
  return typeof written === "object" || written === undefined ? "" : String(written);
}
