import { join } from "node:path";
import { unitEnvironment } from "../../../src/build/units.mjs";
import { Door } from "../../peers/harness/door.ts";
import type { Scratch } from "../../peers/harness/scratch.ts";
import { type Guest, ports } from "./guest.ts";
import { Relay } from "./relay.ts";

const DATA = "/data";
const SOCKET = `${DATA}/offhook.sock`;

export interface GatewayOptions {
  /** TOML. */
  readonly config: string;
  /** Whose it is; root's when not given. */
  readonly user?: string | undefined;
}

/** The gateway that runs in a guest. */
export class GuestGateway {
  readonly guest: Guest;
  readonly door: Door;
  readonly pid: number;
  readonly #relay: Relay;

  private constructor(guest: Guest, door: Door, pid: number, relay: Relay) {
    this.guest = guest;
    this.door = door;
    this.pid = pid;
    this.#relay = relay;
  }

  /** Resolves when it says that it is ready. */
  static async start(guest: Guest, scratch: Scratch, { config, user }: GatewayOptions): Promise<GuestGateway> {
    await guest.run(`echo ${Buffer.from(config).toString("base64")} | base64 -d > /tmp/router.toml`);
    const environment = { ...unitEnvironment, DOOR_SOCKET: SOCKET, DOOR_PORT: ports.door };
    const settings = Object.entries(environment).map(([name, value]) => `${name}="${value}"`);
    const node = "node --import /opt/router/door.mjs /usr/lib/offhook/offhook.js";
    const command = `env ${settings.join(" ")} ${node} start --config /tmp/router.toml --data ${DATA} --json`;
    const before = guest.log.length;
    // The shell makes way: the process id is the gateway's own.
    const pid = await guest.start(user === undefined ? command : `su ${user} -s /bin/sh -c 'exec ${command}'`);
    const [said] = await guest.says(/"ready":true|^Node\.js v/m, 90_000, before);
    if (!said.includes("ready")) throw new Error(`the gateway did not start:\n${guest.console()}`);
    const folder = await scratch.folder("door");
    const relay = await Relay.open(join(folder, "offhook.sock"), guest.address, ports.door);
    scratch.atEnd(() => relay.close());
    const gateway = new GuestGateway(guest, new Door(folder), pid, relay);
    gateway.door.follow();
    await gateway.door.recall();
    return gateway;
  }

  /** Asks it to end, and waits until it has. */
  async stop(): Promise<void> {
    await this.guest.run(`kill ${this.pid}; while [ -d /proc/${this.pid} ]; do usleep 100000; done`);
    await this.#relay.close();
  }

  async openFiles(): Promise<number> {
    return Number(await this.guest.run(`ls /proc/${this.pid}/fd 2>/dev/null | wc -l`));
  }

  /** Memory that is its own and not a page of some file, MB. */
  async anonymousMB(): Promise<number> {
    const [, kB] = /Anonymous: +(\d+) kB/.exec(await this.guest.run(`cat /proc/${this.pid}/smaps_rollup`)) ?? [];
    return Number(kB) / 1024;
  }
}
