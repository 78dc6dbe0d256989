import { readFile, readlink } from "node:fs/promises";
import { loadKoffi } from "./load-koffi.ts";

/** Of the address space; both are whole pages. */
export interface Pages {
  readonly start: number;
  readonly octets: number;
}

/** madvise(2), as on every processor Linux runs Node on. */
const MADV_DONTNEED = 4;
/** Seconds until the first time: what the start needed, and the compilers of what runs every turn, are through by then. */
const FIRST = 60;
/** And from one time to the next. */
const AGAIN = 600;

/**
 * Takes the pages of Node's own file out of the process again. Each start, each compilation and each rare path leaves what
 * it touched of them, in pieces of 64 kB, and without need the kernel takes back nothing: of 45 MB that were mapped after
 * the start, 25 were back after more than an hour of calls. The file's pages themselves stay in the kernel's cache as long
 * as it has room, so what is touched again is there in microseconds, and only that.
 */
export class ProgramPages {
  readonly #pages: readonly Pages[];
  readonly #advise: (pages: Pages) => void;
  #seconds = 0;

  constructor(pages: readonly Pages[], advise: (pages: Pages) => void) {
    this.#pages = pages;
    this.#advise = advise;
  }

  /** To be called once a second. Waits for nothing. */
  look(): void {
    this.#seconds++;
    if (this.#seconds % AGAIN === FIRST) for (const pages of this.#pages) this.#advise(pages);
  }
}

/** Null where there is no way to: another system than Linux, or no koffi. What it reads is garbage afterwards. */
export async function openProgramPages(): Promise<ProgramPages | null> {
  try {
    const [smaps, program] = await Promise.all([readFile("/proc/self/smaps", "latin1"), readlink("/proc/self/exe")]);
    const { load } = await loadKoffi();
    const madvise = load(null).func("madvise", "int", ["uintptr_t", "size_t", "int"]);
    // In a thread of libuv's: the voice does not wait for it.
    const advise = ({ start, octets }: Pages): void => madvise.async(start, octets, MADV_DONTNEED, () => {});
    return new ProgramPages(cleanPages(smaps, program), advise);
  } catch {
    return null;
  }
}

/**
 * Where a file is mapped and only read: not to be written, and with no page of the process's own, such as those in which
 * the loader has put addresses, which would be lost.
 * @param smaps of proc_pid_smaps(5)
 */
export function cleanPages(smaps: string, file: string): readonly Pages[] {
  return smaps.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m).flatMap((mapping) => {
    const [, start = "", end = "", path] = /^([0-9a-f]+)-([0-9a-f]+) r-[-x]p \S+ \S+ \d+ +(.+)$/m.exec(mapping) ?? [];
    if (path !== file || !/^Anonymous: +0 kB$/m.test(mapping)) return [];
    const first = Number.parseInt(start, 16);
    return [{ start: first, octets: Number.parseInt(end, 16) - first }];
  });
}
