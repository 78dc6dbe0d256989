import { type Cause, causeOfStatus, causes, causeWords } from "../message/cause.ts";
import type { Direction } from "../message/media.ts";
import type { SipCommand, SipEvent, SipLeg } from "../message/sip.ts";
import { unreachable } from "../message/units.ts";
import { fromProvider, mark, type Said, shown, toProvider } from "./rung.ts";
import { visible } from "./visible.ts";

interface Media {
  readonly codecs: readonly { readonly format: string }[];
  readonly direction: Direction;
}

/** What the SIP side says of a dialog depends on how far it is: kept from event to event. */
export class SipWords {
  readonly #states = new Map<SipLeg, "answered" | "cancelled" | "over">();

  event(event: SipEvent): Said | null {
    switch (event.kind) {
      case "registered":
      case "registrationFailed":
      case "unregistered":
      case "calling":
        return null;
      case "invited":
        return fromProvider(`INVITE ${shown(event.from)} calls ${visible(event.dialled)}${described(event.media)}`);
      case "cancelled":
        this.#states.set(event.leg, "cancelled");
        return fromProvider("CANCEL");
      case "ringing":
        return fromProvider("180 Ringing");
      case "progressed":
        return fromProvider(`183 Session Progress${described(event.media)}`);
      case "answered":
        this.#states.set(event.leg, "answered");
        return fromProvider(`200 OK${described(event.media)}`);
      case "confirmed":
        return fromProvider(`ACK${described(event.media)}`);
      case "refused":
        this.#states.set(event.leg, "over");
        return fromProvider(
          `${event.status} ${visible(event.reason)}: ${causeWords[causeOfStatus(event.status)] ?? "refused"}`,
        );
      case "reoffered":
        return fromProvider(`re-INVITE${described(event.media)}`);
      case "reanswered":
        return fromProvider(`200 OK to re-INVITE${described(event.media)}`);
      case "reofferRefused":
        return fromProvider(`${event.status} to re-INVITE: the far end keeps what was agreed`);
      case "digit":
        return fromProvider(`INFO digit ${event.digit}`);
      case "ended":
        this.#states.set(event.leg, "over");
        return fromProvider(event.cause === "normal" ? "BYE" : `dialog over: ${inWords(event.cause)}`);
      default:
        return unreachable(event);
    }
  }

  command(command: SipCommand): Said {
    switch (command.kind) {
      case "trying":
        return toProvider("100 Trying");
      case "ring":
        return toProvider("180 Ringing");
      case "progress":
        return toProvider(`183 Session Progress${described(command.media)}`);
      case "accept":
        this.#states.set(command.leg, "answered");
        return toProvider(`200 OK${described(command.media)}`);
      case "invite":
        return toProvider(`INVITE ${shown(command.from)} calls ${visible(command.to)}${described(command.media)}`);
      case "reoffer":
        return toProvider(`re-INVITE${described(command.media)}`);
      case "acceptReoffer":
        return toProvider(`200 OK to re-INVITE${described(command.media)}`);
      case "refuseReoffer":
        return toProvider(`${statusOf(command.cause)} to re-INVITE`);
      case "sendDigit":
        return toProvider(`INFO digit ${command.digit}`);
      case "release":
        return this.#release(command.leg, command.cause);
      default:
        return unreachable(command);
    }
  }

  /** Final response, CANCEL or BYE: whichever the dialog's state asks for. */
  #release(leg: SipLeg, cause: Cause): Said {
    const state = this.#states.get(leg) ?? null;
    this.#states.set(leg, "over");
    const why = inWords(cause);
    if (state === "over") return mark(`${leg} released: ${why}`);
    if (state === "answered") return toProvider(`BYE: ${why}`);
    if (state === "cancelled") return toProvider(`487 Request Terminated: ${why}`);
    if (leg.startsWith("sip:out-")) return toProvider(`CANCEL: ${why}`);
    return toProvider(`${statusOf(cause)}: ${why}`);
  }
}

/** A cause in plain words; a word that is none is shown as it is. */
export function inWords(cause: Cause): string {
  return causeWords[cause] ?? visible(String(cause));
}

function statusOf(cause: Cause): string {
  const { sip, phrase } = causes[cause] ?? causes.internalError;
  return `${sip} ${phrase}`;
}

/** Codecs and, unless both speak, who does. */
function described(media: Media | null): string {
  if (media === null) return "";
  const codecs = media.codecs.map(({ format }) => visible(format)).join(" ");
  const hold = media.direction === "sendrecv" ? "" : `, ${media.direction}`;
  return ` (${codecs === "" ? "no codec" : codecs}${hold})`;
}
