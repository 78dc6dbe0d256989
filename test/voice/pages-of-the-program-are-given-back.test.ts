import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { setImmediate as loopTurn } from "node:timers/promises";
import { cleanPages, openProgramPages, type Pages, ProgramPages } from "../../src/voice/program-pages.ts";

const NODE = "/usr/bin/node";
const TURNS = 100_000;

/** As the kernel writes it, with what is of no use here left out; `anonymous`: kB of the process's own. */
function mapping(range: string, rights: string, file: string, anonymous: number): string {
  const size = "Size:               4096 kB\nRss:                1024 kB";
  return `${range} ${rights} 00772000 fe:00 247026                     ${file}\n${size}\nAnonymous:      ${anonymous} kB\nVmFlags: rd ex mr mw me \n`;
}

test("only what is read and never written of the program's own file is given back", () => {
  const smaps = [
    mapping("00400000-00b6f000", "r--p", NODE, 0),
    mapping("00b72000-025fe000", "r-xp", NODE, 0),
    mapping("0563a000-0563e000", "r--p", NODE, 8),
    mapping("0563e000-0565d000", "rw-p", NODE, 0),
    mapping("0565d000-0565e000", "r--s", NODE, 0),
    "0ab47000-0ae0c000 rw-p 00000000 00:00 0                          [heap]\nAnonymous:      0 kB\n",
    "7f60d3500000-7f60d3600000 r--p 00000000 00:00 0 \nAnonymous:      0 kB\n",
    mapping("7f60da224000-7f60da37a000", "r-xp", "/usr/lib/x86_64-linux-gnu/libc.so.6", 0),
    mapping("7f60d3600000-7f60d3792000", "r-xp", `${NODE} (deleted)`, 0),
  ].join("");
  assert.deepEqual(cleanPages(smaps, NODE), [
    { start: 0x400000, octets: 0x76f000 },
    { start: 0xb72000, octets: 0x1a8c000 },
  ]);
  assert.deepEqual(cleanPages(smaps, `${NODE} (deleted)`), [{ start: 0x7f60d3600000, octets: 0x192000 }]);
});

test("a minute after the start, and every ten minutes", () => {
  const times: number[] = [];
  let second = 0;
  const pages = new ProgramPages([{ start: 4096, octets: 8192 }], (given: Pages) => {
    assert.deepEqual(given, { start: 4096, octets: 8192 });
    times.push(second);
  });
  for (second = 1; second <= 1300; second++) pages.look();
  assert.deepEqual(times, [60, 660, 1260]);
});

test("the process is smaller afterwards, and does what it did", async () => {
  const pages = await openProgramPages();
  assert.ok(pages !== null, "koffi is not installed");
  const before = filePages();
  for (let second = 0; second < 60; second++) pages.look();
  let least = before;
  for (let turn = 0; turn < TURNS && before - least < 8e6; turn++) {
    await loopTurn();
    least = Math.min(least, filePages());
  }
  assert.ok(before - least >= 8e6, `${before} bytes of files were mapped, and then ${least}`);
  assert.equal(createHash("sha1").update("abc").digest("hex"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  assert.deepEqual(JSON.parse('{"a":[1,2,{"b":"c"}]}'), { a: [1, 2, { b: "c" }] });
  assert.match("a stranger thing", /(?<=a )str(?:ang|ong)er\b/);
});

/** Octets of files that are mapped at this moment. */
function filePages(): number {
  const kilobytes = /^RssFile:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1];
  return Number(kilobytes) * 1024;
}
