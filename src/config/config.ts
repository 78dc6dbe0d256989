import type { EmulatorOptions } from "../emulator/contract.ts";
import type { House } from "../message/plan.ts";
import type { Contact } from "../message/record.ts";
import type { SipOptions } from "../vendor/sip/options.ts";
import type { VoiceOptions } from "../voice/contract.ts";

/** What the parts of the gateway are told at start. Only `sip` and `hep` hold secrets. */
export interface Config {
  readonly house: House;
  readonly sip: SipOptions;
  readonly voice: VoiceOptions;
  /** Null: no emulated devices. */
  readonly emulator: EmulatorOptions | null;
  /** Whether to look for devices on the machine's USB. */
  readonly usb: boolean;
  readonly recorder: RecorderConfig;
  readonly data: DataConfig;
  /** Null: nothing is sent to a collector. */
  readonly hep: HepConfig | null;
  /** The most memory the process may have, octets; 0 = what its control group and the machine have left. */
  readonly memoryLimitBytes: number;
  /** The phone book of a first start. */
  readonly seeds: readonly Contact[];
}

export interface RecorderConfig {
  readonly enabled: boolean;
  /** Journal files kept. */
  readonly keep: number;
  readonly segmentBytes: number;
}

/** A HEP collector, and who we are to it. Holds a secret. */
export interface HepConfig {
  readonly host: string;
  readonly port: number;
  readonly id: number;
  readonly password: string;
  /** Digest responses are sent as they are. */
  readonly credentials: boolean;
}

export interface DataConfig {
  /** As written in the configuration; the command line and the environment come first. */
  readonly dir: string | null;
  readonly callLogSize: number;
  readonly saveAfterMs: number;
}
