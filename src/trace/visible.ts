/** Of text from outside, at most so many characters. */
const longest = 48;

/**
 * Text from outside as it may stand in a picture: nothing that moves a cursor, turns the direction of writing or is no
 * character of XML, and not too long.
 */
export function visible(text: string): string {
  const letters = [...harmless(text)];
  return letters.length > longest ? `${letters.slice(0, longest - 1).join("")}…` : letters.join("");
}

/** The same at any length. */
export function harmless(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\ufffe\uffff]/gu, "?");
}

/** Between words, but not between a number and its unit. */
const gap = /(?<![0-9]) | (?!(?:s|ms|Hz|%|lost|frames|packets)(?:[ ,;:]|$))/;

/** Lines of at most `width` characters, broken between words where that is possible. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(gap)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (lengthOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    const pieces = piecesOf(word, width);
    line = pieces.pop() ?? "";
    lines.push(...pieces);
  }
  return [...lines, line];
}

/** Characters, not UTF-16 units. */
export function lengthOf(text: string): number {
  return [...text].length;
}

function piecesOf(word: string, width: number): string[] {
  const letters = [...word];
  const pieces: string[] = [];
  for (let at = 0; at < letters.length; at += width) pieces.push(letters.slice(at, at + width).join(""));
  return pieces;
}
