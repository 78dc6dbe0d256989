import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { freePorts } from "./harness/free-ports.ts";
import { houseConfig } from "./harness/house-config.ts";
import { Program } from "./harness/program.ts";
import { Scratch } from "./harness/scratch.ts";

const root = join(import.meta.dirname, "../..");

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Runs a program to its end; gives its output, fails with it. */
async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const program = new Program({ name: `${command} ${args[0]}`, command, args, cwd });
  const code = await program.ends(120_000);
  assert.equal(code, 0, program.tail());
  return program.output;
}

/** The package, as a stranger has it: packed, and installed into a folder of his own with no script run. */
async function installed(t: TestContext): Promise<{ folder: string; packed: Packed; scratch: Scratch }> {
  const scratch = new Scratch();
  t.after(() => scratch.close());
  const folder = await scratch.folder("package");
  const output = await run("npm", ["pack", "--json", "--silent", "--pack-destination", folder], root);
  const packed = (JSON.parse(output.slice(output.indexOf("[\n"))) as readonly Packed[])[0]; // npm wrote it
  assert.ok(packed !== undefined, output);
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "stranger", private: true, type: "module" }));
  const quiet = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  await run("npm", ["install", ...quiet, `./${packed.filename}`], folder);
  return { folder, packed, scratch };
}

const consumer = `import { ConfigFaults, type Fact, type Family, type Gateway, readConfig, startGateway } from "offhook";

export async function house(dataDir: string): Promise<Gateway> {
  const gateway = await startGateway(readConfig(""), { dataDir, report: (problem) => console.log(problem) });
  const last: Fact | undefined = gateway.recentFacts().at(-1)?.fact;
  if (last?.kind === "callEnded") console.log(last.record?.from.number);
  return gateway;
}

export const claims = (family: Family): readonly number[] => family.claims.map((claim) => claim.vendorId);

try {
  readConfig("country = 1");
} catch (error) {
  if (error instanceof ConfigFaults) console.log(error.faults.map((fault) => fault.path).join());
}
`;

test("the package installs without a script, runs by npx, starts a house, and has its types", async (t) => {
  const { folder, packed, scratch } = await installed(t);
  const paths = packed.files.map(({ path }) => path);
  const launcher = "src/build/offhook.mjs";
  for (const wanted of [
    launcher,
    "dist/offhook.js",
    "dist/index.js",
    "dist/voice-worker.js",
    "dist/voice.wasm",
    "LICENSE",
  ])
    assert.ok(paths.includes(wanted), `${wanted} is not in the package`);
  assert.deepEqual(
    paths.filter((path) => path !== launcher && /\.map$|^(?:src|test|assembly|bench)\/|^dist\/.*debug/.test(path)),
    [],
  );
  const own = join(folder, "node_modules/offhook");
  const manifest = JSON.parse(await readFile(join(own, "package.json"), "utf8")) as {
    readonly version: string;
    readonly scripts: Readonly<Record<string, string>>;
  }; // it is ours
  assert.deepEqual(
    Object.keys(manifest.scripts).filter((name) => /install$|^prepare$/.test(name)),
    [],
  );
  assert.match(
    await run("npx", ["--no", "offhook", "version"], folder),
    new RegExp(`^offhook ${manifest.version}$`, "m"),
  );

  const ports = { sipPort: await freePorts(1), rtpPort: await freePorts(32), peerPort: await freePorts(2) };
  await writeFile(join(folder, "house.toml"), houseConfig(ports));
  await mkdir(join(folder, "data"));
  const args = ["start", "--config", "house.toml", "--data", "data"];
  const gateway = new Program({ name: "offhook", command: "node_modules/.bin/offhook", args, cwd: folder });
  scratch.atEnd(() => gateway.stop());
  await gateway.says(/base:1: attached/, 20_000);
  assert.match(await run("npx", ["--no", "offhook", "phones"], folder), /handset:3.*idle/);
  gateway.signal("SIGTERM");
  assert.equal(await gateway.ends(10_000), 0, gateway.tail());

  await writeFile(join(folder, "consumer.ts"), consumer);
  const strict = ["--strict", "--exactOptionalPropertyTypes", "--module", "nodenext", "--target", "es2023"];
  const types = ["--typeRoots", join(root, "node_modules/@types"), "--types", "node"];
  await run(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), ...strict, ...types, "consumer.ts"],
    folder,
  );
  assert.equal(await run(process.execPath, ["consumer.js"], folder), "country\n");
});
