import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { type TestContext, test } from "node:test";
import { Door } from "./harness/door.ts";
import { freePorts } from "./harness/free-ports.ts";
import { houseConfig } from "./harness/house-config.ts";
import { Program } from "./harness/program.ts";
import { Scratch } from "./harness/scratch.ts";
import { until } from "./harness/until.ts";

const build = join(import.meta.dirname, "../../src/build/tarball.mjs");
const isRoot = process.getuid?.() === 0;
const CPU = process.arch;

interface Router {
  readonly scratch: Scratch;
  readonly root: string;
  readonly archive: string;
  /** Of the gateway's own user, as the script of the tarball made it. */
  readonly uid: number;
}

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

function isThere(program: string): boolean {
  return run("sh", ["-c", `command -v ${program} || :`], "/") !== "";
}

async function buildTarball(scratch: Scratch): Promise<string> {
  const folder = await scratch.folder("tarball");
  run(process.execPath, [build, CPU, "glibc"], folder);
  const [name] = await readdir(folder);
  assert.match(name ?? "", new RegExp(`^offhook-[0-9.]+-linux-${CPU}\\.tar\\.gz$`));
  return join(folder, name ?? "");
}

/** A root of a router with nothing in it but what every one has, the tarball unpacked over it and its script run. */
async function installed(t: TestContext): Promise<Router> {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const root = await scratch.folder("root");
  await chmod(root, 0o755);
  await mkdir(join(root, "etc"));
  await writeFile(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nother:x:100:65534::/:/bin/false\n");
  await writeFile(join(root, "etc/group"), "root:x:0:\n");
  await writeFile(join(root, "etc/mdev.conf"), ".* 0:0 660\n");
  const archive = await buildTarball(scratch);
  run("tar", ["-xzf", archive], root);
  run("sh", [join(root, "usr/lib/offhook/install.sh"), root], root);
  const [, uid] = /^offhook:x:(\d+):/m.exec(await readFile(join(root, "etc/passwd"), "utf8")) ?? [];
  return { scratch, root, archive, uid: Number(uid) };
}

/** A command as the gateway's user; as ourselves when we are not root. */
function asUser({ uid }: Router, ...command: readonly string[]): readonly string[] {
  if (!isRoot) return command;
  return ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups", ...command];
}

async function files(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

test("the tarball has what a router needs, nothing for developers, and one native file; built twice it is the same", async (t) => {
  const { scratch, root, archive } = await installed(t);
  const paths = await files(root);
  for (const wanted of ["offhook.js", "voice-worker.js", "voice.wasm", "supervise.sh", "LICENSE", "licences.txt"])
    assert.ok(paths.includes(`usr/lib/offhook/${wanted}`), wanted);
  for (const wanted of ["systemd/system/offhook.service", "udev/rules.d/70-offhook.rules", "sysusers.d/offhook.conf"])
    assert.ok(paths.includes(`usr/lib/${wanted}`), wanted);
  assert.deepEqual(
    paths.filter((path) => /\.(?:map|ts|md)$|debug|@/.test(path)),
    ["usr/lib/offhook/node_modules/usb/LICENSE.md"],
  );
  for (const one of [".node", ".wasm"]) assert.equal(paths.filter((path) => path.endsWith(one)).length, 1, one);
  const programs = await Promise.all(paths.map(async (path) => ((await stat(join(root, path))).mode & 0o111) !== 0));
  assert.deepEqual(
    paths.filter((_, n) => programs[n]),
    ["usr/bin/offhook", ...["install.sh", "offhook.js", "supervise.sh"].map((name) => `usr/lib/offhook/${name}`)],
  );
  const { size } = await stat(archive);
  t.diagnostic(`${(size / 1e6).toFixed(2)} MB`);
  assert.ok(size < 1_000_000, `${size} octets`);
  assert.deepEqual(await readFile(await buildTarball(scratch)), await readFile(archive));
});

test("its script makes a user that nobody has, keeps what was there, and on OpenWrt leaves the service of procd", async (t) => {
  const { root, scratch } = await installed(t);
  const etc = async (name: string) => readFile(join(root, "etc", name), "utf8");
  assert.match(await etc("passwd"), /^offhook:x:101:101:.*:\/bin\/false$/m);
  assert.match(await etc("mdev.conf"), /root:offhook 660\n\.\* 0:0 660\n$/);
  assert.equal((await stat(join(root, "etc/offhook.toml"))).mode & 0o777, 0o640);
  const before = [await etc("passwd"), await etc("group"), await etc("mdev.conf")];
  await writeFile(join(root, "etc/offhook.toml"), "# mine\n");
  run("sh", [join(root, "usr/lib/offhook/install.sh"), root], root);
  assert.deepEqual([await etc("passwd"), await etc("group"), await etc("mdev.conf")], before);
  assert.equal(await etc("offhook.toml"), "# mine\n");
  assert.ok(!(await files(root)).includes("etc/init.d/offhook"));

  const openwrt = await scratch.folder("openwrt");
  await mkdir(join(openwrt, "etc"));
  for (const name of ["passwd", "group", "rc.common"]) await writeFile(join(openwrt, "etc", name), "root:x:0:0\n");
  run("tar", ["-xzf", await buildTarball(scratch)], openwrt);
  run("sh", [join(openwrt, "usr/lib/offhook/install.sh"), openwrt], openwrt);
  assert.ok((await stat(join(openwrt, "etc/init.d/offhook"))).mode & 0o100);
  assert.ok(!(await files(openwrt)).some((path) => path.startsWith("var/")));
});

test("its shell scripts are understood by every shell here, and its systemd unit by systemd where that is installed", async (t) => {
  const { root, scratch } = await installed(t);
  const folder = await scratch.folder("scripts");
  run("tar", ["-xzf", await buildTarball(scratch)], folder);
  const scripts = ["usr/lib/offhook/supervise.sh", "usr/lib/offhook/install.sh", "etc/init.d/offhook"];
  for (const shell of ["sh", "busybox sh", "bash"].filter((one) => isThere(one.split(" ")[0] ?? "")))
    for (const script of [...scripts, "etc/hotplug.d/usb/60-offhook"])
      run("sh", ["-c", `${shell} -n ${script}`], folder);

  const unit = await readFile(join(root, "usr/lib/systemd/system/offhook.service"), "utf8");
  const settings = new Map(unit.split("\n").map((line) => line.split(/=(.*)/) as [string, string])); // KEY=VALUE
  for (const [key, value] of Object.entries({
    Type: "notify",
    User: "offhook",
    ProtectSystem: "strict",
    StateDirectory: "offhook",
    NoNewPrivileges: "yes",
    CapabilityBoundingSet: "",
    DeviceAllow: "char-usb_device rw",
    LimitNICE: "-15",
    LimitRTPRIO: "1",
  }))
    assert.equal(settings.get(key), value, key);
  assert.equal(settings.has("RestrictRealtime"), false, "the voice thread takes real time");
  assert.ok(Number(settings.get("WatchdogSec")) > 30 + 2 * 10, "the supervisor has its say first");
  const [script, , program] = (settings.get("ExecStart") ?? "").split(" ");
  for (const path of [script, program]) assert.ok((await files(root)).includes(path?.slice(1) ?? ""), path);
  if (!isThere("systemd-analyze")) return t.diagnostic("systemd is not installed");
  // It looks for the programs on this machine.
  await writeFile(join(folder, "offhook.service"), unit.replace("=/usr/lib/offhook", `=${root}/usr/lib/offhook`));
  const said = run("sh", ["-c", "systemd-analyze verify ./offhook.service 2>&1"], folder);
  assert.doesNotMatch(said, /offhook/);
});

test("unpacked on a router and run by its supervisor as its own user, the phones of the house ring, and one directory is written", async (t) => {
  const router = await installed(t);
  const { root, scratch } = router;
  assert.match(run(join(root, "usr/bin/offhook"), ["version"], "/"), /^offhook [0-9.]+\n$/);
  run(join(root, "usr/bin/offhook"), ["check", "etc/offhook.toml"], root);
  const ports = { sipPort: await freePorts(1), rtpPort: await freePorts(32), peerPort: await freePorts(2) };
  await writeFile(join(root, "etc/offhook.toml"), houseConfig(ports));
  const data = join(root, "var/lib/offhook");
  const own = ["start", "--config", join(root, "etc/offhook.toml"), "--data", data];
  const supervised = [join(root, "usr/lib/offhook/supervise.sh"), "30", join(root, "usr/bin/offhook"), ...own];
  const [command = "", ...args] = asUser(router, ...supervised);
  const gateway = new Program({ name: "offhook", command, args, cwd: "/" });
  scratch.atEnd(() => gateway.stop());
  await gateway.says(/base:1: attached[\s\S]*dongle:1: attached|dongle:1: attached[\s\S]*base:1: attached/, 20_000);
  const door = new Door(data);
  door.follow();
  await door.act("port:1", { kind: "dial", number: "611" });
  const rings = { what: "the handset rings", deadlineMs: 10_000, evidence: () => gateway.tail() };
  await until(door.changed, rings, () => door.facts.some(({ fact }) => fact.kind === "callRinging"));
  if (isRoot) {
    const writable = ["find", root, "-writable", "!", "-type", "l", "!", "-path", `${data}/*`];
    const [find = "", ...words] = asUser(router, ...writable);
    assert.equal(run(find, words, "/"), `${data}\n`);
    assert.equal((await stat(`/proc/${gateway.pid}`)).uid, router.uid);
  }
  gateway.signal("SIGTERM");
  assert.equal(await gateway.ends(10_000), 0, gateway.tail());
});
