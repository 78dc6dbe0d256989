import { causes } from "../message/cause.ts";
import type { House } from "../message/plan.ts";
import { NumberMask } from "./numbers.ts";

/** Names that the gateway gives, not people. */
const own =
  /^(?:(?:handset|port|base|dongle|rtp|call|leg|timer|conference):[0-9]+|usb:(?:base|dongle):[0-9]+:[0-9]+|(?:sip|cc):(?:in|out)-[0-9]+|service:echo)$/;
/** Keys whose value is one of a few words of the gateway's own vocabulary. */
const vocabulary =
  /^(?:world|kind|cause|country|direction|dtmf|signal|feed|standard|tone|result|service|what|from|format|formats|codecs|codec|memory|state)$/;
const word = /^[a-zA-Z][a-zA-Z0-9/_-]{0,31}$/;
/** Rules of the dial plan: what numbers mean comes from them, and they stay. */
const plan = /^(?:pattern|prefix|emergency)$/;
const phrases = new Set<string>([
  ...Object.values(causes).map(({ phrase }) => phrase),
  ...["normal", "busy", "rejected", "notInRange", "timerExpiry", "resources", "answeredElsewhere", "unknown"],
  ...["", "Held", "unplugged", "attached again", "Unauthorized", "Moved Temporarily", "Bad Request"],
]);

/**
 * Replaces everything in events and commands that somebody outside gave: the same by the same, all through a capsule.
 * What is not known to be the gateway's own is replaced, too.
 */
export class Pseudonyms {
  readonly numbers: NumberMask;
  readonly #given = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  constructor(house: House, secret: string) {
    this.numbers = new NumberMask(house, secret);
  }

  /** A copy with the same keys in the same order. */
  of<T>(value: T): T {
    return this.#any(value, "", "") as T; // strings become strings, all else is as it was
  }

  #any(value: unknown, key: string, parent: string): unknown {
    if (typeof value === "string") return this.#text(value, key, parent);
    if (Array.isArray(value)) return value.map((item) => this.#any(item, key, parent));
    if (typeof value !== "object" || value === null) return value;
    const about = "kind" in value && typeof value.kind === "string" ? value.kind : key;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.#any(item, name, about)]));
  }

  #text(text: string, key: string, parent: string): string {
    if (own.test(text) || plan.test(key)) return text;
    if (text.startsWith("line:")) return `line:${this.#nth("line ", text).slice("line ".length)}`;
    switch (key) {
      case "number":
      case "numbers":
      case "dialled":
      case "to":
        return this.numbers.of(text);
      case "name":
        return parent === "start" ? text : text === "" ? text : this.#nth("Name ", text);
      case "address":
        return this.#address(text);
      case "server":
        return text === "" ? text : `${this.#nth("server", text)}.example`;
      case "keypad":
      case "digit":
        return [...text].map(maskedKey).join("");
      default:
        return this.#words(text, key);
    }
  }

  /** `lost: REASON`, `486 REASON`, JSON in a string; a word of ours; else a text like another. */
  #words(text: string, key: string): string {
    if (key === "event" || (key === "state" && text.startsWith("{"))) return this.#json(text);
    if (key === "owner" || phrases.has(text) || /^for [0-9]+ s$/.test(text)) return text;
    const [, before = "", after = null] = /^(lost: |not saved: |[0-9]{3} )(.*)$/s.exec(text) ?? [];
    if (after !== null) return before + this.#words(after, "reason");
    if (vocabulary.test(key) && word.test(text)) return text;
    if (/^codecs?$|^format/.test(key) && /^[A-Za-z0-9:/._-]{1,40}$/.test(text)) return text;
    return this.#nth("Text ", text);
  }

  #json(text: string): string {
    try {
      return JSON.stringify(this.#any(JSON.parse(text), "", ""));
    } catch {
      return this.#nth("Text ", text);
    }
  }

  /** Of the blocks for documentation (RFC 5737, RFC 3849). */
  #address(text: string): string {
    const nth = Number(this.#nth("address ", text).slice("address ".length));
    return text.includes(":") ? `2001:db8::${nth.toString(16)}` : `198.51.${100 + Math.floor(nth / 256)}.${nth % 256}`;
  }

  #nth(kind: string, text: string): string {
    const known = this.#given.get(kind + text);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    this.#given.set(kind + text, kind + count);
    return kind + count;
  }
}

/** A digit is 0; `*`, `#` and register recall (EN 300 175-5 annex D) stay; what is no key goes. */
function maskedKey(sign: string): string {
  if (/[0-9A-D]/i.test(sign)) return "0";
  return "*#\u0015".includes(sign) ? sign : "";
}
