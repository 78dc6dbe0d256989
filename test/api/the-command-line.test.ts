import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { cli, type Parts } from "../../src/api/cli/cli.ts";
import { commands } from "../../src/api/commands.ts";
import { openControlSocket } from "../../src/api/control-socket.ts";
import { openWalk } from "../../src/replay.ts";
import { simulate } from "../../src/simulation/simulate.ts";
import { folder, Screen, StandIn } from "./stand-in.ts";

const parts: Parts = {
  startGateway: () => Promise.reject(new Error("nothing is started here")),
  serveDevices: () => Promise.reject(new Error("nothing is served here")),
  deviceAttacher: () => Promise.reject(new Error("nothing is attached here")),
  openWalk: async () => openWalk,
  replayJournal:
    async () =>
    async ([path = ""], options) => {
      const divergence = path.endsWith("bad") ? { n: 4, event: {} as never, expected: "[]", actual: "[1]" } : null;
      return { events: options.until ?? 9, divergence, torn: path.endsWith("torn"), gaps: [], damages: [], broken: [] };
    },
  simulator: async () => simulate,
  codecChecker: async () => async (file) => {
    const good = file.endsWith("good.wasm");
    const name = file.endsWith("g722-good.wasm") ? "g722" : "DVI4";
    const shape = good ? { name, clockRate: 16_000, frameMs: 20 } : null;
    return {
      good,
      shape,
      checks: [{ name: "ABI", good, found: good ? "version 1" : "it exports no function encode" }],
    };
  },
};

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

type Type = (...words: string[]) => Promise<Run>;

/** A person at a terminal, beside a gateway in `data`. */
async function terminal(t: TestContext, its = parts): Promise<{ type: Type; dir: string; gateway: StandIn }> {
  const dir = await folder(t);
  const control = await openControlSocket(join(dir, "data"));
  t.after(() => control.close());
  const gateway = new StandIn();
  control.serve(gateway);
  const type: Type = async (...words) => {
    const screen = new Screen(dir);
    const code = await cli(words, screen, its);
    return { code, out: screen.text, err: screen.errors.join("\n") };
  };
  return { type, dir, gateway };
}

test("what can not be saved stands in the status, and a change of it ends with 1 and the reason", async (t) => {
  const { type, gateway } = await terminal(t);
  assert.doesNotMatch((await type("status")).out, /NOT SAVED/);
  gateway.unsaved = { book: "ENOSPC: no space left on device", calls: null };
  assert.match((await type("status")).out, /phone book +NOT SAVED: ENOSPC: no space left/);
  const { code, err } = await type("book", "add", "Bob", "0301234");
  assert.equal(code, 1);
  assert.match(err, /Bob is in the phone book, but that is not saved \(ENOSPC.*\) — mend the data directory/);
});

test("every look prints an aligned table, and with --json one document", async (t) => {
  const { type } = await terminal(t);
  for (const [command, says] of [
    ["status", /Offhook +0\.0\.0, up 0:01:01, with emulated phones[\s\S]*sip malformed 3/],
    ["status", /rtp:0 +PCMA, lost 1\.0 %, late 0\.5 %, jitter 2\.5 ms, buffer 40 ms, MOS 4\.3 of listening\n/],
    [
      "status",
      /voice priority +real-time 1 \(fifo\)\nvoice memory +at most 3\.9 MB \(79 kB a stream, 108 kB a channel\), heap 2\.9 MB\n/,
    ],
    ["calls", /CALL +STATE[\s\S]*call:3 +answered +Alice Softphone <700> +611/],
    ["lines", /line:local +direct +127\.0\.0\.1:5070 +1/],
    ["phones", /611 +handset:1 +Living room +inCall +base:1\n601 +port:1 +Hall +absent +-/],
    ["status", /clock usb:dongle:1:0 +sends \+35\.2 ppm, resampled\n(?!clock)/],
    ["log", /incoming +missed +anonymous +600 +- +0:00:00 +- +cancelled/],
    ["log", /outgoing +answered +Hall <601> +700 +line:local +0:00:30 +MOS 4\.3, lost 1\.5 % +normal/],
    ["book", /1 +Alice Softphone +700, alice/],
    ["events", /phone book: 1 entries/],
  ] as const) {
    const people = await type(command);
    assert.equal(people.code, 0);
    assert.match(people.out, says);
    const json = await type(command, "--json");
    assert.equal(json.code, 0);
    assert.equal(typeof JSON.parse(json.out), "object");
  }
});

test("a file is named to the gateway by its full path, a negative level is no option", async (t) => {
  const { type, dir, gateway } = await terminal(t);
  assert.equal((await type("phone", "handset:1", "say", "hello.wav")).code, 0);
  assert.match((await type("phone", "port:1", "hum", "440", "-10", "1000")).out, /hears +dial \(-12\.0 dBm0, 425 Hz\)/);
  assert.deepEqual(
    gateway.acts.map(({ action }) => action),
    [
      { kind: "say", file: join(dir, "hello.wav") },
      { kind: "hum", frequencyHz: 440, levelDbm0: -10, ms: 1000 },
    ],
  );
});

