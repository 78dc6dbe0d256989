import type { TestContext } from "node:test";
import { Baresip, type BaresipOptions } from "./baresip.ts";
import { freePorts } from "./free-ports.ts";
import { House, type HouseOptions } from "./house.ts";
import { Scratch } from "./scratch.ts";
import { sine } from "./signal.ts";
import { LEVEL_DBM0, notes } from "./voices.ts";

/** A house and its peers, for one test; everything ends with it. */
export class World {
  readonly scratch: Scratch;
  readonly house: House;

  private constructor(scratch: Scratch, house: House) {
    this.scratch = scratch;
    this.house = house;
  }

  static async open(t: TestContext, options: HouseOptions = {}): Promise<World> {
    const scratch = new Scratch();
    t.after(() => scratch.close());
    return new World(scratch, await House.start(scratch, options));
  }

  /** Alice, who is in the phone book as 700: calls the house. */
  alice(options: Partial<BaresipOptions> = {}): Promise<Baresip> {
    const says = sine(notes.softphone, LEVEL_DBM0, 60_000);
    return Baresip.start(this.scratch, { user: "700", displayName: "A. Example", says, answer: "manual", ...options });
  }

  /** Bob, where calls out of the house go. */
  bob(options: Partial<BaresipOptions> = {}): Promise<Baresip> {
    const says = sine(notes.otherSoftphone, LEVEL_DBM0, 60_000);
    return Baresip.start(this.scratch, { user: "701", says, answer: "auto", port: this.house.peerPort, ...options });
  }

  freePort(): Promise<number> {
    return freePorts(1);
  }
}
