import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { lstat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { ask } from "../../src/api/control-client.ts";
import { openControlSocket } from "../../src/api/control-socket.ts";
import { folder, StandIn } from "./stand-in.ts";

test("a second gateway in the same directory is refused with a sentence, and the first goes on", async (t) => {
  const dir = await folder(t);
  const first = await openControlSocket(dir);
  t.after(() => first.close());
  first.serve(new StandIn());
  await assert.rejects(
    openControlSocket(dir),
    /^Error: another gateway runs in .* — stop it, or name another directory/,
  );
  assert.ok(await ask(dir, "status", []));
});

test("the socket file of a gateway that was killed is removed", async (t) => {
  const dir = await folder(t);
  const path = join(dir, "offhook.sock");
  // A process that ends without closing leaves its socket file.
  const script = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  await assert.rejects(promisify(execFile)(process.execPath, ["-e", script]));
  assert.ok((await lstat(path)).isSocket());
  const control = await openControlSocket(dir);
  control.serve(new StandIn());
  assert.ok(await ask(dir, "status", []));
  await control.close();
  await assert.rejects(lstat(path), /ENOENT/);
});

test("a file of that name that is no socket is left alone", async (t) => {
  const dir = await folder(t);
  await writeFile(join(dir, "offhook.sock"), "a letter");
  await assert.rejects(openControlSocket(dir), /is no socket — move it away/);
});

test("a directory that can not be made, or has too long a name, is refused with the way out", async (t) => {
  const dir = await folder(t);
  await writeFile(join(dir, "file"), "");
  await assert.rejects(
    openControlSocket(join(dir, "file", "data")),
    /can not be made \(ENOTDIR\) — name another one with --data/,
  );
  await assert.rejects(
    openControlSocket(join(dir, "x".repeat(100))),
    /more than 107 octets — name a shorter directory/,
  );
});

test("a listener that is no gateway still holds the directory", async (t) => {
  const dir = await folder(t);
  const other = createServer().listen(join(dir, "offhook.sock"));
  t.after(() => other.close());
  await assert.rejects(openControlSocket(dir), /another gateway runs/);
});
