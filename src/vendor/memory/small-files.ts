import { open } from "node:fs/promises";

/** Those of the kernel that are read here have 2 to 5 kB. */
const ROOM = 16_384;

/**
 * Reads files that the kernel writes when they are asked for, one after the other, all into the same octets. `readFile`
 * takes 128 kB for each, since they tell no size: asked once a second, that is garbage of megabytes between two
 * collections.
 */
export class SmallFiles {
  readonly #octets = Buffer.allocUnsafeSlow(ROOM);

  /** The text of a file, as far as there is room; empty when it can not be read. */
  async read(path: string): Promise<string> {
    try {
      const file = await open(path);
      try {
        const { bytesRead } = await file.read(this.#octets, 0, ROOM, 0);
        return this.#octets.toString("latin1", 0, bytesRead);
      } finally {
        await file.close();
      }
    } catch {
      return "";
    }
  }
}
