import type { Event } from "../../../src/message/event.ts";
import type { LocalMedia } from "../../../src/message/media.ts";
import type { SipCommand, SipEvent, SipLeg } from "../../../src/message/sip.ts";
import { systemClock } from "../../../src/vendor/clock/clock.ts";
import type { SipAccount } from "../../../src/vendor/sip/options.ts";
import { type SipVendor, startSip } from "../../../src/vendor/sip/sip.ts";
import { Bell, until } from "../harness/until.ts";

type CommandBody<C> = C extends SipCommand ? Omit<C, "world" | "line"> : never;

export const media: LocalMedia = {
  endpoint: "rtp:0",
  codecs: [{ format: "PCMU", payloadType: 0 }],
  eventPayloadType: 101,
  direction: "sendrecv",
};

export function account(over: Partial<SipAccount>): SipAccount {
  return {
    line: "line:test",
    mode: "direct",
    user: "house",
    authUser: "house",
    password: "",
    displayName: "House",
    domain: "127.0.0.1",
    server: { host: "127.0.0.1", port: 5060 },
    expiresSeconds: 60,
    ...over,
  };
}

/** The SIP side on a real socket, with a small upper half. */
export class RealHouse {
  readonly events: SipEvent[] = [];
  readonly reports: string[] = [];
  readonly #account: SipAccount;
  readonly #bell = new Bell();
  #vendor: SipVendor | null = null;
  react: (event: SipEvent) => void = () => {};

  private constructor(its: SipAccount) {
    this.#account = its;
  }

  static async start(port: number, its: SipAccount): Promise<RealHouse> {
    const house = new RealHouse(its);
    const post = (event: Event) => {
      if (event.world !== "sip") return;
      house.events.push(event);
      house.react(event);
      house.#bell.ring();
    };
    const report = (peer: string, problem: string) => house.reports.push(`${peer} ${problem}`);
    const options = { listen: { address: "127.0.0.1", port }, mediaAddress: null, userAgent: "Offhook" };
    house.#vendor = await startSip({ ...options, accounts: [its] }, post, systemClock, () => 4000, report);
    return house;
  }

  get vendor(): SipVendor {
    if (this.#vendor === null) throw new Error("not started");
    return this.#vendor;
  }

  do(command: CommandBody<SipCommand>): void {
    this.vendor.perform({ ...command, world: "sip", line: this.#account.line } as SipCommand); // the two parts left out
  }

  call(leg: SipLeg, to: string): void {
    this.do({ kind: "invite", leg, to, from: { number: "611", name: "Anna" }, media });
  }

  /** Takes every call at once, and lets go of what has ended. */
  answersAll(): void {
    this.react = (event) => {
      if (event.kind === "invited") {
        for (const kind of ["trying", "ring"] as const) this.do({ kind, leg: event.leg });
        this.do({ kind: "accept", leg: event.leg, media });
      }
      if (event.kind === "ended" || event.kind === "cancelled")
        this.do({ kind: "release", leg: event.leg, cause: "normal" });
    };
  }

  /** Resolves with the nth event of a kind. */
  event<Kind extends SipEvent["kind"]>(
    kind: Kind,
    deadlineMs = 10_000,
    nth = 0,
  ): Promise<Extract<SipEvent, { readonly kind: Kind }>> {
    const wait = { what: `${kind} (${nth})`, deadlineMs, evidence: () => JSON.stringify(this.events) };
    return until(this.#bell, wait, () => {
      const found = this.events.filter((event) => event.kind === kind)[nth];
      return found === undefined ? null : (found as Extract<SipEvent, { readonly kind: Kind }>); // by its kind
    });
  }

  story(): string {
    return this.events.map(({ kind }) => kind).join(" ");
  }

  close(): Promise<void> {
    return this.vendor.close();
  }
}
