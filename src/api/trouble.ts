import type { UsbTrouble } from "../emulator/contract.ts";
import { wrongUsage } from "./refusal.ts";

/** What happens at an endpoint, once. */
const atEndpoint = ["stall", "babble", "short", "merge", "corrupt"] as const;
/** Voice, from the device to the host. */
const defaultEndpoint = "in1";
const LONGEST_MS = 60_000;

export const troubleArgs = "DEVICE KIND [ENDPOINT | MS]";

/**
 * Reads what `offhook trouble DEVICE …` says after the device.
 * @throws Refusal `usage`
 */
export function readTrouble([text = "", detail, ...rest]: readonly string[]): UsbTrouble {
  const kind = atEndpoint.find((one) => one === text);
  if (rest.length === 0 && kind !== undefined && /^(in|out)[0-9]$/.test(detail ?? defaultEndpoint))
    return { kind, endpoint: detail ?? defaultEndpoint };
  const ms = /^[0-9]{1,5}$/.test(detail ?? "") ? Number(detail) : 0;
  if (rest.length === 0 && text === "nak" && ms > 0 && ms <= LONGEST_MS) return { kind: "nak", ms };
  throw wrongUsage(`write: offhook trouble DEVICE ${atEndpoint.join(" | ")} [in1 | in2 | out1], or nak MS`);
}
