import { systemClock } from "../../../src/vendor/clock/clock.ts";
import { openStore } from "../../../src/vendor/store/store.ts";
import { missedCall } from "./a-record.ts";

/** A process that writes without end, and says after each save how many calls are surely in the file. */
const [dir = ""] = process.argv.slice(2);
let added = 0;
let beingSaved = 0;

const store = openStore(dir, {
  clock: systemClock,
  post(event) {
    if (event.world !== "store") return;
    if (event.kind === "saved") process.stdout.write(`${beingSaved}\n`);
    else if (event.kind === "saveFailed") process.exit(3);
    else if (event.kind === "loaded") added = event.calls.at(-1)?.id ?? 0;
  },
  seeds: [],
  callLogSize: 6000,
  saveAfterMs: 100_000,
  report: () => process.exit(4),
});
await store.load();
for (;;) {
  for (let n = 0; n < 500; n++) store.perform({ world: "store", kind: "addCall", record: missedCall(++added) });
  beingSaved = added;
  await store.flush();
}
