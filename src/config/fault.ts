/** One thing wrong with a configuration: where it is, what is there, and the way out. */
export interface Fault {
  /** E.g. `line[2].registrar`; sections of a kind are counted from 1. `line 7` of the file when it is no TOML. */
  readonly path: string;
  /** The value as written, shortened; null when there is none. */
  readonly value: string | null;
  readonly problem: string;
}

/** The configuration was refused; `faults` is all of them. */
export class ConfigFaults extends Error {
  readonly faults: readonly Fault[];

  constructor(source: string, faults: readonly Fault[]) {
    super(`${source}: ${faults.length === 1 ? "1 fault" : `${faults.length} faults`}`);
    this.faults = faults;
  }
}

/** A fault as one line for people. */
export function showFault(fault: Fault): string {
  return fault.value === null ? `${fault.path}: ${fault.problem}` : `${fault.path} = ${fault.value}: ${fault.problem}`;
}

/** The value of `path` as a fault shows it: shortened, and never a secret. */
export function shown(path: string, value: unknown): string | null {
  if (value === undefined) return null;
  if (path.endsWith("password")) return "(not shown)";
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "[…]" : "{…}";
  // TOML has nan and inf, JSON has not.
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 77)}…"` : text;
}

/** The path of a valibot issue in the words of the file. */
export function issuePath(path: readonly { readonly key: unknown }[]): string {
  let text = "";
  for (const { key } of path)
    text += typeof key === "number" ? `[${key + 1}]` : `${text === "" ? "" : "."}${String(key)}`;
  return text;
}
