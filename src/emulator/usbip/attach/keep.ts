import { ms } from "../../../message/units.ts";
import { type Clock, systemClock } from "../../../vendor/clock/clock.ts";
import type { AttachedPort, KeepWatch } from "../../contract.ts";
import type { ServerAddress } from "./client.ts";
import type { Vhci } from "./vhci.ts";

/** How often the ports are looked at: Linux tells nobody that a link broke. */
const LOOK_MS = 1000;
/** After a failure the next try waits twice as long, up to this. */
const LONGEST_WAIT_MS = 16_000;

export interface Keeping {
  readonly vhci: Pick<Vhci, "ports" | "detach">;
  readonly server: ServerAddress;
  /** Empty: whatever the server offers. */
  readonly busids: readonly string[];
  offered(server: ServerAddress): Promise<readonly string[]>;
  attachOne(busid: string): Promise<Attachment>;
}

/** A device that was attached, and its bus and device number at the server. */
export interface Attachment {
  readonly port: AttachedPort;
  readonly device: number;
}

/** Keeps devices attached until it is asked to stop, then detaches them. */
export async function keepAttached(keeping: Keeping, watch: KeepWatch, clock: Clock = systemClock): Promise<void> {
  const keeper = new Keeper(keeping, watch);
  let stopped = false;
  let wake = (): void => {};
  void watch.stopped.then(() => {
    stopped = true;
    wake();
  });
  while (!stopped) {
    const wait = await keeper.look();
    if (stopped) break;
    await new Promise<void>((resolve) => {
      const cancel = clock.after(ms(wait), resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });
  }
  await keeper.release();
}

class Keeper {
  readonly #keeping: Keeping;
  readonly #watch: KeepWatch;
  readonly #held = new Map<string, Attachment>();
  #wait = LOOK_MS;
  #complaint = "";

  constructor(keeping: Keeping, watch: KeepWatch) {
    this.#keeping = keeping;
    this.#watch = watch;
  }

  /** Attaches what is missing. Resolves with how long to wait until the next look, ms. */
  async look(): Promise<number> {
    try {
      await this.#dropBroken();
      for (const busid of await this.#missing()) await this.#attach(busid);
      this.#wait = LOOK_MS;
      this.#complaint = "";
    } catch (error) {
      this.#complain(error instanceof Error ? error.message : String(error));
      this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT_MS);
    }
    return this.#wait;
  }

  async release(): Promise<void> {
    await this.#dropBroken();
    for (const { port } of this.#held.values()) await this.#keeping.vhci.detach(port.port);
  }

  async #dropBroken(): Promise<void> {
    const ports = await this.#keeping.vhci.ports();
    for (const [busid, held] of this.#held) {
      const now = ports.find(({ port }) => port === held.port.port);
      if (now !== undefined && !now.free && (now.device === 0 || now.device === held.device)) continue;
      this.#held.delete(busid);
      this.#watch.lost(held.port);
    }
  }

  /** With no bus ids given, a server that offers nothing more is no failure once something is held. */
  async #missing(): Promise<readonly string[]> {
    const { busids, offered, server } = this.#keeping;
    const wanted = busids.length > 0 ? busids : await offered(server).catch((error: unknown) => this.#orNothing(error));
    return wanted.filter((busid) => !this.#held.has(busid));
  }

  #orNothing(error: unknown): readonly string[] {
    if (this.#held.size > 0) return [];
    throw error;
  }

  async #attach(busid: string): Promise<void> {
    const attached = await this.#keeping.attachOne(busid);
    this.#held.set(busid, attached);
    this.#watch.attached(attached.port);
  }

  /** The same failure is told once. */
  #complain(words: string): void {
    if (words !== this.#complaint) this.#watch.failed(words);
    this.#complaint = words;
  }
}
