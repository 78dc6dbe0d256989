import type { Address } from "../../message/media.ts";
import type { AccountCore } from "./library/account-core.ts";
import type { SipRequest } from "./wire/message.ts";
import { readUri } from "./wire/name-addr.ts";

/**
 * The account a request outside a dialog is for: the one whose Contact it names; a registered one whose user it
 * names; the one whose server it comes from (a trunk may put any number there); else a direct line, the one to that peer first.
 */
export function accountFor(
  request: SipRequest,
  source: Address,
  accounts: readonly AccountCore[],
  addressOf: (host: string) => string | null,
): AccountCore | null {
  const user = readUri(request.uri)?.user ?? "";
  const isServer = ({ account: { server } }: AccountCore) => source.address === addressOf(server.host);
  const direct = accounts.filter(({ account }) => account.mode === "direct");
  const registering = accounts.filter(({ account }) => account.mode === "register");
  return (
    accounts.find(({ token }) => token === user) ??
    registering.find(({ account }) => account.user === user) ??
    registering.find((one) => isServer(one) && source.port === one.account.server.port) ??
    direct.find(isServer) ??
    direct[0] ??
    (request.method === "OPTIONS" && user === "" ? (accounts[0] ?? null) : null)
  );
}
