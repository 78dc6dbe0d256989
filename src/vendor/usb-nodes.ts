import { type FSWatcher, watch } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";

const DEVICE_NODES = "/dev/bus/usb";

/**
 * Linux's device nodes, a folder for each bus: they come and go with the devices, also where no udev runs and the
 * library therefore tells nothing. A folder that is not there yet, or comes back, is found by `renew`.
 */
export class DeviceNodes {
  readonly #changed: () => void;
  readonly #report: (problem: string) => void;
  readonly #root: string;
  readonly #watchers = new Map<string, FSWatcher>();
  #begun = false;
  #reported = false;
  #closed = false;

  constructor(changed: () => void, report: (problem: string) => void, root: string = DEVICE_NODES) {
    this.#changed = changed;
    this.#report = report;
    this.#root = root;
  }

  /** Watches what is there now. Never rejects; a machine without device nodes is no problem, others are told once. */
  async renew(): Promise<void> {
    const folders = await this.#folders();
    for (const folder of this.#watchers.keys()) if (!folders.includes(folder)) this.#drop(folder);
    let isNew = false;
    for (const folder of folders) isNew = this.#watch(folder) || isNew;
    // What came before it was watched. At the beginning everybody looks anyway.
    if (isNew && this.#begun) this.#changed();
    this.#begun = true;
  }

  close(): void {
    this.#closed = true;
    for (const folder of [...this.#watchers.keys()]) this.#drop(folder);
  }

  async #folders(): Promise<readonly string[]> {
    try {
      const buses = await readdir(this.#root);
      return [this.#root, ...buses.map((bus) => join(this.#root, bus))];
    } catch (error) {
      this.#fail(error);
      return [];
    }
  }

  /** True: it was not watched before. */
  #watch(folder: string): boolean {
    if (this.#closed || this.#watchers.has(folder)) return false;
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => this.#seen(folder, name));
      watcher.on("error", (error) => {
        this.#fail(error);
        this.#drop(folder);
      });
      this.#watchers.set(folder, watcher);
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  #seen(folder: string, name: string | null): void {
    if (this.#closed) return;
    this.#changed();
    if (folder !== this.#root) return;
    // A bus that went and came again has another folder of the same name.
    if (name !== null) this.#drop(join(this.#root, basename(name)));
    void this.renew();
  }

  #drop(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }

  #fail(error: unknown): void {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (this.#reported || code === "ENOENT") return;
    this.#reported = true;
    const words = error instanceof Error ? error.message : String(error);
    this.#report(`${this.#root} cannot be watched, plugging is noticed up to 2 s later: ${words}`);
  }
}
