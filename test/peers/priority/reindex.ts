/**
 * Takes every entry out of the phone book and puts it in again, over and over, through the control socket.
 *
 *   reindex.ts SOCKET CONTACTS CHANGES_A_SECOND
 *
 * Prints how many changes were done so far, ten times a second; a change that is refused ends it.
 */
import { connect } from "node:net";
import { contactOf } from "./large-book.ts";

/** Requests under way on one connection: the gateway takes 32. */
const mostAtOnce = 30;

const [path = "", contacts = "0", rate = "0"] = process.argv.slice(2);
const count = Number(contacts);
const socket = connect(path);
const began = performance.now();
let [asked, done, rest] = [0, 0, ""];

/** Change number `n`: entry 1 goes and comes again under the next free id, then entry 2 … */
function change(n: number): readonly string[] {
  const entry = Math.floor(n / 2);
  const { name, numbers } = contactOf(1 + (entry % count));
  return n % 2 === 0 ? ["remove", String(1 + entry)] : ["add", name, ...numbers];
}

socket.on("data", (data) => {
  const lines = (rest + data.toString("utf8")).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) {
    if (line.includes('"error"')) throw new Error(line);
    done += 1;
  }
});
setInterval(() => {
  const due = ((performance.now() - began) / 1000) * Number(rate);
  for (; asked < due && asked - done < mostAtOnce; asked++)
    socket.write(`${JSON.stringify({ id: asked, command: "book", args: change(asked) })}\n`);
}, 4);
setInterval(() => process.stdout.write(`${done}\n`), 100);
