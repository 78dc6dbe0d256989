import assert from "node:assert/strict";
import { test } from "node:test";
import { foreignDriver } from "../image/target.ts";
import { router } from "./world.ts";

/** Where the kernel's hub of the first bus has the devices. */
const NODES = "/dev/bus/usb/001/*";

test("a driver of the kernel that has taken the dongle is told of with the way out, and when it lets go the dongle works", async (t) => {
  const world = await router();
  const { house, guest } = world;
  t.after(() => guest.run(`rmmod ${foreignDriver} || true`));
  await guest.run(`insmod /lib/modules/${foreignDriver}.ko vendor=0x1209 product=0x0002`);
  const told = world.told;
  await house.unplug("dongle:1");
  await world.detached("dongle:1", told);
  await house.offer("dongle:1");
  const before = guest.log.length;
  await world.attach("dongle:1");
  await guest.says(/dongle:1: cannot be opened: .* another program uses it/, 20_000, before);
  const dongle = (await world.status()).devices.find(({ device }) => device === "dongle:1");
  assert.notEqual(dongle?.attached, true);
  await guest.run(`rmmod ${foreignDriver}`);
  await world.attached("dongle:1", told);
  await world.allThere();
});

test("as its own user the gateway says which permission it lacks, and works as soon as it has it", async () => {
  const world = await router();
  const { guest } = world;
  await world.stopGateway();
  await guest.run(`chown -R offhook:offhook /data && chown root:root ${NODES} && chmod 600 ${NODES}`);
  const before = guest.log.length;
  await world.startGateway("offhook");
  await guest.says(/cannot be opened: .*permission.* allow it by a udev rule/, 20_000, before);
  const owner = await guest.run(`stat -c %U /proc/${world.gateway.pid}`);
  assert.equal(owner.trim(), "offhook");
  await guest.run(`chgrp offhook ${NODES} && chmod 660 ${NODES}`);
  await world.allThere();
});

test("with busybox's mdev and the rule of the tarball a device that is plugged in is the gateway's", async (t) => {
  const world = await router();
  const pid = await world.guest.start("mdev -df");
  t.after(() => world.guest.run(`kill ${pid}`));
  const told = world.told;
  await world.replug("dongle:1");
  await world.attached("dongle:1", told);
  await world.allThere();
  assert.match(await world.guest.run(`ls -l ${NODES}`), /crw-rw---- +1 root +offhook/);
});

test("with udevd and the rule of the tarball it is as well", async (t) => {
  const world = await router();
  const pid = await world.guest.start("/lib/systemd/systemd-udevd");
  t.after(() => world.guest.run(`kill ${pid}`));
  await world.guest.run("until udevadm settle; do usleep 100000; done");
  const told = world.told;
  await world.house.unplug("base:1");
  await world.detached("base:1", told);
  await world.house.offer("base:1");
  await world.attach("base:1");
  await world.attached("base:1", told);
  await world.allThere();
  assert.match(await world.guest.run(`ls -l ${NODES}`), /crw-rw---- +1 root +offhook/);
});
