import type * as v from "valibot";
import { type Fault, issuePath, shown } from "./fault.ts";

/** A valibot issue as a fault. */
export function faultOfIssue(issue: v.BaseIssue<unknown>): Fault {
  const path = issuePath(issue.path ?? []);
  const missing = issue.input === undefined && issue.expected?.startsWith('"') === true;
  const key = path.slice(path.lastIndexOf(".") + 1);
  if (missing) return { path, value: null, problem: `is missing: add "${key} = …" to this section` };
  return { path: path === "" ? "file" : path, value: shown(path, issue.input), problem: issue.message };
}
