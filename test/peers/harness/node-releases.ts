import { join } from "node:path";
import { cached } from "../../router/image/cache.ts";
import { unpackFromNpm } from "../../router/image/from-npm.ts";

/** A Node of that major version: the one that runs this, or npm's, fetched once. */
export async function nodeOf(major: number): Promise<string> {
  if (Number(process.versions.node.split(".")[0]) === major) return process.execPath;
  const what = `node-${process.platform}-${process.arch}@${major}`;
  const folder = await cached(`node-${major}`, what, (into) => unpackFromNpm(what, into));
  return join(folder, "bin/node");
}
