import { cseq, header, type SipMessage, type SipRequest, type SipResponse } from "../../src/vendor/sip/wire/message.ts";

/** The far end's own timers are short: nobody waits for T1 a thousand times, ms. */
const repeatEvery = 60;

/** What a dialog needs of the far end that has it. */
export interface Wire {
  readonly address: string;
  readonly port: number;
  readonly rtpPort: number;
  send(text: string): void;
}

/** One call of a far end that keeps to RFC 3261, seen from its side. */
export class FarDialog {
  state: "calling" | "ringing" | "up" | "over" = "calling";
  /** Final status of the INVITE. */
  status: number | null = null;
  /** Where the house wants its sound. */
  rtpPort: number | null = null;
  readonly callId: string;
  readonly #wire: Wire;
  readonly #number: string;
  /** The INVITE that came; null when it is ours. */
  readonly #invite: SipRequest | null;
  #sequence = 1;
  #theirTag = "";
  #target: string;
  #repeats: NodeJS.Timeout | null = null;
  #last = "";
  #acknowledgement = "";
  #wantsToEnd = false;

  /** Calls the house. */
  static call(wire: Wire, housePort: number, number: string, name: string): FarDialog {
    const dialog = new FarDialog(wire, name, number, `sip:${number}@${wire.address}:${housePort}`, null);
    dialog.#ask(dialog.#request("INVITE", 1, dialog.#sdp()));
    return dialog;
  }

  /** Is called: rings. */
  static ring(wire: Wire, invite: SipRequest): FarDialog {
    const target = /<([^>]+)>/.exec(header(invite, "contact") ?? "")?.[1] ?? "";
    const dialog = new FarDialog(wire, header(invite, "call-id") ?? "", "700", target, invite);
    dialog.rtpPort = portOf(invite.body);
    dialog.#theirTag = tagOf(header(invite, "from"));
    dialog.state = "ringing";
    dialog.#answer(invite, "180 Ringing");
    return dialog;
  }

  private constructor(wire: Wire, callId: string, number: string, target: string, invite: SipRequest | null) {
    this.#wire = wire;
    this.callId = callId;
    this.#number = number;
    this.#target = target;
    this.#invite = invite;
  }

  accept(): void {
    if (this.#invite === null || this.state !== "ringing") return;
    this.state = "up";
    const invite = this.#invite;
    this.#again(() => this.#answer(invite, "200 OK", this.#sdp()));
  }

  /** BYE, CANCEL or 486: whatever ends it. */
  end(): void {
    if (this.state === "over") return;
    this.#wantsToEnd = true;
    if (this.state === "up") this.#ask(this.#request("BYE", ++this.#sequence));
    else if (this.#invite !== null) this.#refuse("486 Busy Here");
    // Nothing may be cancelled that was not heard yet: the first answer is waited for.
    else if (this.state === "ringing") this.#cancel();
  }

  take(message: SipMessage): void {
    if (message.kind === "response") this.#response(message);
    else this.#asked(message);
  }

  close(): void {
    this.#stopRepeats();
    this.state = "over";
  }

  #response(response: SipResponse): void {
    const { method } = cseq(response);
    if (method === "INVITE") return this.#invited(response);
    if (response.status < 200) return;
    this.#stopRepeats();
    if (method === "BYE") this.state = "over";
    else if (method === "CANCEL") this.#last = "";
  }

  #invited(response: SipResponse): void {
    const { status } = response;
    this.#theirTag = tagOf(header(response, "to")) || this.#theirTag;
    // Only the INVITE's own repeats end: a CANCEL may be under way.
    if (this.state === "calling") this.#stopRepeats();
    if (status < 200) {
      if (this.state === "calling") this.state = "ringing";
      if (this.#wantsToEnd) this.#cancel();
      return;
    }
    if (this.status !== null) return this.#wire.send(this.#acknowledgement);
    this.#stopRepeats();
    this.status = status;
    this.#target = /<([^>]+)>/.exec(header(response, "contact") ?? "")?.[1] ?? this.#target;
    this.#acknowledgement = this.#request("ACK", 1, "", status < 300 ? "z9hG4bKack" : "z9hG4bKinvite");
    this.#wire.send(this.#acknowledgement);
    this.state = status < 300 ? "up" : "over";
    this.rtpPort = portOf(response.body);
    if (this.#wantsToEnd) this.end();
  }

  #asked(request: SipRequest): void {
    const { method } = request;
    if (method === "ACK") return this.#stopRepeats();
    if (method === "INVITE" && tagOf(header(request, "to")) === "") {
      if (this.#last !== "") this.#wire.send(this.#last);
      return;
    }
    if (method === "CANCEL") {
      this.#answer(request, "200 OK");
      if (this.state === "ringing") this.#refuse("487 Request Terminated");
      return;
    }
    this.#answer(request, "200 OK", method === "INVITE" ? this.#sdp() : "");
    if (method === "BYE") this.close();
  }

  #refuse(status: string): void {
    const invite = this.#invite;
    if (invite === null) return;
    this.state = "over";
    this.#again(() => this.#answer(invite, status));
  }

  #cancel(): void {
    if (this.status !== null) return;
    this.#ask(this.#request("CANCEL", 1, "", "z9hG4bKinvite"));
  }

