import { hepOf } from "../../trace/hep.ts";
import { type Ladder, ladderOf } from "../../trace/ladder.ts";
import { svgOf } from "../../trace/svg.ts";
import { textOf } from "../../trace/text.ts";
import { wrongUsage } from "../refusal.ts";
import type { Arguments } from "./arguments.ts";
import { sendTo } from "./collector.ts";
import { callOf, recordedCall } from "./recording.ts";
import { checkOther, save } from "./save.ts";
import type { Terminal } from "./terminal.ts";

export const traceUsage = "CALL [--journal FILE | --capsule FILE] [--svg FILE | --hep HOST:PORT] [--json]";

/** Columns where nobody looks. */
const columnsOfFile = 100;

/** `offhook trace CALL`: one call as a picture of phone, gateway and provider. */
export async function trace(word: string, args: Arguments, terminal: Terminal): Promise<number> {
  if ((args.journal !== null && args.capsule !== null) || (args.svg !== null && args.hep !== null))
    throw wrongUsage(`write: offhook trace ${traceUsage}`);
  const { journal, steps } = await recordedCall(callOf(word), args.journal ?? args.capsule, args, terminal);
  const ladder = ladderOf(steps);
  if (ladder === null) return 1;
  checkOther("--svg", args.svg, journal, terminal);
  if (args.svg !== null) await save("--svg", args.svg, svgOf(ladder), terminal, { mode: 0o600 });
  if (args.hep !== null) return collected(ladder, args.hep, args, terminal);
  if (args.json) terminal.out(JSON.stringify(ladder));
  else if (args.svg === null) terminal.out(textOf(ladder, terminal.columns ?? columnsOfFile));
  else terminal.out(`${ladder.title} is drawn in ${args.svg}`);
  return 0;
}

/** To a HEP collector. */
async function collected(ladder: Ladder, collector: string, args: Arguments, terminal: Terminal): Promise<number> {
  const packets = hepOf(ladder);
  await sendTo(collector, packets);
  if (args.json) terminal.out(JSON.stringify({ call: ladder.call, collector, packets: packets.length }));
  else terminal.out(`${ladder.title} is sent to ${collector}: ${packets.length} packets`);
  return 0;
}
