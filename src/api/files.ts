import type { Gateway } from "../gateway-contract.ts";
import type { Endpoint } from "../message/name.ts";
import type { CallView } from "../message/view.ts";
import { type Command, ofGateway } from "./command.ts";
import { refused, wrongUsage } from "./refusal.ts";
import { showRecording } from "./show-fact.ts";

const recordArgs = "CALL|PARTY|ENDPOINT FILE.wav | … --stop";
const playArgs = "PARTY|ENDPOINT FILE.wav [--repeat] | … --stop";

/** Voice to and from WAV files. */
export const fileCommands: readonly Command[] = [
  {
    name: "record",
    args: recordArgs,
    help: "write what it says (left) and hears (right) to a WAV file",
    least: 2,
    most: 2,
    run: ofGateway(record),
  },
  {
    name: "play",
    args: playArgs,
    help: "play a WAV file (8 or 16 kHz, 16 bit, mono) to it instead of the other side",
    least: 2,
    most: 3,
    run: ofGateway(play),
  },
];

async function record(gateway: Gateway, [text = "", file = ""]: readonly string[]): Promise<{ done: string }> {
  const endpoint = recordedOf(gateway, text);
  if (file === "--stop") {
    const end = await gateway.files.stopRecord(endpoint).catch(refuse("record"));
    if (end.reason !== null) throw refused(`record: ${showRecording(end)}, but it ended before: ${end.reason}`);
    return { done: showRecording(end) };
  }
  await gateway.files.record(endpoint, pathOf(file, "record", recordArgs)).catch(refuse("record"));
  return { done: `${endpoint} is recorded to ${file}: left is what it says, right what it hears` };
}

async function play(gateway: Gateway, [text = "", file = "", option]: readonly string[]): Promise<{ done: string }> {
  const endpoint = listenerOf(gateway, text);
  if (file === "--stop" && option === undefined) {
    await gateway.files.stopPlay(endpoint).catch(refuse("play"));
    return { done: `${endpoint} hears the other side again` };
  }
  if (option !== undefined && option !== "--repeat") throw wrongUsage(`write: offhook play ${playArgs}`);
  const repeat = option === "--repeat";
  await gateway.files.play(endpoint, pathOf(file, "play", playArgs), repeat).catch(refuse("play"));
  return { done: `${file} is played to ${endpoint}${repeat ? ", again and again" : ""}` };
}

/** The gateway has a working directory of its own, which is nobody's business. */
function pathOf(file: string, command: string, args: string): string {
  if (file.startsWith("/")) return file;
  const why = file.startsWith("-") ? "is no option here" : "is no full path of a file";
  throw wrongUsage(`${command}: ${file.slice(0, 80)} ${why} — write: offhook ${command} ${args}`);
}

/** Of a call it is the caller. */
function recordedOf(gateway: Gateway, text: string): Endpoint {
  const call = callOf(gateway, text);
  if (call === null) return endpointOf(gateway, text, "record");
  const endpoint = call.parties.find((party) => party.endpoint !== null)?.endpoint ?? null;
  if (endpoint === null) throw refused(`record: ${call.call} has no voice yet — try again when it is answered`);
  return endpoint;
}

function listenerOf(gateway: Gateway, text: string): Endpoint {
  const call = callOf(gateway, text);
  if (call === null) return endpointOf(gateway, text, "play");
  const parties = call.parties.map(({ party }) => party).join(" or ");
  throw refused(`play: ${call.call} has two sides — name the one that is to hear it: ${parties}`);
}

function callOf(gateway: Gateway, text: string): CallView | null {
  const name = /^[0-9]{1,15}$/.test(text) ? `call:${text}` : text;
  return gateway.view().calls.find(({ call }) => call === name) ?? null;
}

function endpointOf(gateway: Gateway, text: string, command: string): Endpoint {
  if (isEndpoint(text)) return text;
  const parties = gateway.view().calls.flatMap((call) => call.parties);
  const found = parties.find(({ party, endpoint }) => party === text && endpoint !== null)?.endpoint;
  if (found !== undefined && found !== null) return found;
  const name = text.slice(0, 40);
  if (parties.some(({ party }) => party === text))
    throw refused(`${command}: ${name} has no voice yet — try again when the call is answered`);
  throw refused(`${command}: there is no call, party of a call or endpoint ${name} — see \`offhook calls\``);
}

function isEndpoint(text: string): text is Endpoint {
  return /^(?:rtp:[0-9]{1,4}|usb:(?:base|dongle):[1-9][0-9]{0,2}:[0-9]{1,3})$/.test(text);
}

function refuse(command: string): (fault: unknown) => never {
  return (fault) => {
    throw refused(`${command}: ${fault instanceof Error ? fault.message : String(fault)}`);
  };
}
