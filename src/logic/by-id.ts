/** Lists in the order of their entries' ids: whoever comes with the highest id so far, which is usual, is just put last. */

interface Identified {
  readonly id: number;
}

export function insert<Entry extends Identified>(list: Entry[], entry: Entry): void {
  const last = list.at(-1);
  if (last === undefined || last.id < entry.id) list.push(entry);
  else list.splice(place(list, entry.id), 0, entry);
}

/** Takes the entry out; null when it is not there. */
export function withdraw<Entry extends Identified>(list: Entry[], id: number): Entry | null {
  const at = place(list, id);
  const entry = list[at];
  if (entry?.id !== id) return null;
  list.splice(at, 1);
  return entry;
}

/** Where the first entry with that id or a higher one is, by halving. */
function place(list: readonly Identified[], id: number): number {
  let [from, to] = [0, list.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((list[middle]?.id ?? id) < id) from = middle + 1;
    else to = middle;
  }
  return from;
}
