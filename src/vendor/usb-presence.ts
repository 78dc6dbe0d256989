import { readdir, readFile } from "node:fs/promises";
import type { UsbClaim } from "./family.ts";

const DEVICES = "/sys/bus/usb/devices";

/**
 * Whether a device of the fingerprint table is plugged, by Linux's own list: no native code is needed to ask.
 * Rejects when the machine has no USB.
 */
export async function isPlugged(claims: readonly UsbClaim[], folder = DEVICES): Promise<boolean> {
  // Names with a colon are the interfaces of the others.
  const names = (await readdir(folder)).filter((name) => !name.includes(":"));
  for (const name of names) {
    const vendorId = await readNumber(`${folder}/${name}/idVendor`);
    const productId = await readNumber(`${folder}/${name}/idProduct`);
    if (claims.some((claim) => claim.vendorId === vendorId && claim.productId === productId)) return true;
  }
  return false;
}

/** NaN when the device is gone meanwhile. */
async function readNumber(file: string): Promise<number> {
  return Number.parseInt(await readFile(file, "latin1").catch(() => ""), 16);
}
