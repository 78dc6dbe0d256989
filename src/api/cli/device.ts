import { loadConfig } from "../../config/read-config.ts";
import type { AttachedPort, DeviceAttacher, ServeDevices, ServedDevice } from "../../emulator/contract.ts";
import { openControlSocket } from "../control-socket.ts";
import { refused, wrongUsage } from "../refusal.ts";
import type { Arguments } from "./arguments.ts";
import { dataDir } from "./data-dir.ts";
import { printable, table } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** USB/IP's port, on this machine only: whoever reaches it can take the devices, it knows no passwords. */
const defaultListen = "127.0.0.1:3240";

/** What `offhook device` needs, loaded when it does. */
export interface DeviceParts {
  serveDevices(): Promise<ServeDevices>;
  deviceAttacher(): Promise<DeviceAttacher>;
}

/** `offhook device --serve | --attach ADDR:PORT [BUSID …] | --detach [PORT …]`. */
export async function device(args: Arguments, terminal: Terminal, parts: DeviceParts): Promise<number> {
  const { serve, attach, detach, keep, listen } = args;
  if ([serve, attach, detach].filter(Boolean).length !== 1)
    throw wrongUsage("write: offhook device --serve, or --attach ADDR:PORT [BUSID …], or --detach [PORT …]");
  if (keep && !attach) throw wrongUsage("--keep belongs to --attach");
  if (listen !== null && !serve) throw wrongUsage("--listen belongs to --serve");
  if (args.config !== null && !serve) throw wrongUsage("--config belongs to --serve");
  if (serve) return serveUntilStopped(args, terminal, await parts.serveDevices());
  const attacher = await parts.deviceAttacher();
  if (detach) return detachPorts(args, terminal, attacher);
  return keep ? keepPorts(args, terminal, attacher) : attachPorts(args, terminal, attacher);
}

async function serveUntilStopped(args: Arguments, terminal: Terminal, serve: ServeDevices): Promise<number> {
  if (args.args.length > 0) throw wrongUsage("write: offhook device --serve [--listen ADDR:PORT] [--config FILE]");
  const listen = readAddress("--listen", args.listen ?? defaultListen);
  const { emulator } = await loadConfig(args.config, { emulate: true });
  if (emulator === null) throw refused("the configuration has no emulated devices");
  const dir = dataDir(args, terminal, null);
  const stopped = new Promise<string>((resolve) => terminal.onStop(resolve));
  const control = await openControlSocket(dir);
  const report = (problem: string): void => terminal.err(`offhook: ${printable(problem)}`);
  if (control.trouble !== null) report(control.trouble);
  try {
    const server = await serve(
      { ...emulator, ...listen },
      {
        report,
        changed: (it, peer, attached) => tellChange(it, peer, attached, args, terminal),
      },
    );
    control.serveDevices(server.house);
    const at = showAddress(server);
    if (args.json) terminal.out(JSON.stringify({ ready: true, listen: at, data: dir, devices: server.devices() }));
    else terminal.out(greeting(at, dir, server.devices(), server.house.phones, terminal.name));
    if (!isLoopback(server.address)) terminal.err(`offhook: ${openDoor}`);
    await stopped;
    await server.close();
    const refused = server.refused();
    if (args.json) terminal.out(JSON.stringify({ stopped: true, refused }));
    else if (refused > 0) terminal.out(`${refused} connections were refused`);
    return 0;
  } finally {
    await control.close();
  }
}

const openDoor =
  "whoever reaches this port can take the devices: USB/IP has no passwords — better a tunnel (ssh -L 3240:127.0.0.1:3240)";

function tellChange(it: ServedDevice, peer: string, attached: boolean, args: Arguments, terminal: Terminal): void {
  const { busid, device } = it;
  if (args.json) terminal.out(JSON.stringify({ device, busid, attached, peer }));
  else terminal.out(`${device} (${busid}) is ${attached ? "attached by" : "no longer attached by"} ${printable(peer)}`);
}

