import assert from "node:assert/strict";
import { connect } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { cli, type Parts } from "../../src/api/cli/cli.ts";
import { serveDevices } from "../../src/device-server.ts";
import type { AttachedPort, DeviceAttacher, KeepWatch } from "../../src/emulator/contract.ts";
import { importRequest, list } from "../emulator/usbip/usbip-host.ts";
import { folder, Screen } from "./stand-in.ts";

const first: AttachedPort = { busid: "1-1", port: 0, usbId: "1209:0001" };

/** A machine that attaches whatever it is asked to. */
class Machine implements DeviceAttacher {
  readonly asked: string[] = [];
  /** Who is told of what is kept, once something is. */
  readonly watch: Promise<KeepWatch>;
  #keeps: (watch: KeepWatch) => void = () => {};

  constructor() {
    this.watch = new Promise((resolve) => {
      this.#keeps = resolve;
    });
  }

  async attach(server: { address: string; port: number }, busids: readonly string[]) {
    this.asked.push(`${server.address} ${server.port} ${busids}`);
    if (busids.includes("1-9")) throw new Error("1-9: there is no such device, or it is unplugged");
    return [first];
  }

  async keep(server: { address: string; port: number }, busids: readonly string[], watch: KeepWatch) {
    this.asked.push(`keep ${server.address} ${server.port} ${busids}`);
    this.#keeps(watch);
    await watch.stopped;
  }

  async detach(ports: readonly number[]) {
    this.asked.push(`detach ${ports}`);
    return ports;
  }
}

async function terminal(t: TestContext) {
  const dir = await folder(t);
  const machine = new Machine();
  const parts: Parts = {
    startGateway: () => Promise.reject(new Error("nothing is started here")),
    openWalk: () => Promise.reject(new Error("nothing is walked here")),
    replayJournal: () => Promise.reject(new Error("nothing is replayed here")),
    simulator: () => Promise.reject(new Error("nothing is simulated here")),
    codecChecker: () => Promise.reject(new Error("no codec is checked here")),
    serveDevices: async () => serveDevices,
    deviceAttacher: async () => machine,
  };
  const open = (...words: string[]) => {
    const screen = new Screen(dir);
    return { screen, code: cli(words, screen, parts) };
  };
  const type = async (...words: string[]) => {
    const { screen, code } = open(...words);
    return { code: await code, out: screen.text, err: screen.errors.join("\n") };
  };
  return { dir, machine, open, type };
}

/** Devices that are served on a port of this machine, with `data` as their directory. */
async function served(t: TestContext, ...words: string[]) {
  const all = await terminal(t);
  const { screen, code } = all.open("device", "--serve", "--listen", "127.0.0.1:0", "--json", ...words);
  await screen.shows(/"ready":true/);
  const ready = JSON.parse(screen.lines[0] ?? "");
  const stop = async () => {
    screen.stop?.("SIGTERM");
    return code;
  };
  return { ...all, screen, ready, stop, port: Number(ready.listen.split(":")[1]) };
}

test("served devices are told with their bus ids, listed to whoever asks, and gone after Ctrl-C", async (t) => {
  const { ready, port, dir, stop, screen } = await served(t);
  assert.deepEqual(ready.devices, [
    { busid: "1-1", device: "base:1", usbId: "1209:0001", product: "Offhook reference base", attachedBy: null },
    { busid: "1-2", device: "dongle:1", usbId: "1209:0002", product: "Offhook reference FXS dongle", attachedBy: null },
  ]);
  assert.equal(ready.data, join(dir, "data"));
  const busids = (await list(connect(port, "127.0.0.1"))).map(({ busid }) => busid);
  assert.deepEqual(busids, ["1-1", "1-2"]);
  assert.equal(await stop(), 0);
  assert.deepEqual(screen.errors, []);
  const socket = connect(port, "127.0.0.1");
  const [error] = await new Promise<NodeJS.ErrnoException[]>((resolve) => socket.on("error", (it) => resolve([it])));
  assert.equal(error?.code, "ECONNREFUSED");
});

test("the people at the phones and the plugs are at the control socket, a gateway is not", async (t) => {
  const { type, stop } = await served(t);
  assert.match((await type("phone", "port:1", "offhook")).out, /port:1 +off-hook/);
  assert.match((await type("phone", "port:9", "offhook")).err, /no emulated port:9 — one of handset:1, handset:2/);
  assert.match((await type("unplug", "base:1")).out, /base:1 is unplugged/);
  assert.match((await type("unplug", "base:1")).err, /base:1 is unplugged already/);
  assert.match((await type("plug", "base:1")).out, /base:1 is plugged in/);
  const status = await type("status");
  assert.equal(status.code, 1);
  assert.match(status.err, /only emulated devices are served here, no gateway runs/);
  assert.equal(await stop(), 0);
});

