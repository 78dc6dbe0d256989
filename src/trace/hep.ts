import type { Address } from "../message/media.ts";
import { type HepAgent, type HepPacket, payloadType, writeHep } from "../vendor/hep/packet.ts";
import type { Ladder } from "./ladder.ts";
import { correlationOf, type LiveRung } from "./live.ts";
import type { Lane } from "./rung.ts";

/** Who sends what was asked for by hand. */
const byHand: HepAgent = { id: 255, password: "" };

/** A collector knows addresses only: each lane has one. */
const lanes: Readonly<Record<Lane, Address>> = {
  phone: { address: "127.0.0.1", port: 0 },
  gateway: { address: "127.0.0.2", port: 0 },
  provider: { address: "127.0.0.3", port: 0 },
};

/** A packet for each rung of the picture, to be sent to a collector by UDP. They belong together by their correlation id. */
export function hepOf(ladder: Ladder): Buffer[] {
  const { call, beganAt, sipCallIds, rungs } = ladder;
  const correlation = sipCallIds[0] ?? correlationOf(call, beganAt);
  let [last, sameMs] = [-1, 0];
  return rungs.flatMap((rung) => {
    sameMs = rung.at === last ? Math.min(999, sameMs + 1) : 0;
    last = rung.at;
    const packet = packetOf({ ...rung, call, atUs: rung.at * 1000 + sameMs, correlation }, lanes.gateway);
    return writeHep(packet, byHand) ?? [];
  });
}

/** A line of a log: what the rung says was no SIP, or is known by its meaning only. */
export function packetOf({ call, text, from, to, atUs, correlation }: LiveRung, gateway: Address): HepPacket {
  const at = (lane: Lane): Address => (lane === "gateway" ? gateway : lanes[lane]);
  const payload = Buffer.from(`offhook ${text.startsWith(`${call}: `) ? text : `${call} ${text}`}`);
  return { type: payloadType.log, from: at(from), to: at(to), atUs, correlation, payload };
}
