import { createHash } from "node:crypto";
import {
  type DigestAuthentication,
  type IncomingInviteRequest,
  IncomingRequestMessage,
  IncomingResponseMessage,
  LoggerFactory,
  Parser,
  URI,
  UserAgentCore,
} from "sip.js/lib/core/index.js";
import type { Address } from "../../../message/media.ts";
import type { SipAccount } from "../options.ts";
import { Digest } from "./digest.ts";

/** One account's sip.js user agent core, and how the hub speaks to it. */
export interface AccountCore {
  readonly account: SipAccount;
  /** User part of our Contact: the same after a restart, so that no stale binding rings (sipjs.md §1.3). */
  readonly token: string;
  /** Our Contact URI. */
  readonly contact: string;
  readonly core: UserAgentCore;
  /** Call-IDs of INVITEs given up: a challenge that comes late is not answered for them (sipjs.md trace T4). */
  readonly abandoned: Set<string>;
  /** Hands a canonical message to sip.js; false when its parser refuses it. Throws what sip.js throws. */
  receive(text: string): boolean;
}

export interface AccountCoreUser {
  /** A message of sip.js's to be sent. */
  send(from: AccountCore, text: string): void;
  invited(to: AccountCore, request: IncomingInviteRequest): void;
}

export interface AccountPlace {
  readonly account: SipAccount;
  /** Where the far end reaches us. */
  readonly address: Address;
  readonly userAgent: string;
}

export function createAccountCore(place: AccountPlace, user: AccountCoreUser): AccountCore {
  const { account } = place;
  const token = createHash("sha256")
    .update(`${account.line} ${account.user}@${account.domain}`)
    .digest("hex")
    .slice(0, 12);
  const contact = `sip:${token}@${hostOf(place.address.address)}:${place.address.port}`;
  const loggerFactory = new LoggerFactory();
  loggerFactory.builtinEnabled = false;
  const abandoned = new Set<string>();
  const core: UserAgentCore = new UserAgentCore(
    {
      // Neither is ever seen on the wire: the hub writes both, sip.js only compares the user with the Request-URI.
      aor: new URI("sip", token, "hub.invalid"),
      contact: {
        pubGruu: undefined,
        tempGruu: undefined,
        uri: new URI("sip", token, "hub.invalid"),
        toString: () => `<${contact}>`,
      },
      displayName: "",
      loggerFactory,
      hackViaTcp: false,
      routeSet: [],
      sipjsId: "",
      supportedOptionTags: [],
      supportedOptionTagsResponse: [],
      userAgentHeaderFieldValue: place.userAgent,
      viaForceRport: false,
      viaHost: "hub.invalid",
      authenticationFactory: () => credentialsOf(account, abandoned),
      transportAccessor: () => ({ protocol: "UDP", send: async (text) => user.send(self, text) }),
    },
    { onInvite: (request) => user.invited(self, request) },
  );
  const self: AccountCore = { account, token, contact, core, abandoned, receive: (text) => receive(core, text) };
  return self;
}

/** sip.js names its own class as the type; the three methods it calls are there. */
function credentialsOf(account: SipAccount, abandoned: ReadonlySet<string>): DigestAuthentication {
  const digest = new Digest({ user: account.authUser, password: account.password }, (callId) => !abandoned.has(callId));
  return digest as unknown as DigestAuthentication;
}

function receive(core: UserAgentCore, text: string): boolean {
  const message = Parser.parseMessage(text, core.loggerFactory.getLogger("parser"));
  if (message instanceof IncomingRequestMessage) core.receiveIncomingRequestFromTransport(message);
  else if (message instanceof IncomingResponseMessage) core.receiveIncomingResponseFromTransport(message);
  else return false;
  return true;
}

/** An address as a URI's host: IPv6 in brackets. */
export function hostOf(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
