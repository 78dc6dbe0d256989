import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Fact } from "../../src/message/notify.ts";
import { instant } from "../../src/message/units.ts";
import { freePorts } from "./harness/free-ports.ts";
import { houseConfig } from "./harness/house-config.ts";
import { Scratch } from "./harness/scratch.ts";

const bundle = pathToFileURL(join(import.meta.dirname, "../../dist/index.js")).href;

test("what breaks a rule in a running gateway is told once, its journal is kept, and the gateway goes on", async (t) => {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const dataDir = await scratch.folder("rules");
  // The bundle is built from this source.
  const { readConfig, startGateway } = (await import(bundle)) as typeof import("../../src/index.ts");
  const sipPort = await freePorts(1);
  const config = readConfig(houseConfig({ sipPort, rtpPort: await freePorts(32), peerPort: await freePorts(1) }));
  const reports: string[] = [];
  const gateway = await startGateway(config, { dataDir, report: (problem) => reports.push(problem) });
  scratch.atEnd(() => gateway.close());
  const facts: Fact[] = [];
  const ended = new Promise<void>((resolve) => {
    gateway.onFact((fact) => {
      facts.push(fact);
      if (fact.kind === "bookChanged") resolve();
    });
  });
  const at = instant(gateway.now());
  // No base gives the same transaction twice: the rules take it for a bug of the house, which has then two of one name.
  const setup = { world: "dect", kind: "setup", handset: "handset:1", call: "cc:in-900", keypad: "", at } as const;
  for (let times = 0; times < 3; times++) gateway.post(setup);
  gateway.post({ world: "admin", kind: "addContact", name: "Bob", numbers: ["0301"], at });
  await ended;
  const broken = facts.flatMap((fact) => (fact.kind === "ruleBroken" ? [fact] : []));
  const [first, ...others] = broken.filter(({ rule }) => rule === "oneRelease");
  assert.deepEqual([first?.objects, others], [["cc:in-900"], []], "twice broken, once told");
  const told = reports.filter((report) => report.includes(": oneRelease, cc:in-900 "));
  assert.equal(told.length, 1, reports.join("\n"));
  const [kept, ...more] = (await readdir(dataDir)).filter((file) => file.startsWith("kept-"));
  assert.ok(kept === "kept-journal-000001.jsonl" && more.length === 0);
  const entries = (await readFile(join(dataDir, kept), "utf8")).trimEnd().split("\n");
  const last = entries.map((line) => JSON.parse(line)).find(({ n }) => n === first?.event);
  assert.deepEqual(last?.event, setup, "the event that broke the rule is in it, under its number");
});
