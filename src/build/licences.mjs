import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The licences of the packages that esbuild put into the outputs, as they ask for it. */
export function licencesOf(outputs, root) {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs ?? {}));
  const names = inputs.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  return [...new Set(names)]
    .sort()
    .map((name) => licenceOf(name, join(root, "node_modules", name)))
    .join(`\n${"-".repeat(80)}\n\n`);
}

function licenceOf(name, folder) {
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence file: it can not be part of the bundle`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
}