function greeting(
  at: string,
  dir: string,
  devices: readonly ServedDevice[],
  phones: readonly string[],
  name: string,
): string {
  const rows = devices.map(({ busid, device, usbId, product }) => [busid, device, usbId, product]);
  return [
    `USB/IP on ${at}, the people at the phones in ${dir}`,
    "",
    table(["BUSID", "DEVICE", "USB ID", "WHAT"], rows, "no devices"),
    "",
    "On a Linux machine, as root:",
    "  modprobe vhci-hcd",
    `  ${name} device --attach ${at} --keep`,
    "",
    `Then: ${name} phone ${phones[0] ?? "port:1"} offhook --data ${dir}`,
    "Stop with Ctrl-C.",
  ].join("\n");
}

async function attachPorts(args: Arguments, terminal: Terminal, attacher: DeviceAttacher): Promise<number> {
  const { server, busids } = readTarget(args);
  const attached = await attacher.attach(server, busids);
  if (args.json) terminal.out(JSON.stringify({ attached }));
  else for (const port of attached) terminal.out(`${showPort(port)} is plugged into this machine`);
  return 0;
}

async function keepPorts(args: Arguments, terminal: Terminal, attacher: DeviceAttacher): Promise<number> {
  const { server, busids } = readTarget(args);
  const stopped = new Promise<string>((resolve) => terminal.onStop(resolve));
  const tell = (change: "attached" | "lost", port: AttachedPort, words: string): void =>
    terminal.out(args.json ? JSON.stringify({ [change]: port }) : `${showPort(port)} ${words}`);
  await attacher.keep(server, busids, {
    attached: (port) => tell("attached", port, "is plugged into this machine"),
    lost: (port) => tell("lost", port, "is gone; it is attached again as soon as it is there"),
    failed: (problem) => terminal.err(`offhook: ${printable(problem)} — trying again`),
    stopped,
  });
  return 0;
}

async function detachPorts(args: Arguments, terminal: Terminal, attacher: DeviceAttacher): Promise<number> {
  const wrong = args.args.find((port) => !/^[0-9]{1,3}$/.test(port));
  if (wrong !== undefined) throw wrongUsage(`"${wrong.slice(0, 40)}" is no port — write e.g. --detach 0`);
  const detached = await attacher.detach(args.args.map(Number));
  if (args.json) terminal.out(JSON.stringify({ detached }));
  else if (detached.length === 0) terminal.out("nothing was attached");
  else for (const port of detached) terminal.out(`port ${port} is free`);
  return 0;
}

function showPort({ busid, usbId, port }: AttachedPort): string {
  return printable(`${busid} (${usbId}, port ${port})`);
}

function readTarget({ args }: Arguments): { server: ReturnType<typeof readAddress>; busids: readonly string[] } {
  const [target, ...busids] = args;
  if (target === undefined) throw wrongUsage("write: offhook device --attach ADDR:PORT [BUSID …] [--keep]");
  const wrong = busids.find((busid) => !/^[0-9]+-[0-9.]{1,28}$/.test(busid));
  if (wrong !== undefined) throw wrongUsage(`"${wrong.slice(0, 40)}" is no bus id — write e.g. 1-1`);
  return { server: readAddress("--attach", target), busids };
}

/** `ADDR:PORT`, an IPv6 address in brackets. */
function readAddress(option: string, text: string): { readonly address: string; readonly port: number } {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:.%]+)\]|([^:[\]]+)):([0-9]{1,5})$/.exec(text) ?? [];
  const address = bracketed ?? plain;
  if (address === undefined || Number(port) > 65_535)
    throw wrongUsage(`${option} ${text.slice(0, 80)}: write ADDR:PORT, e.g. ${defaultListen} or [::1]:3240`);
  return { address, port: Number(port) };
}

function showAddress({ address, port }: { readonly address: string; readonly port: number }): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function isLoopback(address: string): boolean {
  return address === "::1" || /^127\./.test(address) || address === "localhost";
}
