import type { DeviceServer, ServedDevice, ServeOptions, ServeWatch } from "./emulator/contract.ts";
import { furnish, House } from "./emulator/house.ts";
import { type OfferView, UsbipServer } from "./emulator/usbip/server.ts";
import { systemClock } from "./vendor/clock/clock.ts";
import { Complaints } from "./vendor/notify/complaints.ts";

/** Wires `offhook device --serve`: a house whose devices other machines attach by USB/IP. */
export async function serveDevices(options: ServeOptions, watch: ServeWatch): Promise<DeviceServer> {
  const complaints = new Complaints(systemClock, watch.report);
  const furniture = furnish(options, systemClock);
  const devices = (): readonly ServedDevice[] => server.offers.filter(({ offered }) => offered).map(view);
  const server = new UsbipServer(furniture.plugs, {
    clock: systemClock,
    report: (peer, problem) => complaints.about("usbip", withoutPort(peer), problem),
    changed: (name, peer, attached) => {
      const found = server.offers.find(({ device }) => device === name);
      if (found !== undefined) watch.changed(view(found), peer, attached);
    },
  });
  const { address, port } = await server.listen(options.address, options.port);
  const house = new House(furniture, server);
  const refused = (): number => {
    const { usbip = 0 } = complaints.counts();
    return usbip;
  };
  return { address, port, house, devices, refused, close: () => house.close() };
}

function view({ device, exported, productName, importer }: OfferView): ServedDevice {
  const { busid, vendorId, productId } = exported;
  const usbId = [vendorId, productId].map((id) => id.toString(16).padStart(4, "0")).join(":");
  return { busid, device, usbId, product: productName, attachedBy: importer };
}

/** A peer that comes again has another port, and is the same peer. */
function withoutPort(peer: string): string {
  return peer.replace(/:\d+$/, "");
}
