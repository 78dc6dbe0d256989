/**
 * The voice path in a process whose main thread can be kept busy. Besides what bench/path/voice-process.ts is told:
 *
 *   phase    answers when turns begin: { phaseUs }, µs of the monotonic clock modulo a frame
 *   hammer   keeps the main thread busy from now on; answers {}
 *   work     answers how often all of the phone book was taken in anew: { books }
 */
import { setPriority } from "node:os";
import { setImmediate as breath } from "node:timers/promises";
import { Desk } from "../../src/logic/desk.ts";
import { PhoneBook } from "../../src/logic/phonebook.ts";
import { voice } from "../path/voice-process.ts";

const FRAME_US = 20_000;
const CONTACTS = 50_000;
/** Of the logic, src/api/cli/start.ts. */
const NICE = -5;

const contacts = Array.from({ length: CONTACTS }, (_, n) => ({
  id: n + 1,
  name: `Person ${n + 1}`,
  numbers: [`030 ${100_000 + n}`, `+49 170 ${n}`],
}));
let books = 0;

/** A reindex of the whole book at once, and a heap full of rubbish: worse than anything the gateway does to itself. */
async function hammer(): Promise<void> {
  while (process.connected) {
    const book = new PhoneBook(new Desk());
    book.load(contacts);
    if (book.named({ number: "+49170-77", name: null }).name !== "Person 78") throw new Error("the book is wrong");
    books++;
    const rubbish = Array.from({ length: 200 }, (_, n) => Array.from({ length: 1000 }, (_, m) => ({ n, m })));
    if (rubbish.length !== 200) throw new Error("no rubbish");
    await breath();
  }
}

/** A turn answers when it begins; the quickest of some answers. */
async function phase(): Promise<number> {
  const seen: number[] = [];
  for (let n = 0; n < 25; n++) {
    await voice.status();
    seen.push(Number(process.hrtime.bigint() / 1000n) % FRAME_US);
  }
  return seen.sort((a, b) => a - b)[seen.length >> 1] ?? 0;
}

if (process.argv[5] !== "normal") setPriority(NICE);
process.on("message", (word: unknown) => {
  if (word === "phase") void phase().then((phaseUs) => process.send?.({ phaseUs }));
  if (word === "work") process.send?.({ books });
  if (word !== "hammer") return;
  process.send?.({});
  void hammer();
});
