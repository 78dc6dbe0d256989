import { existsSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "./cache.ts";
import { run, text } from "./run.ts";

/**
 * Debian's packages of one architecture, fetched and never installed: apt with a state of its own reads the sources of
 * this machine, so that any user can do it, for any architecture.
 */
export class Packages {
  readonly #architecture: string;
  readonly #home: string;
  #complaint = "";

  constructor(architecture: string) {
    this.#architecture = architecture;
    this.#home = join(cacheFolder(), `apt-${architecture}`);
  }

  async update(): Promise<void> {
    if (!existsSync("/etc/apt"))
      throw new Error("the router test needs Debian's apt, to fetch Debian's kernel with it");
    for (const folder of ["state/lists/partial", "cache/archives/partial"])
      await mkdir(join(this.#home, folder), { recursive: true });
    await writeFile(join(this.#home, "status"), "");
    try {
      await this.#apt("apt-get", ["-qq", "update"]);
    } catch (error) {
      // An index in the middle of being renewed at the mirror: the others have a kernel as well, if an older one.
      this.#complaint = error instanceof Error ? error.message : String(error);
    }
  }

  /** The kernel package behind the one that always depends on the newest. */
  async newest(name: string): Promise<string> {
    const depends = await this.#apt("apt-cache", ["depends", name]).catch((error: unknown) => {
      throw new Error(`apt knows no ${name} here: ${this.#complaint || error}`);
    });
    const [, found] = /^ +Depends: ([^\s<>]+)$/m.exec(depends) ?? [];
    if (found === undefined) throw new Error(`${name} depends on no kernel: ${depends}`);
    return found;
  }

  /** Puts the files of the packages whose paths match one of tar's patterns into a folder, under their paths. */
  async unpack(names: readonly string[], patterns: readonly string[], into: string): Promise<void> {
    const folder = join(this.#home, `debs-${process.pid}`);
    await mkdir(folder, { recursive: true });
    try {
      await this.#apt("apt-get", ["-qq", "download", ...names], folder);
      for (const file of await readdir(folder)) await unpackOne(join(folder, file), patterns, into);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Frees what the index takes. */
  async forget(): Promise<void> {
    await rm(this.#home, { recursive: true, force: true });
  }

  #apt(command: string, args: readonly string[], cwd?: string): Promise<string> {
    const settings = {
      "APT::Architecture": this.#architecture,
      "APT::Architectures": this.#architecture,
      "APT::Sandbox::User": "",
      "Dir::State": join(this.#home, "state"),
      "Dir::State::status": join(this.#home, "status"),
      "Dir::Cache": join(this.#home, "cache"),
      "Acquire::Languages": "none",
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
    return text(command, [...options, ...args], cwd === undefined ? {} : { cwd });
  }
}

async function unpackOne(deb: string, patterns: readonly string[], into: string): Promise<void> {
  const tar = ["tar", "--extract", "--wildcards", "--no-same-owner", "--directory", quoted(into)];
  // A package has files for some of the patterns only: tar's complaint about the others is not one.
  const script = `dpkg-deb --fsys-tarfile ${quoted(deb)} | ${tar.join(" ")} ${patterns.map(quoted).join(" ")} 2>&1 | { grep -v 'Not found in archive\\|Exiting with failure' || true; }`;
  const complaints = (await run("sh", ["-c", script])).toString("utf8").trim();
  if (complaints !== "") throw new Error(`${deb} could not be unpacked: ${complaints}`);
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
