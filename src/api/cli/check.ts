import type { Config } from "../../config/config.ts";
import { defaultConfig } from "../../config/default.ts";
import { ConfigFaults, showFault } from "../../config/fault.ts";
import { loadConfig } from "../../config/read-config.ts";
import type { Arguments } from "./arguments.ts";
import { printable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** Faults printed; the rest is counted. */
const mostShown = 50;

/** `offhook check CONFIG`. */
export async function check(file: string, args: Arguments, terminal: Terminal): Promise<number> {
  const read = await loadConfig(file).catch((error: unknown) => {
    if (error instanceof ConfigFaults) return error;
    throw error;
  });
  const faults = read instanceof ConfigFaults ? read.faults : [];
  if (args.json) terminal.out(JSON.stringify({ file, good: faults.length === 0, faults }));
  else if (read instanceof ConfigFaults) showFaults(read, terminal);
  else terminal.out(`${file}: good — ${summary(read)}`);
  return faults.length === 0 ? 0 : 1;
}

/** `offhook config`. */
export function showConfig(args: Arguments, terminal: Terminal): number {
  terminal.out(args.json ? JSON.stringify({ config: defaultConfig }) : defaultConfig.trimEnd());
  return 0;
}

/** Every fault of a configuration, a line each, on stderr. */
export function showFaults(error: ConfigFaults, terminal: Terminal): void {
  terminal.err(`offhook: ${error.message}`);
  for (const fault of error.faults.slice(0, mostShown)) terminal.err(`  ${printable(showFault(fault))}`);
  const more = error.faults.length - mostShown;
  if (more > 0) terminal.err(`  … and ${more} more`);
}

function summary({ house }: Config): string {
  const count = (many: readonly unknown[], one: string): string =>
    `${many.length} ${one}${many.length === 1 ? "" : "s"}`;
  return [count(house.lines, "line"), count(house.phones, "phone"), count(house.outgoing, "outgoing rule")].join(", ");
}
