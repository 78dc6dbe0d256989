export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

const name = "[A-Za-z][A-Za-z0-9-]*";
const reference = /&(?:amp|lt|gt|quot|#39);/g;

/**
 * The elements of an XML 1.0 document of elements, attributes and text, and its text.
 * @throws Error where it is not well-formed
 */
export function readXml(document: string): { elements: readonly Element[]; text: string } {
  const elements: Element[] = [];
  const open: string[] = [];
  let text = "";
  let at = 0;
  const token = new RegExp(`<(/?)(${name})((?: ${name}="[^"<]*")*)(/?)>|([^<]+)`, "y");
  while (at < document.length) {
    token.lastIndex = at;
    const found = token.exec(document);
    if (found === null) throw new Error(`not well-formed at ${at}: ${document.slice(at, at + 80)}`);
    at = token.lastIndex;
    const [, closing, element = "", written = "", empty, words] = found;
    if (words !== undefined) text += characters(words);
    else if (closing === "/") {
      if (open.pop() !== element) throw new Error(`</${element}> closes nothing`);
    } else {
      const attributes = [...written.matchAll(new RegExp(`(${name})="([^"]*)"`, "g"))];
      elements.push({
        name: element,
        attributes: new Map(attributes.map(([, key = "", value = ""]) => [key, characters(value)])),
      });
      if (empty !== "/") open.push(element);
    }
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join(" ")}`);
  return { elements, text };
}

/** Character data: an ampersand begins one of the references, and every character is one of XML (XML 1.0 §2.2). */
function characters(words: string): string {
  if (words.replaceAll(reference, "").includes("&")) throw new Error(`a bare ampersand: ${words}`);
  for (const letter of words) {
    const code = letter.codePointAt(0) ?? 0;
    const good =
      code === 9 ||
      code === 10 ||
      (code >= 32 && code < 0xd800) ||
      (code > 0xdfff && code !== 0xfffe && code !== 0xffff);
    if (!good) throw new Error(`U+${code.toString(16)} is no character of XML`);
  }
  const signs: Readonly<Record<string, string>> = {
    "&amp;": "&",
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&#39;": "'",
  };
  return words.replaceAll(reference, (sign) => signs[sign] ?? "");
}
