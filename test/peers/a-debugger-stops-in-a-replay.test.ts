import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { recordingOf, twoCalls } from "../api/recorded.ts";
import { Program } from "./harness/program.ts";
import { Scratch } from "./harness/scratch.ts";

const root = join(import.meta.dirname, "../..");

/** Stands in for the person at the debugger: steps into what comes, and prints where it is. */
const debuggerOf = (steps: number): string => `
import { Session } from "node:inspector";
const session = new Session();
const scripts = new Map();
session.connect();
session.on("Debugger.scriptParsed", ({ params }) => scripts.set(params.scriptId, params));
let left = ${steps};
session.on("Debugger.paused", ({ params }) => {
  const stack = params.callFrames.slice(0, 1).map(({ location }) => {
    const { url, sourceMapURL } = scripts.get(location.scriptId) ?? {};
    return { url, sourceMapURL, line: location.lineNumber, column: location.columnNumber };
  });
  process.stdout.write("stopped " + JSON.stringify(stack[0]) + "\\n");
  if (--left > 0) session.post("Debugger.stepInto");
});
session.post("Debugger.enable");
`;

interface Place {
  readonly url: string;
  readonly sourceMapURL: string;
  readonly line: number;
  readonly column: number;
}

/** The line of the source where a place in dist/ comes from. */
function sourceOf({ url, sourceMapURL, line, column }: Place): { readonly file: string; readonly text: string } {
  const map = join(dirname(fileURLToPath(url)), sourceMapURL);
  const entry = new SourceMap(JSON.parse(readFileSync(map, "utf8"))).findEntry(line, column);
  assert.ok("originalSource" in entry, `${url}:${line}:${column} has no source`);
  const file = resolve(dirname(map), entry.originalSource);
  assert.ok(existsSync(file), `${file} is not there`);
  return { file, text: readFileSync(file, "utf8").split("\n")[entry.originalLine] ?? "" };
}

test("a debugger at the built program stops before one event of a replay, at real lines of the sources", async (t) => {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const folder = await scratch.folder("debugger");
  const journal = await recordingOf(folder, twoCalls().events);
  const person = join(folder, "person.mjs");
  await writeFile(person, debuggerOf(12));
  const args = ["--import", person, join(root, "dist/offhook.js"), "replay", journal, "--break", "7"];
  const program = new Program({ name: "replay", command: process.execPath, args });
  assert.equal(await program.ends(20_000), 0, program.tail());
  const places = program.output.split("\n").filter((line) => line.startsWith("stopped "));
  const sources = places.map((line) => sourceOf(JSON.parse(line.slice(8)) as Place));
  const [first] = sources;
  assert.equal(first?.file, join(root, "src/replay.ts"), program.tail());
  assert.match(first?.text ?? "", /debugger;/);
  const inside = sources.find(({ file }) => file === join(root, "src/upper-half.ts"));
  assert.ok(inside !== undefined, sources.map(({ file }) => file).join());
  assert.match(program.output, /18 events replayed, every command is the same/);
});
