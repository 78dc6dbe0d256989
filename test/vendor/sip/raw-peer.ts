import type { Address } from "../../../src/message/media.ts";
import {
  cseq,
  header,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from "../../../src/vendor/sip/wire/message.ts";
import { readMessage } from "../../../src/vendor/sip/wire/read-message.ts";
import type { VirtualNetwork } from "./virtual-network.ts";

export const offer = [
  "v=0",
  "o=- 1 1 IN IP4 10.0.0.2",
  "s=-",
  "c=IN IP4 10.0.0.2",
  "t=0 0",
  "m=audio 6000 RTP/AVP 8 0 101",
  "a=rtpmap:101 telephone-event/8000",
  "",
].join("\r\n");

interface RequestParts {
  readonly uri?: string;
  readonly from?: string;
  readonly to?: string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly branch?: string;
  readonly contact?: string | null;
  readonly extra?: readonly string[];
  readonly body?: string;
  readonly type?: string | null;
}

/** A far end that writes its messages by hand. */
export class RawPeer {
  readonly inbox: SipMessage[] = [];
  readonly at: Address;
  readonly #network: VirtualNetwork;
  readonly #house: Address;
  #flow;
  /** Called with each message that comes. */
  react: (message: SipMessage) => void = () => {};

  constructor(network: VirtualNetwork, at: Address, house: Address) {
    this.#network = network;
    this.at = at;
    this.#house = house;
    this.#flow = network.flow(at);
    this.#flow.listen((datagram) => {
      const reading = readMessage(datagram);
      if (reading.kind !== "message") throw new Error(`the house wrote ${Buffer.from(datagram).toString()}`);
      this.inbox.push(reading.message);
      this.react(reading.message);
    });
  }

  send(text: string): void {
    this.#network.send(this.at, text, this.#house);
  }

  request(method: string, parts: RequestParts = {}): void {
    const { address, port } = this.at;
    const body = parts.body ?? "";
    const contact = parts.contact === undefined ? `<sip:peer@${address}:${port}>` : parts.contact;
    const type = parts.type === undefined ? (body === "" ? null : "application/sdp") : parts.type;
    this.send(
      [
        `${method} ${parts.uri ?? `sip:600@${this.#house.address}`} SIP/2.0`,
        `Via: SIP/2.0/UDP ${address}:${port};branch=${parts.branch ?? "z9hG4bKpeer1"};rport`,
        "Max-Forwards: 70",
        `From: ${parts.from ?? `"Bob" <sip:bob@${address}>;tag=peertag`}`,
        `To: ${parts.to ?? `<sip:600@${this.#house.address}>`}`,
        `Call-ID: ${parts.callId ?? "call-1"}`,
        `CSeq: ${parts.cseq ?? 1} ${method}`,
        ...(contact === null ? [] : [`Contact: ${contact}`]),
        ...(parts.extra ?? []),
        ...(type === null ? [] : [`Content-Type: ${type}`]),
        `Content-Length: ${Buffer.byteLength(body)}`,
        "",
        body,
      ].join("\r\n"),
    );
  }

  /** Answers a request of the house; `tag` null leaves the To as it came. */
  respond(
    request: SipMessage,
    status: string,
    { tag = "peertag", extra = [], body = "" }: { tag?: string | null; extra?: readonly string[]; body?: string } = {},
  ): void {
    const to = header(request, "to") ?? "";
    const tagged = tag === null || to.includes(";tag=") ? to : `${to};tag=${tag}`;
    this.send(
      [
        `SIP/2.0 ${status}`,
        `Via: ${header(request, "via")}`,
        `From: ${header(request, "from")}`,
        `To: ${tagged}`,
        `Call-ID: ${header(request, "call-id")}`,
        `CSeq: ${header(request, "cseq")}`,
        ...extra,
        ...(body === "" ? [] : ["Content-Type: application/sdp"]),
        `Content-Length: ${Buffer.byteLength(body)}`,
        "",
        body,
      ].join("\r\n"),
    );
  }

  get contact(): string {
    return `Contact: <sip:peer@${this.at.address}:${this.at.port}>`;
  }

  /** The nth request with this method that came, the first by default. */
  requested(method: string, nth = 0): SipRequest {
    const found = this.inbox.filter((message) => message.kind === "request" && message.method === method)[nth];
    if (found?.kind !== "request") throw new Error(`no ${method} (${nth}) came: ${this.log()}`);
    return found;
  }

  /** The last response to `method`. */
  answered(method: string): SipResponse {
    const found = this.inbox.findLast((message) => message.kind === "response" && cseq(message).method === method);
    if (found?.kind !== "response") throw new Error(`no response to ${method} came: ${this.log()}`);
    return found;
  }

  /** What came, e.g. `100 180 487`, or `INVITE ACK` for requests. */
  log(): string {
    return this.inbox
      .map((message) => (message.kind === "request" ? message.method : String(message.status)))
      .join(" ");
  }
}
