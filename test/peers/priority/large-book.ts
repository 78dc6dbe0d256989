import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Contact } from "../../../src/message/record.ts";
import { writeEntries } from "../../../src/vendor/store/format.ts";

/** Entry number `id` of a large phone book. */
export function contactOf(id: number): Contact {
  return { id, name: `Person ${id}`, numbers: [`030${100_000 + id}`, `0170${id}`] };
}

/** Puts a phone book of that many entries into a data directory, as a gateway would have left it. */
export async function leaveBook(dir: string, count: number): Promise<void> {
  const contacts = Array.from({ length: count }, (_, index) => contactOf(index + 1));
  await writeFile(join(dir, "book.json"), [...writeEntries("contacts", contacts)].join(""));
}
