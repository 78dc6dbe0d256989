import { join } from "node:path";
import type { Scratch } from "../../peers/harness/scratch.ts";
import { Sipp } from "../../peers/harness/sipp.ts";
import { ports } from "../guest/guest.ts";
import type { RouterWorld } from "../guest/world.ts";

const bench = join(import.meta.dirname, "../../../bench");
/** Two seconds of the reference tone of G.711 table 6. */
const voice = Buffer.from("1e0b0b1e9e8b8b9e".repeat(2000), "hex");
/** More than anybody calls. */
const ENOUGH = 100_000;

/** Somebody outside calls the house, talks for that time once answered, and hangs up. */
export function callFromOutside(world: RouterWorld, scratch: Scratch, number: string, seconds: number): Promise<Sipp> {
  return Sipp.start(scratch, {
    scenario: join(bench, "talking-uac.xml"),
    target: `${world.guest.address}:${ports.sip}`,
    service: number,
    seconds: seconds + 60,
    args: ["-d", `${Math.round(seconds * 1000)}`],
    files: { "voice.ul": voice },
  });
}

/** Where calls out of the house go: whoever calls is answered at once and hears himself, until he hangs up. */
export function answerOutside(world: RouterWorld, seconds: number): Promise<Sipp> {
  return Sipp.start(world.scratch, {
    scenario: join(bench, "size/answering-uas.xml"),
    target: null,
    port: world.peerPort,
    calls: ENOUGH,
    seconds,
    fill: { codec: "PCMU", payload: "0" },
    args: ["-rtp_echo"],
  });
}
