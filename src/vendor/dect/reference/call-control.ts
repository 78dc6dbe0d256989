import type { CcCall, DectCommand, DectEvent, ReleaseReason } from "../../../message/dect.ts";
import type { HandsetName } from "../../../message/name.ts";
import { ms, unreachable } from "../../../message/units.ts";
import type { Cancel } from "../../clock/clock.ts";
import type { FamilyContext } from "../../family.ts";
import { wordsOf } from "../../reference/host/bus-fault.ts";
import { basicServices, ccMessages, discriminators, RELEASE_MS } from "../../reference/wire/cc.ts";
import type { Element } from "../../reference/wire/element.ts";
import {
  basicService,
  caller,
  display,
  inBandProgress,
  narrowbandCodecs,
  portableIdentity,
  readKeypad,
  readReleaseReason,
  releaseReason,
  signal,
} from "../../reference/wire/information.ts";
import type { LinkFrame } from "../../reference/wire/link-frame.ts";
import { type CcTransaction, Transactions } from "./transactions.ts";

/** What call control needs of the base. */
export interface CcLink {
  /** Hands one message to the base. Rejects when the base refuses it. */
  send(frame: LinkFrame): Promise<void>;
  nameOf(number: number): HandsetName | null;
  numberOf(handset: HandsetName): number | null;
  ipuiOf(number: number): string;
  /** A name for a call that a handset began; never given twice. */
  nextName(): CcCall;
}

type Setup = Extract<DectCommand, { kind: "setup" }>;
type CcEvent =
  Extract<DectEvent, { call: CcCall }> extends infer One
    ? One extends DectEvent
      ? Omit<One, "world" | "at">
      : never
    : never;

/** Call control of one base: CC messages of EN 300 175-5 on one side, the upper half's words on the other. */
export class CallControl {
  readonly #link: CcLink;
  readonly #context: FamilyContext;
  readonly #transactions = new Transactions();
  readonly #releaseTimers = new Map<CcTransaction, Cancel>();

  constructor(link: CcLink, context: FamilyContext) {
    this.#link = link;
    this.#context = context;
  }

  get idle(): boolean {
    return this.#transactions.size === 0;
  }

