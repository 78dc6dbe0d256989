import { lowOctets, words } from "../../../test/assembly/codec-rig.ts";
import { check } from "../../figures.ts";
import { differences, octetsOf, talk } from "../inputs.ts";
import { type OurKernel, Ours } from "../ours.ts";
import type { Peers } from "../peers.ts";
import { type Row, timeOurs, timeTheirs } from "../row.ts";

/** Few enough to stay in the first cache, sound and code. */
const FRAMES = 50;

type Law = "Pcma" | "Pcmu";

export function g711Rows(peers: Peers): Row[] {
  return (["Pcma", "Pcmu"] as const).flatMap((law) => [row(peers, law, "Encode", 7), row(peers, law, "Decode", 3)]);
}

function row(peers: Peers, law: Law, direction: "Encode" | "Decode", goal: number): Row {
  const kernel = kernelOf(law, direction);
  const theirs = `${law.toLowerCase()}-${direction.toLowerCase()}`;
  const sound = octetsOf(talk(8000, FRAMES, 0));
  const input = direction === "Encode" ? sound : Ours.run(kernelOf(law, "Encode"), sound);
  return {
    name: `G.711 ${law === "Pcma" ? "A-law" : "µ-law"} ${direction.toLowerCase()}`,
    peer: "spandsp",
    goal,
    check: () => isExact(peers, law, direction, theirs),
    ours: () => timeOurs(kernel, input),
    theirs: () => timeTheirs(peers, theirs, input, kernel.in),
  };
}

function kernelOf(law: Law, direction: "Encode" | "Decode"): OurKernel {
  const [into, out] = direction === "Encode" ? [320, 160] : [160, 320];
  return { loop: `${direction}${law}`, in: into, out, open: () => 0 };
}

/** All 65536 samples are all sounds there are. */
async function isExact(peers: Peers, law: Law, direction: "Encode" | "Decode", theirs: string): Promise<string> {
  const letter = law === "Pcma" ? "a" : "u";
  const code = lowOctets(`g711/sweep-r.${letter}`);
  const [from, to] =
    direction === "Encode"
      ? [octetsOf(words("g711/sweep.src")), code]
      : [code, octetsOf(words(`g711/sweep-r.${letter}-${letter}`))];
  const octets = direction === "Encode" ? 320 : 160;
  const input = new Uint8Array(Math.ceil(from.length / octets) * octets);
  input.set(from);
  const wrong = differences(to, Ours.run(kernelOf(law, direction), input));
  check(wrong === 0, `${law} ${direction}: ${wrong} octets differ from the ITU-T's`);
  const left = differences(to, await peers.run(theirs, input));
  return `all 65,536 inputs of the ITU-T exact${left === 0 ? "" : ` (spandsp: ${left} not)`}`;
}
