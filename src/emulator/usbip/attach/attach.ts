import { BASE_PRODUCT_ID, DONGLE_PRODUCT_ID, VENDOR_ID } from "../../../vendor/reference/wire/descriptor.ts";
import type { AttachedPort, DeviceAttacher } from "../../contract.ts";
import { deviceId } from "../wire/operation.ts";
import { importDevice, listExported, type ServerAddress } from "./client.ts";
import { type Attachment, keepAttached } from "./keep.ts";
import { localUsbId, USB_FOLDER, Vhci } from "./vhci.ts";

const ours = [BASE_PRODUCT_ID, DONGLE_PRODUCT_ID].map((product) => usbId(VENDOR_ID, product));

/** Plugs served devices into this Linux machine. The folders are the kernel's, and others in tests. */
export function deviceAttacher(vhci: Vhci = new Vhci(), usbFolder: string = USB_FOLDER): DeviceAttacher {
  return {
    async attach(server, busids) {
      await vhci.check();
      const wanted = busids.length > 0 ? busids : await offered(server);
      const attached: AttachedPort[] = [];
      for (const busid of wanted) attached.push((await attachOne(vhci, server, busid)).port);
      return attached;
    },
    async keep(server, busids, watch) {
      await vhci.check();
      await keepAttached(
        { vhci, server, busids, offered, attachOne: (busid) => attachOne(vhci, server, busid) },
        watch,
      );
    },
    async detach(ports) {
      await vhci.check();
      const wanted = ports.length > 0 ? ports : await portsOfOurs(vhci, usbFolder);
      for (const port of wanted) await vhci.detach(port);
      return wanted;
    },
  };
}

async function offered(server: ServerAddress): Promise<readonly string[]> {
  const busids = (await listExported(server)).map(({ busid }) => busid);
  if (busids.length > 0) return busids;
  throw new Error(`${server.address}:${server.port}: offers no device — all are attached elsewhere, or unplugged`);
}

async function attachOne(vhci: Vhci, server: ServerAddress, busid: string): Promise<Attachment> {
  const imported = await importDevice(server, busid);
  const { vendorId, productId } = imported.device;
  const port = { busid, port: await vhci.attach(imported), usbId: usbId(vendorId, productId) };
  return { port, device: deviceId(imported.device) };
}

/** The ports that have a reference device, whoever attached it. */
async function portsOfOurs(vhci: Vhci, usbFolder: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const { port, localBusid } of await vhci.ports()) {
    const id = localBusid === null ? null : await localUsbId(localBusid, usbFolder);
    if (id !== null && ours.includes(id)) found.push(port);
  }
  return found;
}

function usbId(vendor: number, product: number): string {
  return [vendor, product].map((id) => id.toString(16).padStart(4, "0")).join(":");
}