  close(): void {
    for (const cancel of this.#releaseTimers.values()) cancel();
    this.#releaseTimers.clear();
  }

  perform(command: DectCommand): void {
    if (command.kind === "setup") return this.#setup(command);
    const it = this.#transactions.ofCall(command.call);
    if (it === null) return;
    if (command.kind === "release") return this.#release(it, command.reason);
    if (it.state !== "open") return;
    switch (command.kind) {
      case "setupAck":
        return this.#send(it, ccMessages.setupAck, [inBandProgress()], command.channel);
      case "proceeding":
        return this.#send(it, ccMessages.callProc, [inBandProgress()]);
      case "alerting":
        return this.#send(it, ccMessages.alerting, []);
      case "connect":
        return this.#send(it, ccMessages.connect, []);
      case "connectAck":
        return this.#send(it, ccMessages.connectAck, []);
      case "signal":
        return this.#send(it, ccMessages.info, [signal(command.signal)]);
      case "display":
        return this.#send(it, ccMessages.info, [display(command.text)]);
      default:
        return unreachable(command);
    }
  }

  /** A CC message from a handset. */
  handle(frame: LinkFrame): void {
    const handset = this.#link.nameOf(frame.handset);
    if (handset === null) return this.#context.report("CC message refused: unknown handset");
    const it = this.#transactions.ofLink(frame.handset, frame.transaction);
    if (frame.message === ccMessages.setup) return this.#accept(frame, handset, it);
    if (it === null) return this.#refuse(frame);
    if (frame.message === ccMessages.release) return this.#released(it, frame, "released");
    if (frame.message === ccMessages.releaseCom) return this.#released(it, frame, "over");
    // What crosses our release on its way is of no interest any more.
    if (it.state === "open") this.#progress(it, frame);
  }

  /** No page response within LCE.03. */
  pageFailed(frame: LinkFrame): void {
    const it = this.#transactions.ofLink(frame.handset, frame.transaction);
    if (it?.state === "open" && !it.transaction.byHandset) this.#post({ kind: "pageFailed", ...partyOf(it) });
  }

  #setup(command: Setup): void {
    const { handset, call } = command;
    const number = this.#link.numberOf(handset);
    const known = this.#transactions.ofCall(call) !== null;
    if (known) return this.#context.report(`setup refused: ${call} exists already`);
    const it = number === null ? null : this.#transactions.allocate(call, handset, number);
    if (it === null) return this.#post({ kind: "released", handset, call, reason: "resources" });
    const service = command.signal === "alertingInternal" ? basicServices.internal : basicServices.normal;
    const elements = [
      portableIdentity(this.#link.ipuiOf(it.number)),
      basicService(service),
      signal(command.signal),
      ...caller(command.caller),
      narrowbandCodecs(),
    ];
    this.#link.send(frameOf(it, ccMessages.setup, elements, command.channel)).catch((error: unknown) => {
      this.#context.report(`setup refused by the base: ${wordsOf(error)}`);
      if (it.state === "clearing") return this.#free(it);
      if (it.state !== "open") return;
      it.state = "over";
      this.#transactions.freeValue(it);
      this.#post({ kind: "released", handset, call, reason: "resources" });
    });
  }

  #accept(frame: LinkFrame, handset: HandsetName, existing: CcTransaction | null): void {
    if (existing !== null) return this.#context.report("CC-SETUP refused: its transaction is in use");
    if (!frame.transaction.byHandset)
      return this.#context.report("CC-SETUP refused: its transaction is not the handset's");
    const call = this.#link.nextName();
    this.#transactions.accept(call, handset, frame.handset, frame.transaction);
    this.#post({ kind: "setup", handset, call, keypad: readKeypad(frame.elements) });
  }

  #progress(it: CcTransaction, frame: LinkFrame): void {
    const called = !it.transaction.byHandset;
    switch (frame.message) {
      case ccMessages.info: {
        const keypad = readKeypad(frame.elements);
        if (keypad !== "") this.#post({ kind: "keypad", ...partyOf(it), keypad });
        return;
      }
      case ccMessages.alerting:
        if (called) return this.#post({ kind: "alerting", ...partyOf(it) });
        break;
      case ccMessages.connect:
        if (called) return this.#post({ kind: "connect", ...partyOf(it) });
        break;
      case ccMessages.connectAck:
        if (!called) return;
        break;
    }
    this.#context.report("CC message dropped: unknown, or not of this state");
  }

  #released(it: CcTransaction, frame: LinkFrame, state: "released" | "over"): void {
    // Both sides released at once (EN 300 175-5 §9.5.3): the other's message is the answer to ours.
    if (it.state === "clearing") return this.#free(it);
    if (it.state !== "open") return;
    it.state = state;
    if (state === "over") this.#transactions.freeValue(it);
    this.#post({ kind: "released", ...partyOf(it), reason: readReleaseReason(frame.elements) });
  }

  #release(it: CcTransaction, reason: ReleaseReason): void {
    if (it.state === "clearing") return;
    if (it.state === "released") this.#send(it, ccMessages.releaseCom, []);
    if (it.state !== "open") return this.#free(it);
    it.state = "clearing";
    this.#send(it, ccMessages.release, [releaseReason(reason)]);
    const cancel = this.#context.clock.after(ms(RELEASE_MS), () => {
      this.#context.report("CC-RELEASE was not answered");
      this.#free(it);
    });
    this.#releaseTimers.set(it, cancel);
  }

  #free(it: CcTransaction): void {
    this.#releaseTimers.get(it)?.();
    this.#releaseTimers.delete(it);
    this.#transactions.free(it);
  }

  /** A message for a transaction that does not exist (docs/device-protocol.md §8.7). */
  #refuse(frame: LinkFrame): void {
    if (frame.message === ccMessages.releaseCom) return;
    const known = frame.message === ccMessages.release;
    if (!known) this.#context.report("CC message refused: unknown transaction");
    this.#hand({
      ...frame,
      message: ccMessages.releaseCom,
      channel: null,
      elements: known ? [] : [releaseReason("unknown")],
    });
  }

  #send(it: CcTransaction, message: number, elements: readonly Element[], channel: number | null = null): void {
    this.#hand(frameOf(it, message, elements, channel));
  }

  #hand(frame: LinkFrame): void {
    this.#link.send(frame).catch((error: unknown) => {
      this.#context.report(`message refused by the base: ${wordsOf(error)}`);
    });
  }

  #post(event: CcEvent): void {
    this.#context.post({ world: "dect", at: this.#context.clock.now(), ...event });
  }
}

function partyOf({ handset, call }: CcTransaction): { readonly handset: HandsetName; readonly call: CcCall } {
  return { handset, call };
}

function frameOf(it: CcTransaction, message: number, elements: readonly Element[], channel: number | null): LinkFrame {
  const { number, transaction } = it;
  return { handset: number, discriminator: discriminators.cc, transaction, message, channel, elements };
}
