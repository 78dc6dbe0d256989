import assert from "node:assert/strict";
import promises, { lstat, mkdir, readdir, symlink } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ask } from "../../src/api/control-client.ts";
import { isSafe, placesElsewhere } from "../../src/api/control-place.ts";
import { openControlSocket } from "../../src/api/control-socket.ts";
import { folder, StandIn } from "./stand-in.ts";

/** Here not even root can make anything: like a disk that is mounted read-only. */
const unwritable = "/sys/offhook-data";
const needsSys = {
  skip: process.platform === "linux" ? false : "needs a folder where nobody can write: /sys of Linux",
};

/** A folder as systemd gives one to a service; also whoever asks is told of it. */
async function runtimeFolder(t: TestContext): Promise<string> {
  const env: { RUNTIME_DIRECTORY?: string } = process.env;
  const before = env.RUNTIME_DIRECTORY;
  const dir = await folder(t);
  env.RUNTIME_DIRECTORY = dir;
  t.after(() => {
    if (before === undefined) delete env.RUNTIME_DIRECTORY;
    else env.RUNTIME_DIRECTORY = before;
  });
  return dir;
}

test("the socket is elsewhere, that is said with the reason, and it is found by the same name", needsSys, async (t) => {
  const runtime = await runtimeFolder(t);
  const control = await openControlSocket(unwritable);
  t.after(() => control.close());
  control.serve(new StandIn());
  assert.match(
    control.trouble ?? "",
    /^data directory \/sys\/offhook-data: can not be written \((?:EPERM|EACCES|EROFS)\), nothing is saved — the control socket is .*%2Fsys%2Foffhook-data\.sock, /,
  );
  const [name = ""] = await readdir(runtime);
  assert.equal((await lstat(join(runtime, name))).mode & 0o777, 0o600);
  assert.ok(await ask(unwritable, "status", []));
  await assert.rejects(ask(`${unwritable}-2`, "status", []), /no gateway runs in \/sys\/offhook-data-2/);
});

test("another gateway on the same directory is refused there, too, and nothing is left behind", needsSys, async (t) => {
  const runtime = await runtimeFolder(t);
  const first = await openControlSocket(unwritable);
  await assert.rejects(openControlSocket(unwritable), /^Error: another gateway runs in \/sys\/offhook-data — stop it/);
  await first.close();
  assert.deepEqual(await readdir(runtime), []);
  await (await openControlSocket(unwritable)).close();
});

test("a directory that can be written has its socket inside, and nothing is said", async (t) => {
  const runtime = await runtimeFolder(t);
  const dir = join(await folder(t), "new", "data");
  const control = await openControlSocket(dir);
  t.after(() => control.close());
  assert.equal(control.trouble, null);
  assert.deepEqual(await readdir(dir), ["offhook.sock"]);
  assert.deepEqual(await readdir(runtime), []);
});

test("where no folder can ever be made the start is refused at once", needsSys, async () => {
  await assert.rejects(
    openControlSocket("/proc/offhook/data"),
    /^Error: data directory \/proc\/offhook\/data: can not be made \(ENOENT\) — name another one with --data/,
  );
});

test("a link to a disk that is not there is refused", async (t) => {
  const dir = await folder(t);
  await symlink(join(dir, "unplugged"), join(dir, "link"));
  await assert.rejects(openControlSocket(join(dir, "link")), /can not be made \(EEXIST\)/);
  await assert.rejects(openControlSocket(join(dir, "link", "data")), /can not be made \(E[A-Z]+\)/);
});

test("two directories never share a place, and a folder that others can enter is none", async (t) => {
  const runtime = await runtimeFolder(t);
  const [first = "", second = ""] = [placesElsewhere("/data/a-b")[0], placesElsewhere("/data/a/b")[0]];
  assert.equal(join(first, ".."), runtime);
  assert.notEqual(first, second);
  assert.deepEqual(placesElsewhere(`/${"x".repeat(120)}`), []);
  assert.equal(isSafe(""), false);
  await mkdir(join(runtime, "given"), { mode: 0o755 });
  assert.equal(isSafe(join(runtime, "given")), true);
});

test("a disk that fails when it is asked what is there is one that can not be written: the gateway starts", async (t) => {
  await runtimeFolder(t);
  const dir = await folder(t);
  const { stat } = promises;
  t.mock.method(promises, "stat", (path: string) => {
    if (path !== dir) return stat(path);
    return Promise.reject(Object.assign(new Error("EIO: i/o error, stat"), { code: "EIO" }));
  });
  syncBuiltinESMExports();
  try {
    const control = await openControlSocket(dir);
    assert.match(control.trouble ?? "", /can not be written \(EIO\)/);
    await control.close();
  } finally {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  }
});
