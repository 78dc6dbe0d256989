import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { cli, type Parts } from "../../src/api/cli/cli.ts";
import { ask } from "../../src/api/control-client.ts";
import type { Config } from "../../src/config/config.ts";
import type { GatewayOptions } from "../../src/gateway-contract.ts";
import { folder, Screen, StandIn } from "./stand-in.ts";

interface Started {
  readonly gateway: StandIn;
  readonly parts: Parts;
  readonly told: { config: Config | null; options: GatewayOptions | null };
}

function startable(): Started {
  const gateway = new StandIn();
  const told: Started["told"] = { config: null, options: null };
  const parts: Parts = {
    startGateway: async () => async (config, options) => {
      told.config = config;
      told.options = options;
      return gateway;
    },
    openWalk: () => Promise.reject(new Error("nothing is walked here")),
    replayJournal: () => Promise.reject(new Error("nothing is replayed here")),
    simulator: () => Promise.reject(new Error("nothing is simulated here")),
    codecChecker: () => Promise.reject(new Error("no codec is checked here")),
    serveDevices: () => Promise.reject(new Error("nothing is served here")),
    deviceAttacher: () => Promise.reject(new Error("nothing is attached here")),
  };
  return { gateway, parts, told };
}

async function running(t: TestContext, ...words: string[]) {
  const dir = await folder(t);
  const screen = new Screen(dir);
  const started = startable();
  const ended = cli(["start", ...words], screen, started.parts);
  await screen.shows(words.includes("--json") ? /"ready":true/ : /Ctrl-C/);
  return { ...started, dir, screen, ended };
}

test("a gateway without a configuration says what is there and what to try, and stops cleanly", async (t) => {
  const { screen, ended, gateway, dir } = await running(t);
  assert.match(screen.text, /SIP on 127\.0\.0\.1:5060, data in /);
  assert.match(screen.text, /611 +handset:1 +Living room/);
  assert.match(screen.text, /600 +group +all phones/);
  assert.match(screen.text, /690 +service +echo/);
  assert.match(screen.text, /baresip -e "\/uanew <sip:700@127\.0\.0\.1>;regint=0" -e "\/dial sip:600@127\.0\.0\.1"/);
  assert.match(screen.text, /offhook phone handset:1 offhook/);
  assert.match(screen.text, /offhook phone port:1 dial 690/);
  assert.ok(await ask(join(dir, "data"), "status", []));
  screen.stop?.("SIGTERM");
  assert.equal(await ended, 0);
  assert.equal(gateway.closed, true);
  await assert.rejects(ask(join(dir, "data"), "status", []), /no gateway runs/);
});

test("only what a person should know is printed, and with --verbose every fact", async (t) => {
  for (const verbose of [false, true]) {
    const { screen, ended, gateway } = await running(t, ...(verbose ? ["--verbose"] : []));
    gateway.tell({ kind: "phoneChanged", phone: "port:1", state: "offHook" });
    gateway.tell({ kind: "storeChanged", what: "book", state: "saved" });
    gateway.tell({ kind: "deviceDetached", device: "base:1", reason: "unplugged" });
    screen.stop?.("SIGINT");
    assert.equal(await ended, 0);
    assert.equal(/port:1: offHook/.test(screen.text), verbose);
    assert.equal(/book: saved/.test(screen.text), verbose);
    assert.match(screen.text, /base:1: detached, unplugged/);
  }
});

test("with --json every line is an object", async (t) => {
  const { screen, ended, gateway } = await running(t, "--json", "--verbose");
  gateway.tell({ kind: "phoneChanged", phone: "port:1", state: "offHook" });
  screen.stop?.("SIGINT");
  await ended;
  const [ready, before, fact] = screen.lines.map((line) => JSON.parse(line));
  assert.deepEqual(ready.sip, { address: "127.0.0.1", port: 5060 });
  assert.equal(before.fact.kind, "bookChanged", "what happened during the start");
  assert.equal(fact.fact.state, "offHook");
});

test("a second start in the same directory fails, and never starts a gateway", async (t) => {
  const { dir, screen, ended } = await running(t);
  const second = new Screen(dir);
  const { parts, told } = startable();
  assert.equal(await cli(["start"], second, parts), 1);
  assert.match(second.errors[0] ?? "", /another gateway runs in/);
  assert.equal(told.config, null);
  screen.stop?.("SIGINT");
  await ended;
});

test("a faulty configuration is told whole, and nothing is started", async (t) => {
  const dir = await folder(t);
  await writeFile(join(dir, "bad.toml"), 'country = "AT"\n[sip]\nlisten = "x"\n');
  const screen = new Screen(dir);
  const { parts, told } = startable();
  assert.equal(await cli(["start", "--config", join(dir, "bad.toml")], screen, parts), 1);
  assert.equal(screen.errors.length, 3);
  assert.equal(told.config, null);
});

test("a gateway that can not start leaves its directory free", async (t) => {
  const dir = await folder(t);
  const screen = new Screen(dir);
  const { parts } = startable();
  const failing = {
    ...parts,
    startGateway: async () => () => Promise.reject(new Error("SIP: 127.0.0.1:5060 is in use")),
  };
  assert.equal(await cli(["start"], screen, failing), 1);
  assert.deepEqual(screen.errors, ["offhook: SIP: 127.0.0.1:5060 is in use"]);
  const again = startable();
  const ended = cli(["start"], screen, again.parts);
  await screen.shows(/Ctrl-C/);
  screen.stop?.("SIGINT");
  assert.equal(await ended, 0);
});

test("the configuration's data directory holds when nothing else names one", async (t) => {
  const dir = await folder(t);
  await writeFile(join(dir, "house.toml"), '[data]\ndir = "kept"\n');
  const screen = new Screen(dir);
  const { parts, told } = startable();
  const ended = cli(["start", "--config", join(dir, "house.toml"), "--emulate"], screen, parts);
  await screen.shows(/Ctrl-C/);
  screen.stop?.("SIGINT");
  await ended;
  assert.equal(told.options?.dataDir, join(dir, "kept"));
  assert.deepEqual(told.config?.emulator, { handsets: 0, ports: 0, country: "DE" });
});
