import assert from "node:assert/strict";
import { test } from "node:test";
import { patternFault } from "../../src/config/pattern.ts";

test("digits, x, sets, a final dot, star and hash make a pattern", () => {
  for (const good of ["0.", "7xx", "[2-9]xxxxxx", "[13-57]x.", "*31*.", "#21#", ".", "x", "110"])
    assert.equal(patternFault(good), null, good);
});

test("what is no pattern gets a way out", () => {
  const bad: readonly (readonly [pattern: string, says: RegExp])[] = [
    ["", /is empty/],
    ["0.1", /in the middle/],
    ["..", /in the middle/],
    ["[9-2]", /backward range 9-2/],
    ["[", /write only/],
    ["[]", /write only/],
    ["[a-z]", /write only/],
    ["0|1", /write only/],
    ["(0)+", /write only/],
    ["+49.", /write only/],
    ["x".repeat(41), /longer than 40/],
  ];
  for (const [pattern, says] of bad) assert.match(patternFault(pattern) ?? "good", says, pattern);
});
