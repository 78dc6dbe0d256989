import { fault, type Read, value } from "./read.ts";

/**
 * One information element as on the air (EN 300 175-5 §7.5.1):
 * id 0x00-0x7F variable length (id, length, content); 0xE0-0xEF double octet (id, one octet of content);
 * all others single octet (the octet is the element, content is empty).
 */
export interface Element {
  readonly id: number;
  readonly content: Uint8Array;
}

export function isVariable(id: number): boolean {
  return id < 0x80;
}

export function isDouble(id: number): boolean {
  return (id & 0xf0) === 0xe0;
}

/** Content beyond what the kind of element can hold is cut off. */
export function encodeElements(elements: readonly Element[]): Uint8Array {
  const octets: number[] = [];
  for (const { id, content } of elements) {
    if (isVariable(id)) octets.push(id, Math.min(content.length, 255), ...content.subarray(0, 255));
    else if (isDouble(id)) octets.push(id, content[0] ?? 0);
    else octets.push(id);
  }
  return Uint8Array.from(octets);
}

/** Contents are views into `octets`. */
export function decodeElements(octets: Uint8Array): Read<readonly Element[]> {
  const elements: Element[] = [];
  let at = 0;
  while (at < octets.length) {
    const id = octets[at] ?? 0;
    let start = at + 1;
    let length = 0;
    if (isDouble(id)) length = 1;
    else if (isVariable(id)) {
      if (start >= octets.length) return fault("element cut off");
      length = octets[start] ?? 0;
      start += 1;
    }
    if (start + length > octets.length) return fault("element cut off");
    elements.push({ id, content: octets.subarray(start, start + length) });
    at = start + length;
  }
  return value(elements);
}

/** The first element of this id. */
export function elementOf(elements: readonly Element[], id: number): Element | null {
  return elements.find((element) => element.id === id) ?? null;
}
