import type { Endpoint } from "../message/name.ts";
import type { FarEndQuality } from "../message/quality.ts";
import { unreachable } from "../message/units.ts";
import type { VoiceCommand, VoiceEvent } from "../message/voice.ts";
import { fromPhone, fromProvider, mark, type Said, toPhone, toProvider } from "./rung.ts";
import { visible } from "./visible.ts";

export function voiceEvent(event: VoiceEvent): Said {
  switch (event.kind) {
    case "ready":
      return mark("voice: the worker is back, everything is opened again");
    case "lost":
      return mark(`voice: the worker is lost: ${visible(event.reason)}`);
    case "shadow":
      return mark(`voice: candidate ${visible(event.state)}`);
    case "digit":
      return fromEnd(event.endpoint, `${event.endpoint} key ${event.digit} (RTP event)`);
    case "callerIdSent":
      return mark(`${event.endpoint} caller ID sent`);
    case "faxTone":
      return fromEnd(event.from === "phone" ? event.endpoint : "rtp:", `${event.endpoint} fax tone ${event.tone}`);
    case "measured":
      return mark(heard(event));
    case "recordEnded":
      return mark(`${event.endpoint} recording ends`);
    case "playEnded":
      return mark(`${event.endpoint} playing ends`);
    case "rtpTimeout":
      return mark(`${event.endpoint} no voice for ${event.silentMs / 1000} s`);
    case "endpointFailed":
      return mark(`${event.endpoint} failed: ${visible(event.reason)}`);
    default:
      return unreachable(event);
  }
}

/** Null: a question, whose answer is told. */
export function voiceCommand(command: VoiceCommand): Said | null {
  switch (command.kind) {
    case "openRtp":
      return mark(`${command.endpoint} open, ${visible(command.format)}${whither(command)}${wishes(command)}`);
    case "openUsb":
      return mark(`${command.endpoint} open, ${command.format}${wishes(command)}`);
    case "join":
      return mark(command.a === command.b ? `${command.a} hears itself` : `${command.a} and ${command.b} joined`);
    case "part":
      return mark(command.a === command.b ? `${command.a} parted` : `${command.a} and ${command.b} parted`);
    case "mix":
      return mark(`${command.endpoint} is in ${command.conference}`);
    case "tone":
      return mark(command.tone === null ? `${command.endpoint} tone off` : `${command.endpoint} tone ${command.tone}`);
    case "record":
      return mark(`${command.endpoint} is recorded`);
    case "stopRecord":
      return mark(`${command.endpoint} is recorded no more`);
    case "play":
      return mark(`${command.endpoint} is played a file`);
    case "stopPlay":
      return mark(`${command.endpoint} is played nothing more`);
    case "callerId":
      return mark(`${command.endpoint} caller ID ${visible(command.number ?? "withheld")}`);
    case "sendDigit":
      return toEnd(command.endpoint, `${command.endpoint} key ${command.digit}`);
    case "measure":
      return null;
    case "close":
      return mark(`${command.endpoint} closed`);
    default:
      return unreachable(command);
  }
}

type OpenRtp = Extract<VoiceCommand, { kind: "openRtp" }>;
type Open = Extract<VoiceCommand, { kind: "openRtp" | "openUsb" }>;

function whither({ remote, direction }: OpenRtp): string {
  const to = remote === null ? "" : ` to ${visible(remote.address)} port ${remote.port}`;
  return `${to}${direction === "sendrecv" ? "" : `, ${direction}`}`;
}

function wishes(open: Open): string {
  const echo = "echoTailMs" in open && open.echoTailMs !== undefined ? `, echo ${open.echoTailMs} ms` : "";
  return `${echo}${open.voiceBandData === true ? ", fax" : ""}`;
}

function heard({ party, quality }: Extract<VoiceEvent, { kind: "measured" }>): string {
  const { codec, received, lost, lostShare, lateShare, jitterMs, delayMs, farEnd } = quality;
  const told = [
    `${party} was heard in ${visible(codec)}`,
    ...opinion(quality),
    `${received} ${lostShare === null ? "frames" : "packets"}`,
    lostShare === null ? `${lost} lost` : `lost ${percent(lostShare)}`,
    ...(lateShare === null || lateShare === 0 ? [] : [`late ${percent(lateShare)}`]),
    ...(jitterMs === null ? [] : [`jitter ${jitterMs} ms`]),
    ...(delayMs === null ? [] : [`delay ${Math.round(delayMs)} ms`]),
  ];
  return `${told.join(", ")}${farEnd === null ? "" : far(farEnd)}`;
}

/** Of the conversation; where the delay is not known, of listening alone. */
function opinion({ mos, mosListening }: Pick<FarEndQuality, "mos" | "mosListening">): string[] {
  if (mos !== null) return [`MOS ${mos.toFixed(1)}`];
  return mosListening === null ? [] : [`MOS ${mosListening.toFixed(1)} of listening`];
}

/** How it heard us, by its own reports. */
function far(farEnd: FarEndQuality): string {
  const { lostShare, discardedShare, jitterMs } = farEnd;
  const told = [
    ...opinion(farEnd),
    ...(lostShare === null ? [] : [`lost ${percent(lostShare)}`]),
    ...(discardedShare === null || discardedShare === 0 ? [] : [`late ${percent(discardedShare)}`]),
    ...(jitterMs === null ? [] : [`jitter ${jitterMs} ms`]),
  ];
  return told.length === 0 ? "" : `; it says it heard us with ${told.join(", ")}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Streams speak with the provider, device channels with a phone. */
function fromEnd(endpoint: Endpoint | "rtp:", text: string): Said {
  return endpoint.startsWith("rtp:") ? fromProvider(text) : fromPhone(text);
}

function toEnd(endpoint: Endpoint, text: string): Said {
  return endpoint.startsWith("rtp:") ? toProvider(text) : toPhone(text);
}
