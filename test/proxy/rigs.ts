import type { Command } from "../../src/message/command.ts";
import type { CcCall } from "../../src/message/dect.ts";
import type { HandsetName, PartyName, PortName } from "../../src/message/name.ts";
import type { SipLeg } from "../../src/message/sip.ts";
import { line, media, type World } from "../logic/world.ts";

/** The person or far end behind one party: what it can do, and what it was told. */
export interface Rig {
  readonly party: PartyName;
  /** The number by which others in the house reach it. */
  readonly number: string;
  /** Begins a call to a number. */
  call(number: string): void;
  /** It was rung, and now says that it rings. */
  alert(): void;
  answer(): void;
  refuse(): void;
  hangUp(): void;
  /** What the house told it, in the words of the contract. */
  told(): string[];
}

export type RigName = "line" | "handset" | "port";

export function rig(world: World, kind: RigName, role: "caller" | "callee"): Rig {
  if (kind === "line") return lineRig(world, role);
  if (kind === "handset") return handsetRig(world, role === "caller" ? "handset:1" : "handset:2");
  return portRig(world, role === "caller" ? "port:1" : "port:2");
}

function lineRig(world: World, role: "caller" | "callee"): Rig {
  let leg: SipLeg | null = null;
  const mine = () => leg ?? world.invited().leg;
  const words: Record<string, string> = { trying: "proceed", ring: "alert", accept: "accept", invite: "ring" };
  return {
    party: line,
    number: "701",
    call: (number) => {
      leg = world.invite(number);
    },
    alert: () => world.post({ world: "sip", kind: "ringing", line, leg: mine() }),
    answer: () => world.post({ world: "sip", kind: "answered", line, leg: mine(), media }),
    refuse: () => world.post({ world: "sip", kind: "refused", line, leg: mine(), status: 603, reason: "Decline" }),
    hangUp: () => {
      const up = role === "callee" || world.sip(mine()).includes("accept");
      if (up) world.post({ world: "sip", kind: "ended", line, leg: mine(), cause: "normal" });
      else world.post({ world: "sip", kind: "cancelled", line, leg: mine() });
    },
    told: () => world.sip(mine()).flatMap((said) => (said.startsWith("release") ? ["release"] : (words[said] ?? []))),
  };
}

function handsetRig(world: World, handset: HandsetName): Rig {
  let own: CcCall | null = null;
  const cc = () => own ?? world.setupOf(handset);
  const words: Record<string, string> = {
    setup: "ring",
    proceeding: "proceed",
    alerting: "alert",
    connect: "accept",
    release: "release",
  };
  const said = (c: Command) => (c.world === "dect" && c.handset === handset ? (words[c.kind] ?? []) : []);
  return {
    party: handset,
    number: handset === "handset:1" ? "611" : "612",
    call: (number) => {
      own = "cc:in-1";
      world.post({ world: "dect", kind: "setup", handset, call: own, keypad: "" });
      for (const keypad of number) world.post({ world: "dect", kind: "keypad", handset, call: own, keypad });
    },
    alert: () => world.post({ world: "dect", kind: "alerting", handset, call: cc() }),
    answer: () => world.post({ world: "dect", kind: "connect", handset, call: cc() }),
    refuse: () => world.post({ world: "dect", kind: "released", handset, call: cc(), reason: "rejected" }),
    hangUp: () => world.post({ world: "dect", kind: "released", handset, call: cc(), reason: "normal" }),
    told: () => world.commands.flatMap(said),
  };
}

function portRig(world: World, port: PortName): Rig {
  const endpoint = port === "port:1" ? "usb:dongle:1:0" : "usb:dongle:1:1";
  const said = (c: Command): string | never[] => {
    if (c.world === "fxs" && c.port === port) return c.kind === "ring" ? "ring" : "stopped";
    if (c.world !== "voice" || c.kind !== "tone" || c.endpoint !== endpoint) return [];
    return c.tone === "ringback" ? "alert" : c.tone === null ? "quiet" : c.tone;
  };
  return {
    party: port,
    number: port === "port:1" ? "601" : "602",
    call: (number) => world.dial(port, number),
    // Its bell is its alert: the timer that stands for it is due at once.
    alert: () => world.pass(0),
    answer: () => world.post({ world: "fxs", kind: "wentOffHook", port }),
    // An analog phone cannot refuse; its line can fail.
    refuse: () => world.post({ world: "fxs", kind: "lineFault", port, fault: "power alarm" }),
    hangUp: () => {
      world.post({ world: "fxs", kind: "wentOnHook", port });
      world.pass(400);
    },
    told: () => world.commands.flatMap(said),
  };
}

/** Which endpoints are joined now. */
export function joined(world: World): [string, string][] {
  const paths: [string, string][] = [];
  for (const c of world.commands) {
    if (c.world !== "voice") continue;
    if (c.kind === "join") paths.push([c.a, c.b]);
    if (c.kind === "part") paths.splice(0, paths.length, ...paths.filter(([a, b]) => ![a, b].includes(c.a)));
  }
  return paths;
}
