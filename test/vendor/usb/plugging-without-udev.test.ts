import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { DeviceNodes } from "../../../src/vendor/usb-nodes.ts";

/** A folder of device nodes that is watched, and a way to wait for the next change that is told. */
async function watched(t: TestContext, ...buses: readonly string[]) {
  const parent = await mkdtemp(join(tmpdir(), "offhook-nodes-"));
  const root = join(parent, "usb");
  for (const bus of buses) await mkdir(join(root, bus), { recursive: true });
  const reports: string[] = [];
  let told = (): void => {};
  const nodes = new DeviceNodes(
    () => told(),
    (problem) => reports.push(problem),
    root,
  );
  t.after(async () => {
    nodes.close();
    await rm(parent, { recursive: true, force: true });
  });
  const next = () =>
    new Promise<void>((resolve) => {
      told = resolve;
    });
  const during = async (act: () => Promise<unknown>) => {
    const change = next();
    await act();
    await change;
  };
  return { root, nodes, reports, during };
}

test("a device node that comes and goes is told, on every bus", async (t) => {
  const { root, nodes, during, reports } = await watched(t, "001", "002");
  await nodes.renew();
  for (const node of ["001/005", "002/003"]) {
    await during(() => writeFile(join(root, node), ""));
    await during(() => rm(join(root, node)));
  }
  assert.deepEqual(reports, []);
});

test("a bus that comes later is watched as well, and again when it went and came back", async (t) => {
  const { root, nodes, during } = await watched(t, "001");
  await nodes.renew();
  for (let times = 0; times < 3; times++) {
    await during(() => mkdir(join(root, "003")));
    await nodes.renew();
    await during(() => writeFile(join(root, "003", "002"), ""));
    await during(() => rm(join(root, "003"), { recursive: true }));
  }
});

test("a machine without device nodes is no problem, and they are found when they come", async (t) => {
  const { root, nodes, during, reports } = await watched(t);
  await nodes.renew();
  await mkdir(join(root, "001"), { recursive: true });
  await during(() => nodes.renew());
  await during(() => writeFile(join(root, "001", "002"), ""));
  assert.deepEqual(reports, []);
});

test("device nodes that can not be watched are told once", async (t) => {
  const { root, nodes, reports } = await watched(t);
  await writeFile(root, "no folder");
  await nodes.renew();
  await nodes.renew();
  assert.equal(reports.length, 1);
  assert.match(reports[0] ?? "", /usb cannot be watched, plugging is noticed up to 2 s later: ENOTDIR/);
});