test("who attaches a device and loses it is told, and what was refused as well", async (t) => {
  const { port, screen, stop } = await served(t);
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  socket.write(importRequest("1-2"));
  await screen.shows(/"attached":true/);
  const told = JSON.parse(screen.lines[1] ?? "");
  assert.deepEqual([told.device, told.busid, told.attached], ["dongle:1", "1-2", true]);
  socket.write(Buffer.alloc(48, 9));
  await screen.shows(/"attached":false/);
  assert.match(screen.errors.join(), /usbip 127\.0\.0\.1: sent what is no command: command 0x9090909 is none/);
  assert.equal(await stop(), 0);
  assert.equal(screen.errors.length, 1);
  assert.deepEqual(JSON.parse(screen.lines.at(-1) ?? ""), { stopped: true, refused: 1 });
});

test("a port that is taken, a directory that is taken and an address that is none are told with the way out", async (t) => {
  const { type, port, stop } = await served(t);
  const other = ["--data", "other"];
  const taken = await type("device", "--serve", "--listen", `127.0.0.1:${port}`, ...other);
  assert.deepEqual([taken.code, /somebody listens there already — stop it/.test(taken.err)], [1, true]);
  assert.match((await type("device", "--serve", "--listen", "127.0.0.1:0")).err, /another gateway runs in/);
  assert.match((await type("device", "--serve", "--listen", "192.0.2.1:0", ...other)).err, /has no such address/);
  for (const wrong of ["3240", "127.0.0.1:", "127.0.0.1:99999", "::1:3240", "a b:c"]) {
    const { code, err } = await type("device", "--serve", "--listen", wrong);
    assert.equal(code, 2, wrong);
    assert.match(err, /write ADDR:PORT, e\.g\. 127\.0\.0\.1:3240 or \[::1\]:3240/);
  }
  assert.equal(await stop(), 0);
});

test("people see how to attach, and a door that is open to the network is told", async (t) => {
  const { open } = await terminal(t);
  const { screen, code } = open("device", "--serve", "--listen", "0.0.0.0:0");
  await screen.shows(/Ctrl-C/);
  assert.match(screen.text, /1-2 +dongle:1 +1209:0002 +Offhook reference FXS dongle/);
  assert.match(screen.text, /offhook device --attach 0\.0\.0\.0:\d+ --keep/);
  assert.match(screen.errors.join(), /whoever reaches this port can take the devices: USB\/IP has no passwords/);
  screen.stop?.("SIGINT");
  assert.equal(await code, 0);
});

test("devices are attached, detached and kept, with their address and bus ids as typed", async (t) => {
  const { machine, type, open } = await terminal(t);
  const people = await type("device", "--attach", "192.0.2.7:3240", "1-1");
  assert.deepEqual([people.code, people.out], [0, "1-1 (1209:0001, port 0) is plugged into this machine"]);
  const json = await type("device", "--attach", "[::1]:3240", "--json");
  assert.deepEqual(JSON.parse(json.out), { attached: [first] });
  assert.match((await type("device", "--detach", "0", "3")).out, /^port 0 is free\nport 3 is free$/);
  assert.equal((await type("device", "--detach")).out, "nothing was attached");
  const refused = await type("device", "--attach", "192.0.2.7:3240", "1-9");
  assert.deepEqual([refused.code, refused.err], [1, "offhook: 1-9: there is no such device, or it is unplugged"]);
  const { screen, code } = open("device", "--attach", "host:1", "--keep");
  const watch = await machine.watch;
  watch.attached(first);
  watch.lost(first);
  watch.failed("host:1: can not be reached from here");
  screen.stop?.("SIGTERM");
  assert.equal(await code, 0);
  assert.match(screen.text, /is plugged into this machine\n1-1 \(1209:0001, port 0\) is gone; it is attached again/);
  assert.deepEqual(screen.errors, ["offhook: host:1: can not be reached from here — trying again"]);
  assert.deepEqual(machine.asked, [
    "192.0.2.7 3240 1-1",
    "::1 3240 ",
    "detach 0,3",
    "detach ",
    "192.0.2.7 3240 1-9",
    "keep host 1 ",
  ]);
});

test("what does not belong together is wrong usage", async (t) => {
  const { type } = await terminal(t);
  for (const [words, says] of [
    [[], /write: offhook device --serve, or --attach/],
    [["--serve", "--attach"], /write: offhook device --serve, or --attach/],
    [["--serve", "extra"], /write: offhook device --serve/],
    [["--serve", "--keep"], /--keep belongs to --attach/],
    [["--attach"], /write: offhook device --attach ADDR:PORT/],
    [["--attach", "127.0.0.1"], /write ADDR:PORT/],
    [["--attach", "127.0.0.1:1", "base:1"], /"base:1" is no bus id — write e\.g\. 1-1/],
    [["--attach", "127.0.0.1:1", "--listen", "127.0.0.1:1"], /--listen belongs to --serve/],
    [["--detach", "x"], /"x" is no port — write e\.g\. --detach 0/],
  ] as const) {
    const { code, err } = await type("device", ...words);
    assert.equal(code, 2, words.join(" "));
    assert.match(err, says);
  }
  assert.match((await type("status", "--serve")).err, /--serve belongs to `offhook device`/);
});
