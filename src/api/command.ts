import type { EmulatedDevices } from "../emulator/contract.ts";
import type { Gateway } from "../gateway-contract.ts";
import { refused } from "./refusal.ts";

/** Where a streaming command sends what comes; bounded, so it never waits for a slow reader. */
export interface Stream {
  send(item: unknown): void;
  /** Runs when the reader is gone; at once if it is already. */
  onClose(run: () => void): void;
}

/** What answers commands in a process: a gateway, or emulated devices alone (`offhook device --serve`). */
export interface Served {
  readonly gateway: Gateway | null;
  readonly emulator: EmulatedDevices | null;
}

/** A command of the public face, the same for the control socket and whatever else people use. */
export interface Command {
  readonly name: string;
  readonly args: string;
  readonly help: string;
  /** How many arguments it takes. */
  readonly least: number;
  readonly most: number;
  /**
   * Its answer is plain JSON.
   * @throws Refusal with a sentence
   */
  run(served: Served, args: readonly string[], stream: Stream): unknown;
}

/** Of the gateway: refused where none runs. */
type GatewayRun = (gateway: Gateway, args: readonly string[], stream: Stream) => unknown;
/** Of the emulated devices: refused where there are none. */
type EmulatorRun = (emulator: EmulatedDevices, args: readonly string[]) => unknown;

/** A command of the gateway. */
export function ofGateway(run: GatewayRun): Command["run"] {
  return ({ gateway }, args, stream) => {
    if (gateway !== null) return run(gateway, args, stream);
    throw refused("only emulated devices are served here, no gateway runs — name its directory with --data DIR");
  };
}

/** A command of the emulated devices. */
export function ofEmulator(run: EmulatorRun): Command["run"] {
  return ({ emulator }, args) => {
    if (emulator !== null) return run(emulator, args);
    throw refused("there are no emulated phones — start the gateway with --emulate");
  };
}
