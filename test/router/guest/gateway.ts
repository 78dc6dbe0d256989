import { join } from "node:path";
import { Door } from "../../peers/harness/door.ts";
import type { Scratch } from "../../peers/harness/scratch.ts";
import { type Guest, ports } from "./guest.ts";
import { Relay } from "./relay.ts";

const DATA = "/data";
const SOCKET = `${DATA}/offhook.sock`;

export interface GatewayOptions {
  /** TOML. */
  readonly config: string;
  /** Words put in front of the command, e.g. to make it another user's. */
  readonly before?: string;
}

/** The gateway that runs in a guest. */
export class GuestGateway {
  readonly guest: Guest;
  readonly door: Door;
  readonly pid: number;

  private constructor(guest: Guest, door: Door, pid: number) {
    this.guest = guest;
    this.door = door;
    this.pid = pid;
  }

  /** Resolves when it says that it is ready. */
  static async start(guest: Guest, scratch: Scratch, { config, before = "" }: GatewayOptions): Promise<GuestGateway> {
    const folder = await scratch.folder("door");
    const relay = await Relay.open(join(folder, "offhook.sock"), guest.address, ports.door);
    scratch.atEnd(() => relay.close());
    await guest.run(`echo ${Buffer.from(config).toString("base64")} | base64 -d > ${DATA}/router.toml`);
    const door = `DOOR_SOCKET=${SOCKET} DOOR_PORT=${ports.door}`;
    const node = "node --import /opt/router/door.mjs /opt/router/dist/offhook.js";
    const pid = await guest.start(
      `env ${door} ${before} ${node} start --config ${DATA}/router.toml --data ${DATA} --json`,
    );
    await guest.says(/"ready":true/, 60_000);
    const gateway = new GuestGateway(guest, new Door(folder), pid);
    gateway.door.follow();
    await gateway.door.recall();
    return gateway;
  }

  async stop(): Promise<void> {
    await this.guest.run(`kill ${this.pid}; while [ -d /proc/${this.pid} ]; do usleep 100000; done`);
  }
}
