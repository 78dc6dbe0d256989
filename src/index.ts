/**
 * What users of the package import: start a gateway in a process of their own, read a configuration, replay a
 * recording, and write a device family.
 */
export type { Config } from "./config/config.ts";
export { ConfigFaults, type Fault } from "./config/fault.ts";
export { readConfig } from "./config/read-config.ts";
export { startGateway } from "./gateway.ts";
export type { Figures, Gateway, GatewayOptions } from "./gateway-contract.ts";
export type { Command } from "./message/command.ts";
export type { DeviceVoice } from "./message/device-voice.ts";
export type { Event } from "./message/event.ts";
export type { Fact } from "./message/notify.ts";
export type { HouseView } from "./message/view.ts";
export { replayJournal } from "./replay.ts";
export type { AttachedDevice, Family, FamilyContext, UsbBus, UsbClaim, UsbDevice } from "./vendor/family.ts";
