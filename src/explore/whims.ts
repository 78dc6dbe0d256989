import type { Event } from "../message/event.ts";
import { type Instant, instant } from "../message/units.ts";
import type { Ledger } from "./ledger.ts";
import type { Names } from "./names.ts";

/** What somebody could do now, by a name that is the same in every order. */
export interface Whim {
  readonly name: string;
  readonly event: Event;
}

/** What people and far ends could do, whatever they did: answer a phone that rings, give up, refuse, hang up. */
export function whimsOf(ledger: Ledger, names: Names, now: number): Whim[] {
  const at = instant(now);
  return [...ofDialogs(ledger, names, at), ...ofHandsets(ledger, at), ...ofPorts(ledger, at)];
}

function* ofDialogs({ dialogs }: Ledger, names: Names, at: Instant): Generator<Whim, undefined> {
  for (const [leg, { line, calls, answered, released, done }] of dialogs) {
    if (released || done) continue;
    const about = { world: "sip", at, line, leg } as const;
    const who = names.roleOf(leg) ?? leg;
    if (answered) yield { name: `BYE ${who}`, event: { ...about, kind: "ended", cause: "normal" } };
    else if (calls) yield { name: `CANCEL ${who}`, event: { ...about, kind: "cancelled" } };
    else yield { name: `486 ${who}`, event: { ...about, kind: "refused", status: 486, reason: "Busy Here" } };
  }
}

function* ofHandsets({ transactions, devices }: Ledger, at: Instant): Generator<Whim, undefined> {
  for (const [call, { handset, connected, released, done }] of transactions) {
    if (released || done || !devices.reaches(handset)) continue;
    const about = { world: "dect", at, handset, call } as const;
    if (call.startsWith("cc:out") && !connected)
      yield { name: `${handset} answers`, event: { ...about, kind: "connect" } };
    yield { name: `${handset} hangs up`, event: { ...about, kind: "released", reason: "normal" } };
  }
}

function* ofPorts({ devices }: Ledger, at: Instant): Generator<Whim, undefined> {
  for (const [port, { device, offHook, rings }] of devices.ports) {
    if (!devices.isAttached(device)) continue;
    const about = { world: "fxs", at, port } as const;
    if (rings && !offHook) yield { name: `${port} answers`, event: { ...about, kind: "wentOffHook" } };
    if (offHook) yield { name: `${port} hangs up`, event: { ...about, kind: "wentOnHook" } };
  }
}
