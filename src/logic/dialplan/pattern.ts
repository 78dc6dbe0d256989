/**
 * A dial pattern: literal keys, `x` any digit, `[2-9]` or `[147]` one of a set, and at the end `.` = any further digits.
 * How far a number dialled so far has come along it.
 */
export interface Progress {
  /** All that is needed is there. */
  readonly complete: boolean;
  /** More digits could still match. */
  readonly open: boolean;
}

export interface Pattern {
  readonly text: string;
  /** Null: this pattern can never match what was dialled. */
  match(dialled: string): Progress | null;
}

/** Compiles a pattern whose syntax the configuration has checked; a broken one matches nothing. */
export function compilePattern(text: string): Pattern {
  const endless = text.endsWith(".");
  const sets = readSets(endless ? text.slice(0, -1) : text);
  return { text, match: (dialled) => (sets === null ? null : progress(sets, endless, dialled)) };
}

function progress(sets: readonly string[], endless: boolean, dialled: string): Progress | null {
  if (dialled.length > sets.length && !endless) return null;
  for (let at = 0; at < dialled.length; at++) {
    const allowed = sets[at] ?? ANY;
    if (!allowed.includes(dialled.charAt(at))) return null;
  }
  const complete = dialled.length >= sets.length;
  return { complete, open: endless || !complete };
}

const ANY = "0123456789";

/** One string of allowed keys per position. */
function readSets(text: string): string[] | null {
  const sets: string[] = [];
  for (let at = 0; at < text.length; at++) {
    const key = text.charAt(at);
    if (key === "[") {
      const end = text.indexOf("]", at);
      if (end < 0) return null;
      sets.push(readSet(text.slice(at + 1, end)));
      at = end;
    } else sets.push(key === "x" ? ANY : key);
  }
  return sets;
}

/** `2-9` or `147` or both mixed. */
function readSet(text: string): string {
  return text.replace(/(\d)-(\d)/g, (_, from: string, to: string) => ANY.slice(Number(from), Number(to) + 1));
}
