/** How speech is made longer and shorter, as octets for a hash. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { STRETCH_ALIKE, STRETCH_ROOM } from "../../assembly/stretch/room.ts";
import { KernelRig } from "../assembly/kernel-rig.ts";
import { speechVector } from "./gap-and-background-hash.ts";

/** Speech at 16 kHz, and the same as slow speech at 8: every 20 ms later and earlier, whatever is found. */
export function hashStretch(update: (octets: Uint8Array) => void, vectors: string): void {
  const speech = readFileSync(join(vectors, speechVector));
  for (const tenMs of [80, 160]) {
    const rig = new KernelRig();
    const [at, room, out] = [rig.take(speech.length), rig.take(STRETCH_ROOM), rig.take(4 * tenMs)];
    rig.octets(at, speech.length).set(speech);
    for (let from = 4 * tenMs; from + 12 * tenMs <= speech.length; from += 4 * tenMs)
      for (const towards of [1, -1]) {
        const lag = rig.call("stretchLag", at + from, towards, 1.5 * tenMs, tenMs, room);
        rig.call("stretchJoin", at + from, at + from + 2 * towards * lag, out, tenMs, 2 * tenMs);
        update(Uint8Array.of(lag, rig.call("stretchIsKey", at + from, tenMs)));
        update(Uint8Array.from(rig.octets(room + STRETCH_ALIKE, 4)));
        update(Uint8Array.from(rig.octets(out, 4 * tenMs)));
      }
  }
}
