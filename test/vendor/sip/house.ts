import type { Event } from "../../../src/message/event.ts";
import type { Address, LocalMedia } from "../../../src/message/media.ts";
import type { SipCommand, SipEvent, SipLeg } from "../../../src/message/sip.ts";
import { installFastGrammar } from "../../../src/vendor/sip/library/fast-grammar.ts";
import type { SipAccount } from "../../../src/vendor/sip/options.ts";
import type { SipTap } from "../../../src/vendor/sip/sip.ts";
import { SipSide } from "../../../src/vendor/sip/sip-side.ts";
import type { VirtualNetwork } from "./virtual-network.ts";

type OneOf<Kind extends SipEvent["kind"]> = Extract<SipEvent, { readonly kind: Kind }>;
type CommandBody<C> = C extends SipCommand ? Omit<C, "world" | "line"> : never;

export const media: LocalMedia = {
  endpoint: "rtp:0",
  codecs: [
    { format: "PCMA", payloadType: 8 },
    { format: "PCMU", payloadType: 0 },
  ],
  eventPayloadType: 101,
  direction: "sendrecv",
};

/** A direct line whose peer is `server`. */
export function directLine(server: Address, over: Partial<SipAccount> = {}): SipAccount {
  return {
    line: "line:local",
    mode: "direct",
    user: "house",
    authUser: "house",
    password: "",
    displayName: "House",
    domain: server.address,
    server: { host: server.address, port: server.port },
    expiresSeconds: 60,
    ...over,
  };
}

/** The SIP side on the virtual network, with what it posted and reported. */
export class House {
  readonly events: SipEvent[] = [];
  readonly reports: string[] = [];
  readonly side: SipSide;
  readonly network: VirtualNetwork;
  readonly line: SipAccount["line"];
  /** Called at every event, as the upper half would be. */
  react: (event: SipEvent) => void = () => {};

  constructor(network: VirtualNetwork, at: Address, accounts: readonly SipAccount[], tap: SipTap | null = null) {
    installFastGrammar();
    this.network = network;
    this.line = accounts[0]?.line ?? "line:none";
    const options = { listen: at, mediaAddress: null, userAgent: "Offhook", accounts };
    this.side = new SipSide(options, network.flow(at), {
      post: (event: Event) => {
        if (event.world !== "sip") return;
        this.events.push(event);
        this.react(event);
      },
      clock: network.clock,
      mediaPort: (endpoint) => 4000 + 2 * Number(endpoint.slice("rtp:".length)),
      report: (peer, problem) => this.reports.push(`${peer} ${problem}`),
      random: () => 0.5,
      tap,
    });
  }

  do(command: CommandBody<SipCommand>): void {
    this.side.perform({ ...command, world: "sip", line: this.line } as SipCommand); // the two parts left out above
  }

  call(leg: SipLeg, to = "600"): void {
    this.do({ kind: "invite", leg, to, from: { number: "611", name: "Anna" }, media });
  }

  /** The kinds posted, e.g. `ringing answered ended`. */
  story(): string {
    return this.events.map((event) => event.kind).join(" ");
  }

  find<Kind extends SipEvent["kind"]>(kind: Kind): OneOf<Kind> {
    const found = this.events.findLast((event) => event.kind === kind);
    if (found === undefined) throw new Error(`no ${kind} among: ${this.story()}; reports: ${this.reports.join("; ")}`);
    return found as OneOf<Kind>; // looked for by its kind
  }

  async close(): Promise<void> {
    let closed = false;
    this.side.close().then(() => {
      closed = true;
    });
    for (let turn = 0; turn < 50 && !closed; turn++) await this.network.pass(100);
    if (!closed) throw new Error("close() did not end");
  }
}
