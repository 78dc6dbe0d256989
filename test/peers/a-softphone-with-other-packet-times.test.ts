import { test } from "node:test";
import { numbers } from "./harness/house-config.ts";
import { assertTalk, everybodyHums, notes } from "./harness/voices.ts";
import { World } from "./harness/world.ts";

const talks = [
  { frameMs: 10, ptimeMs: 10, names: ["handset:1", "port:1"] },
  { frameMs: 10, ptimeMs: 20, names: ["handset:1", "port:1"] },
  { frameMs: 10, ptimeMs: 40, names: ["handset:1"] },
  { frameMs: 20, ptimeMs: 10, names: ["port:1"] },
  { frameMs: 20, ptimeMs: 40, names: ["handset:1"] },
] as const;

for (const { frameMs, ptimeMs, names } of talks)
  for (const name of names)
    test(`a softphone with packets of ${ptimeMs} ms and ${name} hear each other in frames of ${frameMs} ms`, async (t) => {
      const world = await World.open(t, { extra: `[voice]\nframe_ms = ${frameMs}\n` });
      const { house } = world;
      const called = house.phone(name);
      const alice = await world.alice({ codec: "PCMA", account: `;regint=0;ptime=${ptimeMs}` });
      alice.dial(house.uri(numbers[name]));
      await called.rings();
      await called.lift();
      await alice.until("CALL_ESTABLISHED");
      const [inside, outside] = await everybodyHums({ phones: [called], softphones: [alice] });
      if (inside === undefined || outside === undefined) throw new Error("nothing was recorded");
      assertTalk(
        { who: name, sound: inside, note: notes[name] },
        { who: "Alice", sound: outside, note: notes.softphone },
      );
      await called.hangUp();
      await alice.until("CALL_CLOSED");
      await house.isQuiet();
    });
