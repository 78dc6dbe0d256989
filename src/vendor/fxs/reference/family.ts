import type { VoiceFormat } from "../../../message/media.ts";
import type { AttachedDevice, Family, FamilyContext, UsbDevice } from "../../family.ts";
import { putToWork } from "../../reference/host/attachment.ts";
import { Connection } from "../../reference/host/connection.ts";
import { DONGLE_PRODUCT, DONGLE_PRODUCT_ID, VENDOR_ID } from "../../reference/wire/descriptor.ts";
import { SlicPort } from "./port.ts";
import { Slic } from "./slic.ts";

/** What the upper half prefers on an analog port: what passes to SIP untouched, then linear. */
const preferred: readonly VoiceFormat[] = ["PCMA", "PCMU", "L16"];

/** The Offhook reference FXS dongle (docs/device-protocol.md §7). Port n speaks on channel n. */
export function referenceDongle(): Family {
  return {
    name: "fxs/reference",
    kind: "dongle",
    claims: [{ vendorId: VENDOR_ID, productId: DONGLE_PRODUCT_ID, says: `${DONGLE_PRODUCT}, protocol 1` }],
    attach,
  };
}

async function attach(device: UsbDevice, context: FamilyContext): Promise<AttachedDevice> {
  // Read before anything is pending: the library refuses it then.
  const serial = device.serialNumber ?? "";
  const connection = await Connection.open(device, "dongle", context);
  try {
    const ports = await bringUpPorts(connection, context);
    const attached = work(connection, context, ports);
    postAttached(connection, context, ports, serial);
    return attached;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function bringUpPorts(connection: Connection, context: FamilyContext): Promise<readonly SlicPort[]> {
  const { channels } = connection.identification;
  const ports = Array.from({ length: channels }, (_, index) => {
    const slic = new Slic(connection, context.clock, index);
    return new SlicPort(`port:${context.firstNumber + index}`, slic, context);
  });
  await Promise.all(ports.map((port) => port.bringUp()));
  return ports;
}

function postAttached(
  connection: Connection,
  context: FamilyContext,
  ports: readonly SlicPort[],
  serial: string,
): void {
  const { model, formats } = connection.identification;
  context.post({
    world: "fxs",
    kind: "attached",
    at: context.clock.now(),
    dongle: context.device,
    model,
    serial,
    ports: ports.map((port) => ({ port: port.name, offHook: port.offHook })),
    formats: preferred.filter((format) => formats.includes(format)),
  });
}

function work(connection: Connection, context: FamilyContext, ports: readonly SlicPort[]): AttachedDevice {
  return putToWork(connection, context, {
    handle(event): void {
      if (event.kind !== "slic") return context.report("event refused: not of a dongle");
      const port = ports[event.port];
      if (port === undefined) return context.report("SLIC event refused: no such port");
      port.handle(event);
    },
    perform(command): void {
      if (command.world !== "fxs") return;
      ports.find((port) => port.name === command.port)?.perform(command);
    },
    close(reason): void {
      for (const port of ports) port.close();
      context.post({ world: "fxs", kind: "detached", at: context.clock.now(), dongle: context.device, reason });
    },
  });
}
