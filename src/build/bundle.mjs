import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { licencesOf } from "./licences.mjs";

/** Loaded from node_modules at run time, if it is there: native code, one for each processor. */
const external = ["usb", "koffi", "@napi-rs/nice"];

/** What is run by a person, and what users of the package import. */
const mainEntries = { offhook: "src/main.ts", index: "src/index.ts" };

/**
 * The voice thread and the one beside it: ours, and Piscina's, which it starts from the file `worker.js` beside its own,
 * so that name is not ours to choose.
 */
const threadEntries = {
  "voice-worker": "src/voice/worker.ts",
  "shadow-worker": "src/voice/shadow/worker.ts",
  worker: "node_modules/piscina/dist/worker.js",
};

export const entries = { ...mainEntries, ...threadEntries };

/** Piscina is CommonJS: it asks for Node's modules by `require`, and for its own folder. */
const forCommonJs = [
  'import { createRequire as requireFrom } from "node:module";',
  "const require = requireFrom(import.meta.url);",
  'const __dirname = require("node:url").fileURLToPath(new URL(".", import.meta.url));',
].join("");

/**
 * Our sources do the same in the bundle. An `import` of one of Node's modules makes a namespace of all that it exports
 * and asks for each, so that parts are loaded which nobody wants: with `node:crypto` Web Crypto, with `node:util` a
 * parser of MIME types. That is 0.3 MB in each thread.
 */
const nodeByRequire = {
  name: "node-by-require",
  setup: ({ onLoad }) =>
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({
      loader: "ts",
      contents: readFileSync(path, "utf8").replace(importsOfNode, (_, names, module) => {
        const values = names.split(",").filter((name) => !name.trim().startsWith("type "));
        return `const {${values.join(",").replaceAll(" as ", ": ")}} = require("${module}");`;
      }),
    })),
};

const importsOfNode = /^import \{([^}]+)\} from "(node:[^"]+)";$/gm;

const common = {
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  minify: true,
  sourcemap: "linked",
  sourcesContent: false,
  legalComments: "none",
  external,
  banner: { js: forCommonJs },
  logLevel: "warning",
  metafile: true,
  write: false,
  plugins: [nodeByRequire],
};

/**
 * Bundles the sources under `root` into `dist/`, with source maps beside them. Parts that are imported on demand
 * (gateway, emulator, configuration) become files of their own: the command line starts without them, and a router
 * never reads the emulator. Resolves with what esbuild says about the outputs and what is in them; with `dist` null
 * nothing is written.
 */
export async function bundle(root, dist = join(root, "dist")) {
  const where = { absWorkingDir: root, outdir: dist ?? "dist" };
  const shared = { splitting: true, chunkNames: "[name]-[hash]" };
  const [main, thread] = await Promise.all([
    build({ ...common, ...where, ...shared, entryPoints: mainEntries }),
    build({ ...common, ...where, ...shared, entryPoints: threadEntries }),
  ]);
  const outputs = { ...main.metafile.outputs, ...thread.metafile.outputs };
  if (dist !== null) {
    write(dist, [...main.outputFiles, ...thread.outputFiles]);
    writeFileSync(join(dist, "licences.txt"), licencesOf(outputs, root));
    copyFileSync(join(root, "src/supervisor/supervise.sh"), join(dist, "supervise.sh"));
  }
  return outputs;
}

/** The entries last: whoever runs one meanwhile finds what it imports. What an earlier build left is removed. */
function write(dist, files) {
  mkdirSync(dist, { recursive: true });
  const isEntry = ({ path }) => Object.hasOwn(entries, basename(path).split(".")[0]);
  for (const { path, contents } of [...files].sort((a, b) => isEntry(a) - isEntry(b)))
    writeFileSync(path, contents, { mode: basename(path) === "offhook.js" ? 0o755 : 0o644 });
  const fresh = new Set(files.map(({ path }) => basename(path)));
  for (const name of readdirSync(dist))
    if (/\.js(\.map)?$/.test(name) && !fresh.has(name)) rmSync(join(dist, name), { force: true });
}
