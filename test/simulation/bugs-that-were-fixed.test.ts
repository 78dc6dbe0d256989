import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Rules } from "../../src/logic/invariants/rules.ts";
import { UpperHalf } from "../../src/upper-half.ts";
import { readJournal } from "../../src/vendor/recorder/journal.ts";
import { asHandled } from "../../src/vendor/recorder/trap.ts";

/** A journal for each bug that was found; its commands are those of the program that had the bug. */
const folder = join(import.meta.dirname, "fixed");

for (const file of readdirSync(folder).filter((name) => name.endsWith(".jsonl")))
  test(`a bug that was fixed does not come back: ${file.replace(".jsonl", "").replaceAll("-", " ")}`, async () => {
    const upper = new UpperHalf();
    const rules = new Rules(
      () => upper.calls,
      ({ rule, objects, why }) => assert.fail(`${rule}: ${objects.join(" ")} ${why}`),
    );
    let recorded = "";
    let now = "";
    for await (const item of readJournal(join(folder, file))) {
      assert.equal(item.kind, "entry");
      if (item.kind !== "entry") return;
      const commands = upper.handle(asHandled(item));
      rules.watch(item.event, commands);
      recorded = JSON.stringify(item.commands);
      now = JSON.stringify(commands);
    }
    assert.notEqual(now, recorded, "the last event showed the bug, and what comes of it is the same");
  });
