/**
 * Why a call, or one party's side of it, ended. One union, one table:
 * the SIP status to answer or read (RFC 3261 §21), the Q.850 cause value, and the tone the other side hears.
 */
export type Cause =
  | "normal"
  | "cancelled"
  | "answeredElsewhere"
  | "busy"
  | "noAnswer"
  | "rejected"
  | "unreachable"
  | "notFound"
  | "addressIncomplete"
  | "forbidden"
  | "noResources"
  | "codecMismatch"
  | "temporaryFailure"
  | "deviceLost"
  | "mediaTimeout"
  | "timeout"
  | "internalError";

export interface CauseFacts {
  /** SIP final status for an INVITE that ends so. */
  readonly sip: number;
  /** SIP reason phrase that goes with it. */
  readonly phrase: string;
  /** ITU-T Q.850 cause value. */
  readonly q850: number;
  /** What a caller who is still off-hook hears. */
  readonly tone: "busy" | "congestion";
}

export const causes: Readonly<Record<Cause, CauseFacts>> = {
  normal: { sip: 480, phrase: "Temporarily Unavailable", q850: 16, tone: "busy" },
  cancelled: { sip: 487, phrase: "Request Terminated", q850: 16, tone: "busy" },
  answeredElsewhere: { sip: 487, phrase: "Request Terminated", q850: 26, tone: "busy" },
  busy: { sip: 486, phrase: "Busy Here", q850: 17, tone: "busy" },
  noAnswer: { sip: 480, phrase: "Temporarily Unavailable", q850: 19, tone: "busy" },
  rejected: { sip: 603, phrase: "Decline", q850: 21, tone: "busy" },
  unreachable: { sip: 480, phrase: "Temporarily Unavailable", q850: 20, tone: "congestion" },
  notFound: { sip: 404, phrase: "Not Found", q850: 1, tone: "congestion" },
  addressIncomplete: { sip: 484, phrase: "Address Incomplete", q850: 28, tone: "congestion" },
  forbidden: { sip: 403, phrase: "Forbidden", q850: 57, tone: "congestion" },
  noResources: { sip: 503, phrase: "Service Unavailable", q850: 34, tone: "congestion" },
  codecMismatch: { sip: 488, phrase: "Not Acceptable Here", q850: 88, tone: "congestion" },
  temporaryFailure: { sip: 503, phrase: "Service Unavailable", q850: 41, tone: "congestion" },
  deviceLost: { sip: 480, phrase: "Temporarily Unavailable", q850: 27, tone: "congestion" },
  mediaTimeout: { sip: 408, phrase: "Request Timeout", q850: 41, tone: "congestion" },
  timeout: { sip: 408, phrase: "Request Timeout", q850: 102, tone: "congestion" },
  internalError: { sip: 500, phrase: "Server Internal Error", q850: 41, tone: "congestion" },
};

const byStatus = new Map<number, Cause>([
  [401, "forbidden"],
  [403, "forbidden"],
  [404, "notFound"],
  [407, "forbidden"],
  [408, "timeout"],
  [410, "notFound"],
  [415, "codecMismatch"],
  [480, "unreachable"],
  [484, "addressIncomplete"],
  [486, "busy"],
  [487, "cancelled"],
  [488, "codecMismatch"],
  [500, "temporaryFailure"],
  [503, "temporaryFailure"],
  [600, "busy"],
  [603, "rejected"],
  [604, "notFound"],
  [606, "codecMismatch"],
]);

/** Reads a SIP final status (300-699) as a cause; an unlisted one counts as its class (RFC 3261 §8.1.3.2). */
export function causeOfStatus(status: number): Cause {
  const known = byStatus.get(status);
  if (known !== undefined) return known;
  if (status >= 600) return "rejected";
  if (status >= 500) return "temporaryFailure";
  return "unreachable";
}

/** The same in plain words, as the end of a sentence: "over: …". */
export const causeWords: Readonly<Record<Cause, string>> = {
  normal: "one of the two hung up",
  cancelled: "the caller gave up before an answer",
  answeredElsewhere: "another phone answered",
  busy: "the called party is busy",
  noAnswer: "nobody answered in time",
  rejected: "the called party refused",
  unreachable: "the called party is away or can not be reached",
  notFound: "the number does not exist",
  addressIncomplete: "the number is not complete",
  forbidden: "it is not allowed",
  noResources: "no line, channel or memory is free",
  codecMismatch: "the two have no codec in common",
  temporaryFailure: "a server or network failed",
  deviceLost: "the device was unplugged or its line is faulty",
  mediaTimeout: "no voice came from the far end for too long",
  timeout: "nothing was heard of the other side in time",
  internalError: "a fault of the gateway",
};
