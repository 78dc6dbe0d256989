import assert from "node:assert/strict";
import type { Duplex } from "node:stream";
import type { EmulatedDevices } from "../../../src/emulator/contract.ts";
import { furnish, House } from "../../../src/emulator/house.ts";
import { UsbipServer } from "../../../src/emulator/usbip/server.ts";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";
import { duplexPair } from "./duplex-pair.ts";
import { UsbipHost } from "./usbip-host.ts";

export interface Rig {
  readonly clock: VirtualClock;
  readonly server: UsbipServer;
  readonly house: EmulatedDevices;
  /** What was refused: the peer and the words. */
  readonly reports: string[];
  /** Who attached and lost what. */
  readonly changes: string[];
  connect(peer?: string): Duplex;
  attach(busid: string, peer?: string): Promise<UsbipHost>;
}

/** A served base with a handset and a dongle with a port, and nobody attached. */
export function rig(): Rig {
  const clock = new VirtualClock(1_700_000_000_000);
  const furniture = furnish({ handsets: 1, ports: 1, country: "DE" }, clock);
  const reports: string[] = [];
  const changes: string[] = [];
  const server = new UsbipServer(furniture.plugs, {
    clock,
    report: (peer, problem) => reports.push(`${peer} ${problem}`),
    changed: (device, peer, imported) => changes.push(`${peer} ${imported ? "has" : "lost"} ${device}`),
  });
  const connect = (peer = "somebody") => {
    const [near, far] = duplexPair();
    server.accept(far, peer);
    return near;
  };
  const attach = async (busid: string, peer?: string) => {
    const host = await UsbipHost.import(connect(peer), busid);
    assert.ok(host instanceof UsbipHost, `refused with status ${host}`);
    return host;
  };
  return { clock, server, house: new House(furniture, server), reports, changes, connect, attach };
}
