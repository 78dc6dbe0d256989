import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";

/** Writes `dist/types`: the declarations of `src/index.ts`, and of what they name, for those who import the package. */
export function writeTypes(root) {
  const all = mkdtempSync(join(tmpdir(), "offhook-types-"));
  const into = join(root, "dist/types");
  try {
    declare(root, all);
    rmSync(into, { recursive: true, force: true });
    for (const file of reachable(join(all, "src/index.d.ts"))) {
      const path = join(into, relative(join(all, "src"), file));
      mkdirSync(dirname(path), { recursive: true });
      // A consumer's compiler wants the name that the file would have when compiled.
      writeFileSync(
        path,
        readFileSync(file, "utf8").replace(specifiers, (found) => found.replace(/\.ts"$/, '.js"')),
      );
    }
  } finally {
    rmSync(all, { recursive: true, force: true });
  }
}

const specifiers = /(?:from |import\()"(\.[^"]+)\.ts"/g;

function declare(root, into) {
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const args = [compiler, "-p", join(root, "src/build/types.json"), "--outDir", into];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`no declarations:\n${stdout}`);
}

/** The file, and what it imports, and so on. */
function reachable(first) {
  const found = new Set([first]);
  for (const file of found)
    for (const [, path] of readFileSync(file, "utf8").matchAll(specifiers))
      found.add(join(dirname(file), `${path}.d.ts`));
  return found;
}
