import { connect } from "node:net";
import { join } from "node:path";
import { Program } from "../../peers/harness/program.ts";
import type { Scratch } from "../../peers/harness/scratch.ts";
import { until } from "../../peers/harness/until.ts";
import { squashApplication } from "../image/application.ts";
import { baseRoot } from "../image/base-root.ts";
import { debianSystem } from "../image/kernel.ts";
import type { Target } from "../image/target.ts";

/** UDP ports of the gateway inside, and TCP ports of the test's own. */
export const ports = { sip: 5060, rtp: 10_000, rtpCount: 12, door: 7000, shell: 7001 } as const;

export interface GuestOptions {
  /** Further files for the read-only root, by name. */
  readonly extra?: Readonly<Record<string, string>>;
  readonly memory?: number;
}

/** A router: one processor, a read-only root, Debian's kernel, a busybox shell and Node. */
export class Guest {
  readonly target: Target;
  /** Its address, on this machine's loopback network. */
  readonly address: string;
  readonly nodeVersion: string;
  readonly #qemu: Program;

  private constructor(target: Target, address: string, nodeVersion: string, qemu: Program) {
    this.target = target;
    this.address = address;
    this.nodeVersion = nodeVersion;
    this.#qemu = qemu;
  }

  /** Resolves when its shell answers. */
  static async boot(target: Target, scratch: Scratch, options: GuestOptions = {}): Promise<Guest> {
    const system = await debianSystem(target);
    const root = await baseRoot(target, system);
    const folder = await scratch.folder("guest");
    const application = join(folder, "router.squashfs");
    await squashApplication(target, application, options.extra);
    const address = ownAddress();
    const args = [
      ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-smp", "1", "-serial", "stdio"],
      ...target.machine,
      ...["-m", String(options.memory ?? target.memory)],
      ...["-kernel", system.kernel, "-initrd", root.initramfs, "-append", commandLine(target, address)],
      ...network(target, address),
      ...disk(target, "base", root.squashfs),
      ...disk(target, "router", application),
    ];
    // Politely: what the guest does must not make the far ends late, which have the clock. And never without the test.
    const before = ["--pdeathsig", "KILL", "nice", "-n", "5"];
    const qemu = new Program({ name: target.qemu, command: "setpriv", args: [...before, target.qemu, ...args] });
    scratch.atEnd(() => qemu.stop());
    await qemu.says(/@@ready/, 120_000);
    return new Guest(target, address, root.nodeVersion, qemu);
  }

  /** What the console showed last. */
  console(): string {
    return this.#qemu.tail();
  }

  /** Everything the console showed, as far as it is kept. */
  get log(): string {
    return this.#qemu.output;
  }

  /** Resolves at the first match on the console from a place in `log` on. */
  says(pattern: RegExp, deadlineMs: number, since = 0): Promise<RegExpExecArray> {
    const wait = { what: `the guest's console says ${pattern}`, deadlineMs, evidence: () => this.console() };
    return until(this.#qemu.changed, wait, () => pattern.exec(this.log.slice(since)));
  }

  /** Runs one line of shell in the guest; resolves with what it printed. Rejects when it fails. */
  async run(command: string, deadlineMs = 60_000): Promise<string> {
    const answer = await this.#ask(command, deadlineMs);
    const [, output = "", code] = /^([\s\S]*)@@(\d+)\n$/.exec(answer) ?? [];
    if (code === "0") return output;
    throw new Error(`in the guest, ${command}: ${code === undefined ? "no answer" : `exit ${code}`}: ${answer}`);
  }

  /** Runs a line in the background, its output on the console; resolves with its process id. */
  async start(command: string): Promise<number> {
    const output = await this.run(`setsid ${command} >/dev/console 2>&1 & echo $!`);
    return Number(output.trim());
  }

  async memoryTotalMB(): Promise<number> {
    const [, kB] = /MemTotal: +(\d+) kB/.exec(await this.run("cat /proc/meminfo")) ?? [];
    return Number(kB) / 1024;
  }

  #ask(command: string, deadlineMs: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(ports.shell, this.address);
      let answer = "";
      const late = setTimeout(() => {
        socket.destroy(new Error(`in the guest, ${command}: not within ${deadlineMs} ms\n${this.console()}`));
      }, deadlineMs);
      socket.on("connect", () => socket.write(`${command}\n`));
      socket.on("data", (data: Buffer) => {
        answer += data.toString("utf8");
      });
      socket.on("error", reject);
      socket.on("close", () => {
        clearTimeout(late);
        resolve(answer);
      });
    });
  }
}

/** Each process of the test has a guest of another address: two runs on one machine do not meet. */
function ownAddress(): string {
  return `127.${100 + (process.pid % 100)}.${Math.floor(process.pid / 100) % 250}.15`;
}

function commandLine({ console }: Target, address: string): string {
  const kernel = "quiet loglevel=3 panic=-1 mitigations=off random.trust_cpu=on";
  return `console=${console} ${kernel} rdinit=/init address=${address}`;
}

/** The ports of the guest are ports of the same number at its address outside. */
function network({ virtio }: Target, address: string): string[] {
  const udp = [ports.sip, ...Array.from({ length: ports.rtpCount }, (_, n) => ports.rtp + n)];
  const forward = (protocol: string, port: number) => `hostfwd=${protocol}:${address}:${port}-${address}:${port}`;
  const forwards = [
    ...udp.map((port) => forward("udp", port)),
    forward("tcp", ports.door),
    forward("tcp", ports.shell),
  ];
  const card = virtio === "pci" ? "virtio-net-pci,romfile=" : "virtio-net-device";
  const user = ["user", "id=net", "ipv6=off", "net=127.0.0.0/8", "host=127.0.0.1", ...forwards];
  return ["-netdev", user.join(","), "-device", `${card},netdev=net`];
}

function disk({ virtio }: Target, serial: string, file: string): string[] {
  const drive = `file=${file},format=raw,if=none,id=${serial},readonly=on`;
  return ["-drive", drive, "-device", `virtio-blk-${virtio},drive=${serial},serial=${serial}`];
}
