import assert from "node:assert/strict";
import { Baresip } from "../harness/baresip.ts";
import type { House } from "../harness/house.ts";
import { Phone } from "../harness/phone.ts";
import type { Scratch } from "../harness/scratch.ts";
import { sine } from "../harness/signal.ts";
import { assertTalk, everybodyHums, LEVEL_DBM0, notes } from "../harness/voices.ts";

/**
 * A softphone calls the analog phone in the hall, both hear each other, and the call stands in the log: telephony as ever,
 * whatever became of the data directory. Recordings go elsewhere, and the control socket may have moved.
 */
export async function callGoesThrough(scratch: Scratch, house: House, door = house.door): Promise<void> {
  const says = sine(notes.softphone, LEVEL_DBM0, 60_000);
  const alice = await Baresip.start(scratch, { user: "700", displayName: "A. Example", says, answer: "manual" });
  const port = new Phone("port:1", door, await scratch.folder("recordings"));
  const since = house.door.facts.length;
  alice.dial(house.uri("601"));
  await port.rings();
  await port.lift();
  await alice.until("CALL_ESTABLISHED");
  const [inside, outside] = await everybodyHums({ phones: [port], softphones: [alice] });
  assert.ok(inside !== undefined && outside !== undefined);
  const [own, hers] = [notes["port:1"], notes.softphone];
  assertTalk({ who: "port:1", sound: inside, note: own }, { who: "Alice", sound: outside, note: hers });
  await port.hangUp();
  await alice.until("CALL_CLOSED");
  const { record } = await house.fact("callEnded", 5000, since);
  assert.deepEqual([record?.result, record?.from.name], ["answered", "Alice Softphone"]);
}
