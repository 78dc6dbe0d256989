import type { Identity } from "../message/name.ts";
import type { House } from "../message/plan.ts";
import type { Contact } from "../message/record.ts";

/** Whether a caller has the name by which the house knows him: its own, or that of the newest contact with his number. */
export function isNamed({ number, name }: Identity, house: House, contacts: ReadonlyMap<number, Contact>): boolean {
  if (number === null) return name === null;
  const own = house.phones.find((phone) => phone.number === number);
  if (own !== undefined) return name === own.name;
  const same = [...contacts.values()].filter(({ numbers }) => numbers.some((it) => bare(it) === bare(number)));
  const [newest] = same.sort((a, b) => b.id - a.id);
  return name === (newest?.name ?? null);
}

/** Without what people write between digits. */
function bare(number: string): string {
  return number.replace(/[^\p{L}\d*#+]/gu, "").toLowerCase();
}