  #ask(text: string): void {
    this.#again(() => this.#wire.send(text));
  }

  #again(say: () => void): void {
    this.#stopRepeats();
    let left = 40;
    this.#repeats = setInterval(() => {
      left -= 1;
      if (left < 0) this.#stopRepeats();
      else say();
    }, repeatEvery);
    say();
  }

  #stopRepeats(): void {
    if (this.#repeats !== null) clearInterval(this.#repeats);
    this.#repeats = null;
  }

  #answer(request: SipRequest, status: string, body = ""): void {
    const to = header(request, "to") ?? "";
    const lines = [
      `SIP/2.0 ${status}`,
      `Via: ${header(request, "via")}`,
      `From: ${header(request, "from")}`,
      `To: ${to.includes(";tag=") ? to : `${to};tag=far`}`,
      `Call-ID: ${this.callId}`,
      `CSeq: ${header(request, "cseq")}`,
      `Contact: <sip:far@${this.#wire.address}:${this.#wire.port}>`,
    ];
    const text = whole(lines, body);
    if (request.method === "INVITE") this.#last = text;
    this.#wire.send(text);
  }

  #request(method: string, sequence: number, body = "", branch = `z9hG4bK${method}${sequence}`): string {
    const { address, port } = this.#wire;
    // As the caller it is From, as the called one as well: whoever asks is.
    const [from, to] = [`<sip:far@${address}:${port}>;tag=far`, `<sip:${this.#number}@${address}>`];
    const tag = this.#theirTag === "" || method === "CANCEL" ? "" : `;tag=${this.#theirTag}`;
    const lines = [
      `${method} ${this.#target} SIP/2.0`,
      `Via: SIP/2.0/UDP ${address}:${port};branch=${branch.replace("INVITE1", "invite")}${this.callId}`,
      "Max-Forwards: 70",
      `From: "Far" ${from}`,
      `To: ${to}${method === "INVITE" ? "" : tag}`,
      `Call-ID: ${this.callId}`,
      `CSeq: ${sequence} ${method}`,
      `Contact: <sip:far@${address}:${port}>`,
    ];
    return whole(lines, body);
  }

  #sdp(): string {
    const { address, rtpPort } = this.#wire;
    const media = [`m=audio ${rtpPort} RTP/AVP 8 0 101`, "a=rtpmap:101 telephone-event/8000"];
    return ["v=0", `o=- 1 1 IN IP4 ${address}`, "s=-", `c=IN IP4 ${address}`, "t=0 0", ...media, ""].join("\r\n");
  }
}

function whole(lines: readonly string[], body: string): string {
  const type = body === "" ? [] : ["Content-Type: application/sdp"];
  return [...lines, ...type, `Content-Length: ${Buffer.byteLength(body)}`, "", body].join("\r\n");
}

function tagOf(party: string | null): string {
  return /;tag=([^;>\s]+)/.exec(party ?? "")?.[1] ?? "";
}

function portOf(body: string): number | null {
  const port = Number(/^m=audio (\d+)/m.exec(body)?.[1] ?? 0);
  return port === 0 ? null : port;
}
