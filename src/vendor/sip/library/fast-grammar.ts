import { Grammar, NameAddrHeader, URI } from "sip.js/lib/grammar/index.js";

/**
 * sip.js's PEG parser rebuilds its tables on each of the ~10 calls for one message: 1.2-1.8 ms of CPU (sipjs.md §0).
 * The hub hands it canonical text only, so a few exact forms cover nearly all; anything else still goes to the PEG.
 */
type Parse = typeof Grammar.parse;

export const grammarFigures = { fast: 0, slow: 0 };

const uri = "sip:([A-Za-z0-9_-]+)@((?:hub|hidden|route)\\.invalid)";
const forms = {
  requestLine: new RegExp(`^([A-Z]{3,10}) ${uri} SIP/2\\.0$`),
  statusLine: /^SIP\/2\.0 ([1-6]\d\d) ([A-Za-z0-9 ]*)$/,
  via: /^SIP\/2\.0\/UDP (hub\.invalid);branch=(z9hG4bK[A-Za-z0-9]+)$/,
  address: new RegExp(`^<${uri}>(?:;(tag|expires)=([A-Za-z0-9._-]+))?$`),
  cseq: /^(\d{1,10}) ([A-Z]{3,10})$/,
  callId: /^[A-Za-z0-9\-.!%*_+`'~()<>:\\"/[\]?{}]+(?:@[A-Za-z0-9\-.!%*_+`'~()<>:\\"/[\]?{}]+)?$/,
  // Without leading zeros: the grammar would drop them.
  number: /^(?:0|[1-9]\d{0,8})$/,
};

/** The value sip.js's grammar gives for one of the canonical forms; null when it is another. */
export function parseCanonical(input: string, rule: string): unknown {
  switch (rule) {
    case "Request_Response":
      return parseStart(input);
    case "Via":
      return parseVia(input);
    case "From":
    case "To":
      return parseAddress(input, "tag");
    case "Contact":
      return listed(input, parseAddress(input, "expires"));
    case "Record_Route":
      return listed(input, input.includes(";") ? null : parseAddress(input, "tag"));
    case "CSeq":
      return parseSequence(input);
    case "Call_ID":
      return forms.callId.test(input) ? input : null;
    case "Content_Length":
      return forms.number.test(input) ? Number(input) : null;
    case "Content_Type":
      return input === "application/sdp" || input === "application/dtmf-relay" ? input : null;
    default:
      return null;
  }
}

function parseStart(input: string): unknown {
  const request = forms.requestLine.exec(input);
  if (request !== null)
    return { method: request[1], uri: new URI("sip", request[2] ?? "", request[3] ?? ""), sip_version: "SIP/2.0" };
  const response = forms.statusLine.exec(input);
  if (response === null) return null;
  return { sip_version: "SIP/2.0", status_code: Number(response[1]), reason_phrase: response[2] };
}

function parseVia(input: string): unknown {
  const match = forms.via.exec(input);
  if (match === null) return null;
  return { protocol: "SIP", transport: "UDP", host_type: "domain", host: match[1], branch: match[2] };
}

function parseAddress(input: string, param: "tag" | "expires"): NameAddrHeader | null {
  const match = forms.address.exec(input);
  if (match === null || (match[3] !== undefined && match[3] !== param)) return null;
  if (param === "expires" && match[4] !== undefined && !forms.number.test(match[4])) return null;
  const address = new URI("sip", match[1] ?? "", match[2] ?? "");
  return new NameAddrHeader(address, "", match[3] === undefined ? {} : { [match[3]]: match[4] ?? "" });
}

function listed(input: string, parsed: NameAddrHeader | null): unknown {
  return parsed === null ? null : [{ position: 0, offset: input.length, parsed }];
}

function parseSequence(input: string): unknown {
  const match = forms.cseq.exec(input);
  return match === null ? null : { value: Number(match[1]), method: match[2] };
}

let slowParse: Parse | null = null;

/** Puts the fast forms before sip.js's own parser, once for the process. */
export function installFastGrammar(): void {
  if (slowParse !== null) return;
  const slow = Grammar.parse;
  slowParse = slow;
  Grammar.parse = (input, rule) => {
    const parsed = parseCanonical(input, rule);
    if (parsed !== null) {
      grammarFigures.fast++;
      return parsed;
    }
    grammarFigures.slow++;
    return slow(input, rule);
  };
}

/** sip.js's own parser, to compare with. */
export function parseByPeg(input: string, rule: string): unknown {
  return (slowParse ?? Grammar.parse)(input, rule);
}
