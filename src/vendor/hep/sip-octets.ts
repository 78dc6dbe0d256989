const headerEnd = "\r\n\r\n";
const callIdLine = /^(?:call-id|i)[ \t]*:[ \t]*(\S{1,255})/im;
const credentialsLine = /^(?:proxy-)?authorization[ \t]*:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*/gim;
const digest = /^[^:]*:\s*digest\b/i;
const response = /(\bresponse[ \t]*=[ \t]*)("[^"]*"|[^",\s]+)/gi;
const basic = /^([^:]*:\s*\S+\s)(.*)$/s;

/** Of a message as it is on the wire, whole or damaged; null when it has none. */
export function callIdOf(octets: Uint8Array): string | null {
  return callIdLine.exec(headOf(octets))?.[1] ?? null;
}

/**
 * The message with the response of each digest replaced by as many `x`, and credentials of another scheme as a whole: from
 * the response and the rest of the header a short password can be found by trying. All other octets are as they were.
 */
export function withoutCredentials(octets: Uint8Array): Uint8Array {
  const head = headOf(octets);
  if (!/authorization/i.test(head)) return octets;
  const copy = Buffer.from(octets);
  copy.write(head.replace(credentialsLine, hidden), "latin1");
  return copy;
}

function hidden(line: string): string {
  const crossed = (text: string): string => text.replaceAll(/[^"\s]/g, "x");
  if (!digest.test(line)) return line.replace(basic, (_, before: string, rest: string) => before + crossed(rest));
  return line.replace(response, (_, before: string, value: string) => before + crossed(value));
}

/** Octet by octet, so that lengths stay. */
function headOf(octets: Uint8Array): string {
  const buffer = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  const end = buffer.indexOf(headerEnd);
  return buffer.toString("latin1", 0, end < 0 ? buffer.length : end);
}
