import assert from "node:assert/strict";
import { test } from "node:test";
import { router } from "./world.ts";

const program = "offhook device";

test("kept attached, a device that was away is plugged in again by itself; when the keeping ends, the ports are free", async () => {
  const { house, guest } = await router();
  const ids =
    "cd /sys/bus/usb/devices; for d in *-*; do [ ! -f $d/idVendor ] || echo $(cat $d/idVendor $d/idProduct); done";
  for (const device of ["base:1", "dongle:1"] as const) {
    await house.unplug(device);
    await house.offer(device);
  }
  let before = guest.log.length;
  const pid = await guest.start(`${program} --attach 127.0.0.1:${house.port} --keep --json`);
  const keptDongle = /"attached":\{"busid":"1-2"/;
  await guest.says(keptDongle, 30_000, before);
  // Attached, it has still to be asked by the kernel who it is.
  for (const product of ["0001", "0002"])
    await guest.run(`until (${ids}) | grep -q "1209 ${product}"; do usleep 100000; done`);
  assert.deepEqual((await guest.run(ids)).split("\n").sort(), ["", "1209 0001", "1209 0002"]);
  before = guest.log.length;
  await house.unplug("dongle:1");
  await guest.says(/"lost":\{"busid":"1-2"/, 30_000, before);
  await house.offer("dongle:1");
  await guest.says(keptDongle, 30_000, before);
  assert.doesNotMatch(guest.log.slice(before), /"busid":"1-1"/);
  await guest.run(`kill ${pid}; while [ -d /proc/${pid} ]; do usleep 100000; done`);
  const used = await guest.run("grep -c '^hs  [0-9]* 00[56]' /sys/devices/platform/vhci_hcd.0/status || true");
  assert.equal(used.trim(), "0");
});

test("whoever attaches without being root, or without the kernel's module, is told how to", async () => {
  const { guest, house } = await router();
  const refused = (command: string) =>
    guest.run(command).then(
      () => "done",
      (error: Error) => error.message,
    );
  const attach = `--attach 127.0.0.1:${house.port}`;
  const asUser = `su offhook -s /bin/sh -c 'offhook device ${attach}'`;
  assert.match(await refused(asUser), /only root can plug devices into this machine — run it with sudo/);
  await guest.run("rmmod vhci-hcd");
  assert.match(await refused(`${program} ${attach}`), /no virtual USB host — load it: modprobe vhci-hcd/);
});
