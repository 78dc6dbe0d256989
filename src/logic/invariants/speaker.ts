import type { Endpoint, PartyName } from "../../message/name.ts";
import type { Agreed } from "./agreed.ts";

/** The phones that ring for one call: those that were told to in one event. */
export interface Ring {
  answeredBy: string | null;
  /** Of them, how many ring or speak. */
  live: number;
}

/** A SIP dialog, a CC transaction, or the phone in a port: somebody who may speak. */
export interface Speaker {
  readonly id: string;
  readonly party: PartyName;
  readonly calls: boolean;
  answered: boolean;
  /** A handset that is called said that it answers. */
  connects: boolean;
  /** Sound before the answer was agreed. */
  early: boolean;
  endpoint: Endpoint | null;
  ring: Ring | null;
  /** How far it was told how its call goes on: a step of `DialogRules`. */
  told: number;
  /** It calls an emergency number. */
  emergency: boolean;
  /** It was told that it is held. */
  held: boolean;
  /** Who calls, when it is known: of an INVITE of ours. */
  caller: Speaker | null;
  /** With a far end, what was agreed. */
  agreed: Agreed | null;
  /** What its person has dialled; null while nothing is collected. */
  dialled: string | null;
}

export function newSpeaker(id: string, party: PartyName, calls: boolean): Speaker {
  return {
    id,
    party,
    calls,
    answered: false,
    connects: false,
    early: false,
    endpoint: null,
    ring: null,
    told: 0,
    emergency: false,
    held: false,
    caller: null,
    agreed: null,
    dialled: null,
  };
}

export function isSip(speaker: Speaker): boolean {
  return speaker.id.startsWith("sip:");
}
