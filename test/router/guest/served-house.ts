import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { UsbTrouble } from "../../../src/emulator/contract.ts";
import type { DeviceName, PhoneName } from "../../../src/message/name.ts";
import { Door } from "../../peers/harness/door.ts";
import { freePorts } from "../../peers/harness/free-ports.ts";
import { Phone } from "../../peers/harness/phone.ts";
import { Program } from "../../peers/harness/program.ts";
import type { Scratch } from "../../peers/harness/scratch.ts";

const main = join(import.meta.dirname, "../../../dist/offhook.js");

/** By device, as the server names them. */
export const busids = { "base:1": "1-1", "dongle:1": "1-2" } as const;
export type ServedName = keyof typeof busids;

/** `offhook device --serve` outside the guest: a base, a dongle, and the people at their phones. */
export class ServedHouse {
  readonly port: number;
  readonly program: Program;
  readonly #door: Door;
  readonly #phones = new Map<PhoneName, Phone>();

  private constructor(program: Program, port: number, folder: string) {
    this.program = program;
    this.port = port;
    this.#door = new Door(folder);
    for (const name of ["handset:1", "handset:2", "port:1", "port:2"] as const)
      this.#phones.set(name, new Phone(name, this.#door, folder));
  }

  /** Its phones are those of the configuration. */
  static async start(scratch: Scratch, config: string): Promise<ServedHouse> {
    const folder = await scratch.folder("served");
    const file = join(folder, "house.toml");
    await writeFile(file, config);
    const port = await freePorts(1);
    const args = ["device", "--serve", "--listen", `127.0.0.1:${port}`, "--config", file, "--data", folder, "--json"];
    const program = new Program({ name: "offhook device", command: process.execPath, args: [main, ...args] });
    scratch.atEnd(() => program.stop());
    await program.says(/"ready":true/, 20_000);
    return new ServedHouse(program, port, folder);
  }

  phone(name: PhoneName): Phone {
    const phone = this.#phones.get(name);
    if (phone === undefined) throw new Error(`the house has no ${name}`);
    return phone;
  }

  get phones(): readonly Phone[] {
    return [...this.#phones.values()];
  }

  unplug(device: DeviceName): Promise<unknown> {
    return this.#door.ask("unplug", device);
  }

  /** Offers it again; it is plugged in when somebody attaches it. */
  offer(device: DeviceName): Promise<unknown> {
    return this.#door.ask("plug", device);
  }

  trouble(device: DeviceName, trouble: UsbTrouble): Promise<unknown> {
    const words = trouble.kind === "nak" ? ["nak", String(trouble.ms)] : [trouble.kind, trouble.endpoint];
    return this.#door.ask("trouble", device, ...words);
  }
}