test("what is refused is 1 with a sentence on stderr, what is written wrongly is 2", async (t) => {
  const { type } = await terminal(t);
  for (const [words, code, says] of [
    [["hangup", "99"], 1, /^offhook: there is no call 99/],
    [["phone", "port:1", "flash"], 1, /^offhook: phone port:1: it is on-hook/],
    [["status", "--data", "/none"], 1, /^offhook: no gateway runs in \/none/],
    [["start"], 1, /^offhook: nothing is started here/],
    [["check", "none.toml"], 1, /can not be opened/],
    [["sttaus"], 2, /there is no command "sttaus"/],
    [["hangup"], 2, /write: offhook hangup CALL/],
    [["status", "--colour"], 2, /--colour/],
    [["status", "--config", "x"], 2, /--config belongs to `offhook start`/],
    [["replay", "j", "--break", "soon"], 2, /--break soon: write the number of an event/],
    [["replay", "j", "--watch", "the telephone"], 2, /is nothing of the house — write e.g. handset:2/],
    [["replay", "j", "--call", "x"], 2, /"x" is no call — write e.g. call:3/],
    [["replay", "j", "--until", "soon"], 2, /--until soon: write the number of an event/],
    [["check"], 2, /write: offhook check CONFIG/],
    [["phone", "port:1", "jump"], 2, /there is no action "jump"/],
    [["start", "now"], 2, /write: offhook start/],
  ] as const) {
    const run = await type(...words);
    assert.deepEqual([run.code, run.out], [code, ""], words.join(" "));
    assert.match(run.err, says);
  }
});

test("the data directory is that of --data, then of OFFHOOK_DATA, then ./data", async (t) => {
  const { dir } = await terminal(t);
  const asked = async (env: Record<string, string>, ...words: string[]): Promise<number> =>
    cli(["lines", ...words], new Screen(dir, env), parts);
  assert.equal(await asked({}), 0);
  assert.equal(await asked({ OFFHOOK_DATA: join(dir, "other") }), 1);
  assert.equal(await asked({ OFFHOOK_DATA: join(dir, "other") }, "--data", "data"), 0);
});

test("help names every command and every action, and no command is help", async (t) => {
  const { type } = await terminal(t);
  const { out, code } = await type("help");
  assert.equal(code, 0);
  for (const { name } of commands) assert.match(out, new RegExp(`^  ${name}`, "m"));
  for (const word of ["start", "replay", "check", "alert-after", "stop-recording"]) assert.ok(out.includes(word), word);
  assert.equal((await type()).out, out);
  assert.equal((await type("status", "--help")).out, out);
  assert.match((await type("--version")).out, /^offhook [0-9]+\.[0-9]+\.[0-9]+$/);
});

test("a configuration is checked with every fault on a line of its own", async (t) => {
  const { type, dir } = await terminal(t);
  await writeFile(join(dir, "bad.toml"), 'country = "AT"\n[sip]\nlisten = "x"\n');
  await writeFile(join(dir, "good.toml"), (await type("config")).out);
  const bad = await type("check", join(dir, "bad.toml"));
  assert.equal(bad.code, 1);
  assert.match(bad.err, /bad\.toml: 2 faults\n {2}country = "AT": .*\n {2}sip\.listen = "x": /);
  const json = await type("check", join(dir, "bad.toml"), "--json");
  assert.equal(json.code, 1);
  assert.equal(JSON.parse(json.out).faults.length, 2);
  const good = await type("check", join(dir, "good.toml"));
  assert.deepEqual([good.code, good.err], [0, ""]);
  assert.match(good.out, /good — 1 line, 5 phones, 2 outgoing rules/);
});

test("a replay is 0 when all is the same, 1 with the event when it is not", async (t) => {
  const { type } = await terminal(t);
  assert.match((await type("replay", "torn", "--until", "5")).out, /^5 events replayed, .*cut off/);
  const bad = await type("replay", "bad");
  assert.equal(bad.code, 1);
  assert.match(bad.out, /event 4 gives other commands[\s\S]*recorded {2}\[\]\n {2}replayed {2}\[1\]/);
  assert.equal(JSON.parse((await type("replay", "j", "--json")).out).events, 9);
});

