import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Refused } from "../figures.ts";
import { type Place, placeOfThread } from "./place.ts";

/** A loop of clock_nanosleep in C, built once. */
export class Beside {
  readonly #folder = mkdtempSync(join(tmpdir(), "offhook-beside-"));

  constructor() {
    execFileSync("cc", ["-O2", "-Wall", "-o", join(this.#folder, "beside"), join(import.meta.dirname, "beside.c")]);
  }

  /**
   * How late it woke each time, µs; its deadlines lie at `phaseUs` of the frame.
   * @throws Refused when it has not the place it was to take
   */
  async run(phaseUs: number, seconds: number, place: Place): Promise<number[]> {
    const numbers = [phaseUs, seconds, place.realtime, place.nice].map(String);
    const program = spawn(join(this.#folder, "beside"), numbers, { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(program, "close");
    let text = "";
    program.stdout.setEncoding("latin1").on("data", (data: string) => {
      text += data;
    });
    await Promise.race([once(program.stdout, "data"), ended]);
    const found = program.exitCode === null ? placeOfThread(`${program.pid}`) : null;
    await ended;
    const wanted = JSON.stringify(place);
    if (JSON.stringify(found) !== wanted)
      throw new Refused(`the C loop has ${JSON.stringify(found)}, it was to have ${wanted}`);
    return text
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => Number(line) / 1000);
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
