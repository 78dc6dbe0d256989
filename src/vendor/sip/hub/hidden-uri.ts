import { URI } from "sip.js/lib/grammar/uri.js";

/**
 * sip.js drops messages whose URIs its grammar does not know (tel:, `#`, UTF-8) and rewrites reserved characters in
 * those it does (sipjs.md §1.3, §1.7). So it never sees a foreign URI: the hub shows it `sip:<base64url>@hidden.invalid`
 * and puts the true one back on the way out. Nothing has to be remembered.
 */
const uriHost = "hidden.invalid";
const routeHost = "route.invalid";
const hidden = /sip:([A-Za-z0-9_-]+)@hidden\.invalid|<sip:([A-Za-z0-9_-]+)@route\.invalid>/g;

export function hideUri(uri: string): string {
  return `sip:${encode(uri)}@${uriHost}`;
}

/** A whole Record-Route element, its brackets and parameters included. */
export function hideRoute(route: string): string {
  return `<sip:${encode(route)}@${routeHost}>`;
}

/** A hidden URI as sip.js's own type. */
export function hiddenUri(uri: string): URI {
  return new URI("sip", encode(uri), uriHost);
}

/** Puts everything hidden in `text` back; text that was never hidden stays. */
export function reveal(text: string): string {
  if (!text.includes(".invalid")) return text;
  return text.replace(hidden, (_, uri: string | undefined, route: string | undefined) =>
    Buffer.from(uri ?? route ?? "", "base64url").toString("utf8"),
  );
}

function encode(text: string): string {
  return Buffer.from(text, "utf8").toString("base64url");
}
