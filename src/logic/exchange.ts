import type { Cause } from "../message/cause.ts";
import type { CallId, Identity, PartyName } from "../message/name.ts";
import type { House, IncomingRule, Target } from "../message/plan.ts";
import type { CallView } from "../message/view.ts";
import type { Leg, LegOwner, Party, Reception } from "../proxy/party.ts";
import { Call, type CallHost } from "./call/call.ts";
import { Dialling } from "./call/dialling.ts";
import { CallLog } from "./calllog.ts";
import type { Desk } from "./desk.ts";
import { DialPlan } from "./dialplan/dialplan.ts";
import { PhoneBook } from "./phonebook.ts";

/** Who rings for whom: internal numbers, groups, incoming and outgoing map, and the calls that are up. */
export class Exchange implements Reception {
  readonly book: PhoneBook;
  readonly log: CallLog;
  readonly #desk: Desk;
  readonly #parties = new Map<PartyName, Party>();
  readonly #calls = new Map<CallId, Call>();
  readonly #touched = new Set<Call>();
  #plan: DialPlan;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#plan = new DialPlan(desk.house);
    this.book = new PhoneBook(desk);
    this.log = new CallLog(desk);
  }

  configure(house: House, parties: readonly Party[]): void {
    this.#plan = new DialPlan(house);
    this.#parties.clear();
    for (const party of parties) this.#parties.set(party.name, party);
  }

  /** A call from outside: its number is complete, so it rings at once. One that can not be taken was missed. */
  arrived(leg: Leg, from: Identity, dialled: string, problem: Cause | null): LegOwner {
    const call = this.#open(leg, from);
    if (problem !== null) {
      call.fail(problem, dialled);
      return call;
    }
    const target = this.#incoming(leg.party.name, dialled);
    if (target === null) call.fail("notFound", dialled);
    else if (target.kind === "phones" && target.phones.length === 0) call.fail("notFound", dialled);
    else if (!this.#fits(target)) call.fail("noResources", dialled);
    else call.route(target);
    return call;
  }

  /** Somebody in the house is about to dial. */
  lifted(leg: Leg): LegOwner {
    const call = this.#open(leg, leg.party.identity);
    call.collect();
    return call;
  }

  hangUp(id: CallId): void {
    this.#calls.get(id)?.hangUp();
  }

  /** To the call that asked for it, when it still waits. */
  capsuleSaved(asked: CallId, good: boolean): void {
    this.#calls.get(asked)?.capsuleSaved(good);
  }

  get quiet(): boolean {
    return this.#calls.size === 0;
  }

  /** Calls that are up. */
  get count(): number {
    return this.#calls.size;
  }

  calls(): CallView[] {
    return [...this.#calls.values()].map((call) => call.view());
  }

  /** Before each event: nothing is touched yet. */
  begin(): void {
    this.#touched.clear();
  }

  /** The calls that the event in hand reached, also those that ended by it. */
  touched(): CallId[] {
    return [...this.#touched].map((call) => call.call);
  }

  /** A handler threw: releases the calls it touched, and that of the leg the event was for. Names them. */
  abandon(leg: Leg | null): CallId[] {
    const calls = [...this.#calls.values()].filter(
      (call) => this.#touched.has(call) || (leg !== null && call.involves(leg)),
    );
    for (const call of calls) {
      this.#calls.delete(call.call);
      try {
        call.abandon();
      } catch {
        // What broke it may break its end, too; the next leg and the next call still get theirs.
      }
    }
    return calls.map((call) => call.call);
  }

  #open(caller: Leg, from: Identity): Call {
    const call = new Call(this.#desk, this.#host, caller, from);
    this.#calls.set(call.call, call);
    this.#touched.add(call);
    return call;
  }

  /** Exact rules first, then the house's own numbers, then the rule without numbers. */
  #incoming(line: PartyName, dialled: string): Target | null {
    const rules = this.#desk.house.lines.find((plan) => plan.line === line)?.incoming ?? [];
    const exact = rules.find((rule) => rule.numbers.includes(dialled));
    if (exact !== undefined) return ruled(exact, dialled);
    const own = this.#plan.internal(dialled);
    if (own !== null) return own;
    const rest = rules.find((rule) => rule.numbers.length === 0);
    return rest === undefined ? null : ruled(rest, dialled);
  }

  readonly #host: CallHost = {
    touch: (call) => this.#touched.add(call),
    resolve: (target, caller) => this.#resolve(target, caller),
    named: (identity) => this.#named(identity),
    dialling: (call) => this.#dialling(call),
    record: (entry) => this.log.add(entry),
    over: (call) => this.#calls.delete(call.call),
    lastOf: (party) => this.log.lastOf(party),
  };

  #dialling(call: Call): Dialling {
    const dialling: Dialling = new Dialling(this.#desk, this.#plan, call.call, {
      routed: (target) => {
        if (isEmergency(target)) this.#makeRoom();
        if (this.#fits(target)) call.route(target);
        else call.fail("noResources", dialling.dialled);
      },
      failed: (cause) => call.fail(cause, dialling.dialled),
    });
    return dialling;
  }

  /** Memory is kept for the calls that are up, and for an emergency. */
  #fits(target: Target): boolean {
    return this.#desk.memory === "easy" || isEmergency(target);
  }

  /**
   * An emergency call needs an RTP stream, and there may be none: then somebody else's call ends, one that nobody has
   * answered yet first, of those the one that began last.
   */
  #makeRoom(): void {
    if (this.#desk.voice.hasRtp || this.#desk.house.lines.length === 0) return;
    const others = [...this.#calls.values()].filter((call) => call.canGiveWay).reverse();
    (others.find((call) => !call.isAnswered) ?? others[0])?.giveWay();
  }

  /** Names of the house come before the book: they are what people call their phones. */
  #named(identity: Identity): Identity {
    const own = this.#desk.house.phones.find((phone) => phone.number === identity.number);
    return own === undefined ? this.book.named(identity) : { number: own.number, name: own.name };
  }

  #resolve(target: Target, caller: Party): { parties: readonly Party[]; together: boolean } {
    switch (target.kind) {
      case "phones":
        return { parties: this.#known(others(target.phones, caller.name)), together: true };
      case "line":
        return { parties: this.#known(target.emergency ? this.#anyLine(target.line) : [target.line]), together: false };
      case "service":
        return { parties: [], together: true };
    }
  }

  /** An emergency call takes whatever line there is. */
  #anyLine(first: PartyName): PartyName[] {
    const others = this.#desk.house.lines.map((plan) => plan.line).filter((line) => line !== first);
    return [first, ...others];
  }

  #known(names: readonly PartyName[]): Party[] {
    return names.flatMap((name) => this.#parties.get(name) ?? []);
  }
}

function isEmergency(target: Target): boolean {
  return target.kind === "line" && target.emergency;
}

function ruled(rule: IncomingRule, dialled: string): Target {
  if (rule.forward !== undefined) return { kind: "line", emergency: false, ...rule.forward };
  return { kind: "phones", phones: rule.ring, number: dialled };
}

/** Whoever calls a group does not ring himself; whoever calls his own number alone finds it busy. */
function others(phones: readonly PartyName[], caller: PartyName): readonly PartyName[] {
  return phones.length > 1 ? phones.filter((phone) => phone !== caller) : phones;
}
