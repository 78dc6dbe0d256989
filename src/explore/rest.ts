import type { Event } from "../message/event.ts";
import { instant } from "../message/units.ts";
import { missing } from "../simulation/rest.ts";
import type { Branch } from "./branch.ts";

/** A house that does so much when all have hung up is one that never rests. */
const mostEvents = 500;

/**
 * Everybody hangs up, and every timer ends: nothing may be left. `tried`: the next call has to go as in a fresh house, too.
 */
export function comesToRest(branch: Branch, tried: boolean): void {
  for (const event of hangingUp(branch)) branch.handle(event, null, false);
  for (let events = 0; branch.failure === null; events++) {
    const next = firstDue(branch);
    if (next === null) break;
    if (events >= mostEvents) branch.failure = { rule: "rest", objects: [], why: "it never rests" };
    branch.handle(next, null, false);
  }
  branch.failure ??= leftIn(branch) ?? (tried ? lackOf(branch) : null);
}

/** What everybody would say now. */
function* hangingUp({ ledger, now }: Branch): Generator<Event, undefined> {
  const at = instant(now);
  if (ledger.voice === "lost") yield { world: "voice", kind: "ready", at, rtp: ledger.rtp };
  for (const [leg, dialog] of ledger.dialogs) {
    if (dialog.released || dialog.done) continue;
    const about = { world: "sip", at, line: dialog.line, leg } as const;
    if (dialog.answered) yield { ...about, kind: "ended", cause: "normal" };
    else if (dialog.calls) yield { ...about, kind: "cancelled" };
    else yield { ...about, kind: "refused", status: 480, reason: "Temporarily Unavailable" };
  }
  for (const [call, { handset, released, done }] of ledger.transactions)
    if (!released && !done && ledger.devices.reaches(handset))
      yield { world: "dect", kind: "released", at, handset, call, reason: "normal" };
  for (const [port, { device, offHook }] of ledger.devices.ports)
    if (offHook && ledger.devices.isAttached(device)) yield { world: "fxs", kind: "wentOnHook", at, port };
}

function firstDue({ ledger, now }: Branch): Event | null {
  let [first] = ledger.timers.all;
  for (const timer of ledger.timers.all) if (first === undefined || timer.due < first.due) first = timer;
  if (first === undefined) return null;
  return { world: "timer", kind: "expired", timer: first.timer, at: instant(Math.max(now, first.due)) };
}

function leftIn({ upper, rules }: Branch): Branch["failure"] {
  const { calls, phones, lines } = upper.view();
  const busy = phones
    .filter(({ state }) => !["idle", "absent", "fault"].includes(state))
    .map(({ phone, state }) => `${phone} ${state}`);
  const kept = lines.filter((it) => it.calls > 0).map(({ line, calls: count }) => `${line} carries ${count}`);
  const left = [...rules.left(), ...kept, ...calls.map(({ call, state }) => `${call} ${state}`), ...busy];
  if (left.length > 0 || !upper.quiet) return { rule: "rest", objects: left, why: "when everybody had gone" };
  return null;
}

/** The call that is tried rings a group, or the first phone. */
function lackOf({ upper, ledger, now }: Branch): Branch["failure"] {
  const { house, rtp } = ledger;
  if (house === null) return null;
  const number = house.groups[0]?.number ?? house.phones[0]?.number ?? "";
  const lost = missing(upper, { plan: house, streams: rtp.length }, now, 0, number);
  return lost === null ? null : { rule: "rest", objects: [], why: lost };
}
