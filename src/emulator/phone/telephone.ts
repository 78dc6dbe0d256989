import type { Digit, Identity, PhoneName } from "../../message/name.ts";
import type { PhoneEvent } from "../contract.ts";
import type { Receiver } from "./receiver.ts";

/** What changed at a phone. */
export type PhoneChange = PhoneEvent["change"];

/** A key of a phone; R = register recall. */
export type Key = Digit | "R";

/** A phone in a person's hands: an analog phone or a handset. What makes no sense throws a sentence. */
export interface Telephone {
  readonly name: PhoneName;
  readonly receiver: Receiver;
  readonly hook: "on" | "off";
  readonly present: boolean;
  readonly ringing: boolean;
  readonly display: readonly string[];
  readonly caller: Identity | null;
  onChange: ((change: PhoneChange) => void) | null;
  lift(): void;
  hangUp(): void;
  /** Resolves when the last key has been let go. */
  press(keys: readonly Key[]): Promise<void>;
  flash(): Promise<void>;
  leave(): void;
  comeBack(): void;
  alertAfter(delayMs: number): void;
  refuseCalls(on: boolean): void;
}
