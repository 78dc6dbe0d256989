import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StoreCommand } from "../../../src/message/store.ts";
import { writeEntries } from "../../../src/vendor/store/format.ts";
import { callOf, callsKept, contactOf, contactsKept } from "./history.ts";

/** Ways of saving that a power cut finds out: the tests must catch each, or they would not catch the store either. */
export const carelessWays = ["in place", "rename without fsync", "rename without fsync of the directory"] as const;

export type Careless = (typeof carelessWays)[number];

export function isCareless(how: string): how is Careless {
  return carelessWays.some((way) => way === how);
}

/** A stand-in for the store that says `saved` too early. */
export function careless(how: Careless, dir: string, saved: (what: "book" | "calls") => void) {
  let last = 0;
  const from = (kept: number): number[] => {
    const count = Math.min(kept, last);
    return Array.from({ length: count }, (_, index) => last - count + 1 + index);
  };
  return {
    perform(command: StoreCommand): void {
      if (command.kind === "putContact") last = command.contact.id;
    },
    async flush(): Promise<void> {
      put(how, join(dir, "book.json"), [...writeEntries("contacts", from(contactsKept).map(contactOf))].join(""));
      saved("book");
      put(how, join(dir, "calls.json"), [...writeEntries("calls", from(callsKept).map(callOf))].join(""));
      saved("calls");
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function put(how: Careless, path: string, content: string): void {
  if (how === "in place") return writeFileSync(path, content);
  const beside = `${path}.tmp`;
  writeFileSync(beside, content);
  if (how === "rename without fsync of the directory") sync(beside);
  renameSync(beside, path);
}

function sync(path: string): void {
  const file = openSync(path, "r+");
  fsyncSync(file);
  closeSync(file);
}
