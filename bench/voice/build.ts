import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { installPackages } from "../../test/peers.mjs";

/** Where the peers' program is built, and spandsp's source kept: never in the repository. */
const { XDG_CACHE_HOME = join(homedir(), ".cache") } = process.env;
const folder = join(XDG_CACHE_HOME, "offhook-bench");

/** As Debian builds packages. */
const flags = ["-g", "-O2", "-fstack-protector-strong", "-D_FORTIFY_SOURCE=2"];

const mirror = "http://deb.debian.org/debian";

export interface Program {
  readonly path: string;
  /** spandsp's echo canceller without its debug print is in it; else the library's own, which prints as it works. */
  readonly hasQuietEcho: boolean;
  /** What was built of what. */
  readonly words: readonly string[];
}

/** Builds bench/voice/peers against Debian's libraries; throws with the compiler's words when it fails. */
export function buildPeers(): Program {
  installPackages("the voice bench", [
    { program: "gcc", package: "gcc" },
    { program: "../include/stdio.h", package: "libc6-dev" },
    { program: "../include/spandsp/g722.h", package: "libspandsp-dev" },
    { program: "../include/speex/speex_echo.h", package: "libspeexdsp-dev" },
  ]);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const echo = buildQuietEcho();
  const path = join(folder, "peers");
  const objects = echo === null ? [] : [echo];
  run("gcc", [
    ...flags,
    join(import.meta.dirname, "peers/peers.c"),
    ...objects,
    "-o",
    path,
    "-lspandsp",
    "-lspeexdsp",
    "-lm",
  ]);
  const source = `spandsp's echo.c from Debian's source package without its printf lines, gcc ${flags.join(" ")}`;
  return {
    path,
    hasQuietEcho: echo !== null,
    words: [
      `libspandsp2 ${version("libspandsp2")}, libspeexdsp1 ${version("libspeexdsp1")}, ${gccVersion()}`,
      echo === null
        ? "spandsp's source can not be had (apt-get source): its echo canceller, which prints two lines a sample, is no measure"
        : source,
    ],
  };
}

/** spandsp's echo canceller with the lines taken out in which it prints; null when its source can not be had. */
function buildQuietEcho(): string | null {
  const source = sourceFolder() ?? fetchSource();
  if (source === null) return null;
  const file = join(folder, "echo-without-print.c");
  writeFileSync(file, readFileSync(join(source, "src/echo.c"), "latin1").replace(/^printf\(.*$/gm, ";"), "latin1");
  const object = join(folder, "echo-without-print.o");
  // What spandsp's configure finds on any Linux.
  const functions = [
    "SIN",
    "COS",
    "TAN",
    "ASIN",
    "ACOS",
    "ATAN",
    "ATAN2",
    "CEIL",
    "FLOOR",
    "POW",
    "EXP",
    "LOG",
    "LOG10",
  ];
  const found = ["HAVE_MATH_H=1", "HAVE_STDBOOL_H=1", ...functions.map((name) => `HAVE_${name}F=1`)];
  run("gcc", [...flags, ...found.map((name) => `-D${name}`), "-I", join(source, "src"), "-c", file, "-o", object]);
  return object;
}

/** Unpacked before, in the version that is installed. */
function sourceFolder(): string | null {
  const wanted = version("libspandsp2").replace(/-.*$/, "");
  const name = readdirSync(folder).find((entry) => entry === `spandsp-${wanted}`);
  return name !== undefined && existsSync(join(folder, name, "src/echo.c")) ? join(folder, name) : null;
}

/** From Debian's mirror, with apt's own check of signatures, and without touching the machine's list of sources. */
function fetchSource(): string | null {
  for (const name of ["lists/partial", "cache/archives/partial"]) mkdirSync(join(folder, name), { recursive: true });
  const release = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
  const list = join(folder, "sources.list");
  writeFileSync(list, `deb-src ${mirror} ${release} main\n`);
  const own = [
    ["Dir::Etc::SourceList", list],
    ["Dir::Etc::SourceParts", "/dev/null"],
    ["Dir::State::Lists", join(folder, "lists")],
    ["Dir::Cache", join(folder, "cache")],
    ["APT::Sandbox::User", ""],
  ].flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  const apt = (...args: readonly string[]) =>
    spawnSync("apt-get", ["-qq", ...own, ...args], { cwd: folder, stdio: "ignore", timeout: 120_000 });
  apt("update");
  // What Debian adds to it may be gone from the mirror, the original is what counts.
  apt("source", "--download-only", "spandsp");
  for (const name of ["lists", "cache"]) rmSync(join(folder, name), { recursive: true, force: true });
  const archive = readdirSync(folder).find((name) => /^spandsp_.*\.orig\.tar\.\w+$/.test(name));
  if (archive === undefined) return null;
  spawnSync("tar", ["--extract", "--file", archive], { cwd: folder, stdio: "ignore" });
  return sourceFolder();
}

function run(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
}

function version(name: string): string {
  const { stdout } = spawnSync("dpkg-query", ["--show", name], { encoding: "utf8" });
  return stdout?.trim().split("\t")[1] ?? "of unknown version";
}

function gccVersion(): string {
  return spawnSync("gcc", ["--version"], { encoding: "utf8" }).stdout.split("\n")[0] ?? "gcc";
}
