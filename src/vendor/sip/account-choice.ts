import type { Address } from "../../message/media.ts";
import type { AccountCore } from "./library/account-core.ts";
import type { SipRequest } from "./wire/message.ts";
import { readUri } from "./wire/name-addr.ts";

/**
 * The account a request outside a dialog is for: the one whose Contact it names; a registered one whose user it
 * names; the one whose server it comes from (a trunk may put any number there); else the direct line.
 */
export function accountFor(
  request: SipRequest,
  source: Address,
  accounts: readonly AccountCore[],
  addressOf: (host: string) => string | null,
): AccountCore | null {
  const user = readUri(request.uri)?.user ?? "";
  const registering = accounts.filter(({ account }) => account.mode === "register");
  return (
    accounts.find(({ token }) => token === user) ??
    registering.find(({ account }) => account.user === user) ??
    registering.find(
      ({ account: { server } }) => source.port === server.port && source.address === addressOf(server.host),
    ) ??
    accounts.find(({ account }) => account.mode === "direct") ??
    (request.method === "OPTIONS" && user === "" ? (accounts[0] ?? null) : null)
  );
}
