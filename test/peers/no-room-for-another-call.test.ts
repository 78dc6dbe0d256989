import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { ForwardedCalls } from "../../bench/size/forwarded-calls.ts";
import { RouterGateway } from "../../bench/size/router-gateway.ts";
import type { Fact } from "../../src/message/notify.ts";
import type { CallRecord } from "../../src/message/record.ts";
import { MemoryGroup } from "./harness/memory-group.ts";
import { Phone } from "./harness/phone.ts";
import { Scratch } from "./harness/scratch.ts";
import { Sipp } from "./harness/sipp.ts";
import { until } from "./harness/until.ts";

const LIMIT = 96 * 1024 * 1024;

/** Resolves when the last fact about memory is this. */
function memoryIs(state: "tight" | "easy", gateway: RouterGateway): Promise<boolean> {
  const isMemory = ({ fact }: { readonly fact: Fact }) => fact.kind === "memoryChanged";
  const wait = { what: `memory ${state}`, deadlineMs: 10_000, evidence: () => gateway.program.tail() };
  return until(gateway.door.changed, wait, () => {
    const last = gateway.door.facts.findLast(isMemory)?.fact;
    return last?.kind === "memoryChanged" && last.state === state;
  });
}

test("in 96 MB a gateway refuses the call that would not fit with 503, keeps the one that is up, and lives", async (t) => {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const group = await MemoryGroup.open(scratch, LIMIT);
  const gateway = await RouterGateway.start(scratch, { emulate: true, env: {}, prefix: group.prefix });
  const call = (): Promise<Sipp> =>
    Sipp.start(scratch, {
      scenario: join(import.meta.dirname, "../../bench/talking-uac.xml"),
      target: `127.0.0.1:${gateway.sipPort}`,
      service: "690",
      args: ["-d", "1000"],
      files: { "voice.ul": Buffer.alloc(1600, 0xff) },
    });
  const standing = await ForwardedCalls.start(scratch, gateway, 1, "PCMU");
  const hall = new Phone("port:1", gateway.door, gateway.dataDir);
  await (await call()).succeeds();

  await group.fillUpTo(14_000_000);
  await memoryIs("tight", gateway);
  await (await call()).received("503", 5000);
  const record = (await gateway.door.ask<readonly CallRecord[]>("log")).at(-1);
  assert.deepEqual([record?.result, record?.cause], ["missed", "noResources"]);
  await hall.lift();
  await hall.hears("dial");
  await hall.press("611");
  await hall.hears("congestion", 8000);
  await hall.hangUp();
  await standing.verify();

  await group.empty();
  await memoryIs("easy", gateway);
  await (await call()).succeeds();
  assert.equal(await group.killed(), 0);
  assert.equal(gateway.program.exitCode, null);
});
