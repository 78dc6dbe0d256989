import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { AttachedPort } from "../../../src/emulator/contract.ts";
import { deviceAttacher } from "../../../src/emulator/usbip/attach/attach.ts";
import { importDevice, listExported } from "../../../src/emulator/usbip/attach/client.ts";
import { type Keeping, keepAttached } from "../../../src/emulator/usbip/attach/keep.ts";
import { Vhci } from "../../../src/emulator/usbip/attach/vhci.ts";
import { ms } from "../../../src/message/units.ts";
import { VirtualClock } from "../../../src/vendor/clock/clock.ts";
import { pass, settle } from "../time.ts";
import { rig } from "./rig.ts";

const free = "004 000 00000000 000000 0-0";
const used = "006 002 00010002 000007";

/** The files of a kernel with virtual host controllers, and none behind them. */
async function kernel(t: TestContext, ...status: readonly string[]) {
  const root = await mkdtemp(join(tmpdir(), "offhook-vhci-"));
  t.after(() => rm(root, { recursive: true, force: true }));
  const [folder, devices] = [join(root, "vhci_hcd.0"), join(root, "devices")];
  await mkdir(folder);
  for (const name of ["attach", "detach"]) await writeFile(join(folder, name), "");
  for (const [n, rows] of status.entries())
    await writeFile(
      join(folder, n === 0 ? "status" : `status.${n}`),
      `hub port sta spd dev      sockfd local_busid\n${rows}\n`,
    );
  const plugged = async (busid: string, product: string) => {
    await mkdir(join(devices, busid), { recursive: true });
    await writeFile(join(devices, busid, "idVendor"), "1209\n");
    await writeFile(join(devices, busid, "idProduct"), `${product}\n`);
  };
  const wrote = (name: string) => readFile(join(folder, name), "latin1");
  return { vhci: new Vhci(folder), devices, plugged, wrote, attacher: deviceAttacher(new Vhci(folder), devices) };
}

/** Both devices served on a port of this machine. */
async function served(t: TestContext) {
  const all = rig();
  t.after(() => all.house.close());
  return { ...all, at: await all.server.listen("127.0.0.1", 0) };
}

test("the ports of all host controllers are read as the kernel writes them", async (t) => {
  const { vhci } = await kernel(t, `hs  0000 ${free}\nhs  0001 ${used} 3-2\nss  0008 ${free}`, `hs  0016 ${used} 0-0`);
  const none = { device: 0, localBusid: null };
  assert.deepEqual(await vhci.ports(), [
    { port: 0, highSpeed: true, free: true, ...none },
    { port: 1, highSpeed: true, free: false, device: 0x10002, localBusid: "3-2" },
    { port: 8, highSpeed: false, free: true, ...none },
    { port: 16, highSpeed: true, free: false, device: 0x10002, localBusid: null },
  ]);
});

test("what is offered is handed to the kernel: port, connection, device and speed", async (t) => {
  const { at, server } = await served(t);
  const { attacher, wrote } = await kernel(t, `ss  0008 ${free}\nhs  0000 ${used} 3-1\nhs  0003 ${free}`);
  assert.deepEqual(await attacher.attach(at, ["1-2"]), [{ busid: "1-2", port: 3, usbId: "1209:0002" }]);
  assert.match(await wrote("attach"), /^3 \d+ 65539 2$/);
  // No kernel has taken a reference to the connection here: it ended with the handing over.
  while (server.offers.some(({ importer }) => importer !== null)) await settle();
  assert.deepEqual(
    (await attacher.attach(at, [])).map(({ busid }) => busid),
    ["1-1", "1-2"],
  );
});

test("whatever hinders an attachment is told with the way out", async (t) => {
  const { at, attach } = await served(t);
  const none = deviceAttacher(new Vhci("/nonexistent/vhci_hcd.0"));
  await assert.rejects(
    none.attach(at, []),
    /^Error: this machine has no virtual USB host — load it: modprobe vhci-hcd$/,
  );
  const full = await kernel(t, `hs  0000 ${used} 3-1\nss  0008 ${free}`);
  await assert.rejects(full.attacher.attach(at, ["1-1"]), /no free port on the virtual USB host — detach a device/);
  const { attacher } = await kernel(t, `hs  0000 ${free}`);
  const host = await attach("1-1");
  await assert.rejects(attacher.attach(at, ["1-1"]), /1-1: somebody else has this device — detach it there/);
  await assert.rejects(attacher.attach(at, ["1-9"]), /1-9: there is no such device, or it is unplugged/);
  const other = await attach("1-2");
  await assert.rejects(attacher.attach(at, []), /offers no device — all are attached elsewhere, or unplugged/);
  for (const one of [host, other]) one.detach();
});

