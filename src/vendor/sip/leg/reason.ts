import { type Cause, causes } from "../../../message/cause.ts";

/** Reason header lines (RFC 3326) for a BYE or a final response. */
export function reasonHeader(cause: Cause): string {
  return `Reason: Q.850;cause=${causes[cause].q850}`;
}

/** CANCEL of a leg that rang in vain because another answered carries the word of it (RFC 3326 §2). */
export function cancelReason(cause: Cause): string {
  return cause === "answeredElsewhere" ? 'Reason: SIP;cause=200;text="Call completed elsewhere"' : reasonHeader(cause);
}

/** Why the far end says it hung up; normal when it does not say. */
export function causeOfReason(reason: string | undefined): Cause {
  const q850 = Number(/Q\.850[^,]*?;[ \t]*cause[ \t]*=[ \t]*(\d{1,3})/i.exec(reason ?? "")?.[1] ?? 16);
  if (q850 === causes.normal.q850) return "normal";
  const entries = Object.entries(causes) as [Cause, { readonly q850: number }][]; // the table's own keys
  return entries.find(([, facts]) => facts.q850 === q850)?.[0] ?? "normal";
}
