import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ask } from "../../src/api/control-client.ts";
import { openControlSocket } from "../../src/api/control-socket.ts";
import { folder, StandIn } from "./stand-in.ts";

interface Scene {
  readonly dir: string;
  readonly gateway: StandIn;
  connect(): Promise<Socket>;
}

async function scene(t: TestContext): Promise<Scene> {
  const dir = await folder(t);
  const control = await openControlSocket(dir);
  const gateway = new StandIn();
  control.serve(gateway);
  const sockets: Socket[] = [];
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    await control.close();
  });
  return {
    dir,
    gateway,
    async connect() {
      const socket = connect(join(dir, "offhook.sock"));
      socket.on("error", () => {});
      sockets.push(socket);
      await once(socket, "connect");
      return socket;
    },
  };
}

/** The next `count` lines that come. */
async function lines(socket: Socket, count: number): Promise<readonly string[]> {
  let text = "";
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.split("\n").length > count) break;
  }
  return text.split("\n").slice(0, count);
}

test("each line that is no request gets a sentence, and the connection goes on", async (t) => {
  const { connect } = await scene(t);
  const socket = await connect();
  const bad = [
    "nonsense",
    "\u0000\u0001",
    "[]",
    "null",
    "1",
    "{}",
    '{"id":"1","command":"status"}',
    '{"id":1.5,"command":"status"}',
    '{"id":1,"command":7}',
    '{"id":1,"command":"status","args":"all"}',
    '{"id":1,"command":"status","args":[{}]}',
    `{"id":1,"command":"status","args":[${'"x",'.repeat(100)}"x"]}`,
    '{"id":1,"command":"__proto__","args":[]}',
  ];
  socket.write(`${bad.join("\n")}\n\n  \n{"id":2,"command":"lines"}\n`);
  const answers = (await lines(socket, bad.length + 1)).map((line) => JSON.parse(line));
  for (const answer of answers.slice(0, -1)) {
    assert.equal(answer.error.code, "usage");
    assert.ok(answer.error.message.length > 10);
  }
  assert.equal(answers.at(-1).id, 2);
  assert.equal(answers.at(-1).result.length, 1);
});

test("a request in pieces, even in the middle of a letter, is one request", async (t) => {
  const { gateway, connect } = await scene(t);
  const socket = await connect();
  const octets = Buffer.from('{"id":1,"command":"book","args":["add","Jürgen","1"]}\n');
  for (const octet of octets) {
    socket.write(Buffer.of(octet));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await lines(socket, 1);
  assert.deepEqual(
    gateway.posted.map((event) => "name" in event && event.name),
    ["Jürgen"],
  );
});

test("a line without end is cut off at 64 kB with a sentence", async (t) => {
  const { dir, connect } = await scene(t);
  const socket = await connect();
  const answer = lines(socket, 1);
  socket.write("x".repeat(200_000));
  assert.match(JSON.parse((await answer)[0] ?? "").error.message, /line longer than 65536 octets/);
  await once(socket.resume(), "close");
  assert.ok(await ask(dir, "status", []), "others are served");
});

test("a reader of events that takes nothing loses facts and is told how many; the others lose none", async (t) => {
  const { gateway, connect } = await scene(t);
  const slow = await connect();
  const quick = await connect();
  const heard = lines(quick, 1);
  slow.write('{"id":1,"command":"events","args":["--follow"]}\n');
  slow.pause();
  quick.write('{"id":1,"command":"events","args":["--follow"]}\n');
  while (gateway.listeners < 2) await new Promise((resolve) => setImmediate(resolve));
  const reason = "x".repeat(4096);
  const began = performance.now();
  for (let n = 0; n < 3000; n++) gateway.tell({ kind: "deviceDetached", device: "base:1", reason });
  assert.ok(performance.now() - began < 1000, "telling did not wait for anybody");
  assert.match((await heard)[0] ?? "", /deviceDetached/);
  // The slow one wakes up: what had its place in the queue, then how many had none.
  const told = lines(slow, 80);
  await told;
  gateway.tell({ kind: "bookChanged", contacts: 1 });
  let rest = "";
  for await (const chunk of slow) {
    rest += String(chunk);
    if (rest.includes("bookChanged")) break;
    if (!slow.readableLength) gateway.tell({ kind: "bookChanged", contacts: 1 });
  }
  const dropped = [...rest.matchAll(/"dropped":([0-9]+)/g)].map(([, count]) => Number(count));
  assert.ok(dropped.length > 0 && (dropped[0] ?? 0) > 1000, `dropped ${dropped}`);
});

test("a client that goes away while it follows is forgotten", async (t) => {
  const { gateway, connect } = await scene(t);
  const socket = await connect();
  socket.write('{"id":1,"command":"events","args":["--follow"]}\n');
  while (gateway.listeners === 0) await new Promise((resolve) => setImmediate(resolve));
  socket.destroy();
  while (gateway.listeners > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(gateway.listeners, 0);
});

test("more clients than there is room for are told so", async (t) => {
  const { connect } = await scene(t);
  const many = [];
  for (let n = 0; n < 32; n++) many.push(await connect());
  // The last of them is served, so all of them have been taken in.
  many.at(-1)?.write('{"id":1,"command":"lines"}\n');
  await lines(many.at(-1) as Socket, 1);
  const [answer = ""] = await lines(await connect(), 1);
  assert.match(answer, /32 clients are connected/);
});

test("a client that asks for everything and reads nothing is cut off, and costs the others nothing", async (t) => {
  const { dir, connect } = await scene(t);
  const socket = await connect();
  socket.pause();
  const closed = once(socket, "close");
  const request = `${'{"id":1,"command":"log"}\n'.repeat(2000)}`;
  for (let n = 0; n < 20 && !socket.destroyed; n++) socket.write(request);
  socket.end();
  socket.resume();
  await closed;
  assert.ok(await ask(dir, "status", []));
});
