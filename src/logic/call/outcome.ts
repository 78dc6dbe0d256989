import type { Cause } from "../../message/cause.ts";

/** When several called parties fail, the caller is told what says most about a person: he refused, he talks, he is away. */
const telling: readonly Cause[] = [
  "deviceLost",
  "internalError",
  "rejected",
  "busy",
  "forbidden",
  "noAnswer",
  "cancelled",
  "notFound",
  "addressIncomplete",
  "codecMismatch",
  "noResources",
  "temporaryFailure",
  "timeout",
  "unreachable",
];

/** One cause out of several (RFC 3261 §16.7 step 6 does the same with responses). None at all: nobody to ring. */
export function mergeCauses(causes: readonly Cause[]): Cause {
  return telling.find((cause) => causes.includes(cause)) ?? causes[0] ?? "unreachable";
}