test("text from a caller does not move the terminal's cursor", async (t) => {
  const { type, gateway } = await terminal(t);
  const evil = { id: 1, name: "a\u001b[2Jb\u202ec", numbers: ["1"] };
  const view = { ...gateway.view(), contacts: [evil] };
  gateway.view = () => view;
  assert.match((await type("book")).out, /a\?\[2Jb\?c/);
});

test("a codec is checked: a line each, and the exit code says whether it is good", async (t) => {
  const { type } = await terminal(t);
  const good = await type("codec", "check", "/lib/good.wasm");
  const [line, verdict, ...configuration] = good.out.split("\n");
  assert.deepEqual([good.code, line], [0, "good  ABI  version 1"]);
  assert.equal(verdict, "/lib/good.wasm: good — in the configuration, and its name in the `codecs` of a line:");
  const section = ["[[codec]]", 'name = "DVI4"', 'file = "/lib/good.wasm"', "clock_rate = 16000"];
  assert.deepEqual(configuration, ["", ...section]);
  const bad = await type("codec", "check", "bad.wasm", "--json");
  assert.equal(bad.code, 1);
  assert.equal(JSON.parse(bad.out).checks[0].found, "it exports no function encode");
  assert.equal((await type("codec", "check")).code, 2);
});

test("a codec with the name of one that is built in is good to be compared with that", async (t) => {
  const { type } = await terminal(t);
  const { code, out } = await type("codec", "check", "/lib/g722-good.wasm");
  assert.equal(code, 0);
  assert.match(
    out,
    /: good — its name is built in: beside that codec .*, or in calls under another name:\n\n\[shadow\]\n/,
  );
  assert.match(out, /\ncodec = "\/lib\/g722-good\.wasm"$/);
});

test("houses are simulated without a gateway, one seed alike each time; a number that is none is refused", async (t) => {
  const { type } = await terminal(t);
  const once = await type("simulate", "--seed", "4", "--runs", "3", "--calls", "20", "--json");
  assert.equal(once.code, 0);
  const { seed, runs, calls, hash, failed } = JSON.parse(once.out);
  assert.deepEqual([seed, runs, failed], [4, 3, null]);
  const again = await type("simulate", "--seed", "4", "--runs", "3", "--calls", "20");
  assert.match(again.out, new RegExp(`3 runs, ${calls} calls[^]*no rule was broken[^]*${hash}`));
  assert.equal((await type("simulate", "--seed", "x")).code, 2);
  assert.match((await type("simulate", "--calls", "10001")).err, /--calls 10001: at most 10000/);
  assert.match((await type("replay", "J", "--seed", "1")).err, /--seed belongs to `offhook simulate`/);
});

test("a long simulation goes on, each portion with a seed of its own, until there were so many events", async (t) => {
  const { type } = await terminal(t);
  const long = await type(
    "simulate",
    "--seed",
    "4294967294",
    "--runs",
    "4",
    "--calls",
    "20",
    "--events",
    "1200",
    "--json",
  );
  assert.equal(long.code, 0);
  const lines = long.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.ok(lines.length >= 3);
  assert.deepEqual(
    lines.slice(0, 3).map(({ seed }) => seed),
    [4294967294, 4294967295, 0],
  );
  const sums = lines.map(({ events }) => events);
  assert.ok(sums.at(-1) >= 1200 && sums.at(-2) < 1200, sums.join(" "));
  assert.match(
    (await type("simulate", "--runs", "1", "--events", "1")).out,
    /^seed \d+, 1 runs: no rule was broken; \d+ calls/,
  );
  assert.equal((await type("simulate", "--minutes", "0")).out, "");
});

test("it stops at the first portion that breaks a rule, and exits with 1", async (t) => {
  let portions = 0;
  const failure = { rule: "rest", objects: ["port:1"], why: "rings", event: 9, calls: 3 } as const;
  const simulator: Parts["simulator"] = async () => (options) => {
    const good = simulate(options);
    portions += 1;
    const run = { ...good, failure, journal: [], operations: 0, ways: 0 };
    return portions < 3 ? good : { ...good, failed: { run, smallest: { script: [], result: run, tries: 1 } } };
  };
  const { type } = await terminal(t, { ...parts, simulator });
  const { code, out } = await type("simulate", "--seed", "5", "--runs", "1", "--minutes", "10");
  assert.equal(code, 1);
  assert.match(out, /^seed 5, .*\nseed 6, .*\nseed 7: .*\nseed 7 breaks a rule after 3 calls: rest, port:1 rings/);
  assert.equal(portions, 3);
});

test("what can not be done is told in words a terminal survives, and no recording is overwritten", async (t) => {
  const { type, dir } = await terminal(t);
  const typed = await type("simulate", "--runs", "-1");
  assert.deepEqual([typed.code, typed.err], [2, "offhook: --runs -1: write how many, e.g. --runs 100"]);
  const journal = join(dir, "hostile.jsonl");
  await writeFile(journal, `${JSON.stringify({ journal: "offhook", version: "\u001b[2J\u009b1m", at: 0 })}\n`);
  const hostile = await type("explore", journal);
  assert.equal(hostile.code, 1);
  assert.doesNotMatch(hostile.err, /\p{Cc}/u);
  const over = await type("explore", journal, "--save", journal);
  assert.equal(over.code, 2);
  assert.match(over.err, /is the recording that is read — name another file$/);
});