test("a server that is none, or lies, is told as such", async (t) => {
  const answers = (answer: Buffer | null) =>
    new Promise<{ address: string; port: number }>((resolve) => {
      const server = createServer((socket) => {
        socket.on("error", () => {});
        if (answer === null) socket.destroy();
        else socket.end(answer);
      });
      t.after(() => server.close());
      server.listen(0, "127.0.0.1", () => {
        const at = server.address();
        resolve({ address: "127.0.0.1", port: typeof at === "object" ? (at?.port ?? 0) : 0 });
      });
    });
  const [web, mute] = [await answers(Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")), await answers(null)];
  await assert.rejects(listExported(web), /does not answer as a USB\/IP server does/);
  await assert.rejects(listExported(mute), /closed the connection before it had answered|ECONNRESET/);
  const other = Buffer.alloc(8 + 312);
  other.set([0x01, 0x11, 0x00, 0x03]);
  other.write("9-9", 8 + 256);
  await assert.rejects(importDevice(await answers(other), "1-1"), /1-1: the server gave 9-9 instead/);
  const strange = Buffer.from([0x01, 0x11, 0x00, 0x03, 0, 0, 0, 77]);
  await assert.rejects(importDevice(await answers(strange), "1-1"), /1-1: refused with status 77/);
  await assert.rejects(listExported({ address: "127.0.0.1", port: 1 }), /nobody serves devices there — start/);
});

test("a server that answers octet by octet is given up after five seconds all the same", async (t) => {
  const clock = new VirtualClock();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    // The first octets of a list, of which the rest never comes.
    socket.on("data", () => {
      clock.advance(ms(4000));
      socket.write(Buffer.from([0x01, 0x11, 0x00, 0x05]), () => clock.advance(ms(2000)));
    });
  });
  t.after(() => server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const at = server.address();
  assert.ok(typeof at === "object" && at !== null);
  const began = performance.now();
  await assert.rejects(listExported({ address: "127.0.0.1", port: at.port }, clock), /does not answer within 5 s/);
  assert.ok(performance.now() - began < 4000, "it is not the silence that is timed, but the whole answer");
  assert.equal(clock.pending, 0);
});

test("detaching frees the ports of our devices and of no others, or those that are named", async (t) => {
  const { attacher, plugged, wrote } = await kernel(
    t,
    `hs  0000 ${used} 3-1\nhs  0001 ${used} 3-2\nhs  0002 ${used} 0-0\nhs  0003 ${free}`,
  );
  await plugged("3-1", "0077");
  await plugged("3-2", "0002");
  assert.deepEqual(await attacher.detach([]), [1]);
  assert.equal(await wrote("detach"), "1");
  assert.deepEqual(await attacher.detach([5]), [5]);
  assert.equal(await wrote("detach"), "5");
});

/** A kernel that has ports, and a server that offers two devices. */
function keeping(busids: readonly string[]) {
  const clock = new VirtualClock();
  const ports = new Map<number, { port: number; free: boolean; device: number }>();
  const story: string[] = [];
  let offers: readonly string[] = ["1-1", "1-2"];
  let stop = (): void => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const vhci: Keeping["vhci"] = {
    ports: async () => [...ports.values()].map((one) => ({ ...one, highSpeed: true, localBusid: null })),
    detach: async (port) => {
      story.push(`detach ${port}`);
    },
  };
  const say = (what: string) => (it: AttachedPort) => story.push(`${what} ${it.busid}`);
  const watch = { attached: say("attached"), lost: say("lost"), failed: (why: string) => story.push(why), stopped };
  const world = {
    vhci,
    server: { address: "127.0.0.1", port: 1 },
    busids,
    offered: async () => {
      if (offers.length === 0) throw new Error("offers no device");
      return offers;
    },
    attachOne: async (busid: string) => {
      if (!offers.includes(busid)) throw new Error(`${busid}: not there`);
      const port = [0, 1, 2].find((one) => ports.get(one)?.free !== false) ?? 9;
      const device = Number(busid.at(-1));
      // As the kernel shows it until it has enumerated the device.
      ports.set(port, { port, free: false, device: 0 });
      clock.after(ms(600), () => ports.set(port, { port, free: false, device }));
      return { port: { busid, port, usbId: "1209:0001" }, device };
    },
  };
  const offer = (...now: readonly string[]) => {
    offers = now;
  };
  const cut = (port: number) => ports.set(port, { port, free: true, device: 0 });
  return { clock, story, offer, cut, stop, ended: keepAttached(world, watch, clock) };
}

test("a link that broke is attached again, until it is stopped; then everything is detached", async () => {
  const { clock, story, cut, stop, ended } = keeping([]);
  await pass(clock, 2000);
  assert.deepEqual(story.splice(0), ["attached 1-1", "attached 1-2"]);
  cut(0);
  await pass(clock, 2000);
  assert.deepEqual(story.splice(0), ["lost 1-1", "attached 1-1"]);
  stop();
  await ended;
  assert.deepEqual(story, ["detach 1", "detach 0"]);
  assert.equal(clock.pending, 0);
});

test("a device that is away is told once, tried again each time later, and attached when it comes", async () => {
  const { clock, story, offer, cut, stop, ended } = keeping(["1-1"]);
  await pass(clock, 1000);
  offer("1-2");
  cut(0);
  await pass(clock, 60_000);
  assert.deepEqual(story.splice(0), ["attached 1-1", "lost 1-1", "1-1: not there"]);
  offer("1-1");
  await pass(clock, 16_000);
  assert.deepEqual(story.splice(0), ["attached 1-1"]);
  stop();
  await ended;
});

test("with nothing named, a server that offers nothing more is no failure as long as something is attached", async () => {
  const { clock, story, offer, cut, stop, ended } = keeping([]);
  await settle();
  offer();
  await pass(clock, 5000);
  assert.deepEqual(story.splice(0), ["attached 1-1", "attached 1-2"]);
  cut(0);
  cut(1);
  await pass(clock, 1000);
  assert.deepEqual(story.splice(0), ["lost 1-1", "lost 1-2", "offers no device"]);
  stop();
  await ended;
});
