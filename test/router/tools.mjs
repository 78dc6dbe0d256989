/** The programs of others that a guest needs. As root they are installed by apt, otherwise named. */
import { spawnSync } from "node:child_process";

const tools = [
  { program: "mksquashfs", package: "squashfs-tools" },
  { program: "busybox", package: "busybox-static" },
  { program: "xz", package: "xz-utils" },
];

/** QEMU by target. */
const emulators = {
  "x86-64": { program: "qemu-system-x86_64", package: "qemu-system-x86" },
  arm64: { program: "qemu-system-aarch64", package: "qemu-system-arm" },
  armv7: { program: "qemu-system-arm", package: "qemu-system-arm" },
};

/** Installs what guests of these targets lack; ends the process with a sentence when it can not. */
export function installTools(targets) {
  const wanted = [...tools, ...targets.map((name) => emulators[name])];
  const lacking = () => [...new Set(wanted.filter(({ program }) => !isInstalled(program)).map((it) => it.package))];
  const packages = lacking();
  if (packages.length === 0) return;
  const install = ["install", "--yes", "--no-install-recommends", ...packages];
  if (process.getuid?.() === 0 && isInstalled("apt-get")) {
    process.stderr.write(`offhook: installing ${packages.join(", ")} …\n`);
    if (!apt(install)) {
      apt(["update"]);
      apt(install);
    }
  }
  const still = lacking();
  if (still.length === 0) return;
  const command = `apt-get install --no-install-recommends ${still.join(" ")}`;
  process.stderr.write(`offhook: the router test needs ${still.join(", ")}: ${command}\n`);
  process.exit(1);
}

function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync("apt-get", ["-qq", ...args], { env, stdio: ["ignore", "ignore", 2] }).status === 0;
}

function isInstalled(program) {
  return spawnSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" }).status === 0;
}
