import type { PhoneName } from "../../message/name.ts";
import type { Key } from "../phone/telephone.ts";

const known = "0123456789*#ABCDR";

/** The keys of a string such as `*21#`. Throws a sentence for anything a phone has no key for. */
export function readKeys(keys: string, phone: PhoneName): readonly Key[] {
  if (keys === "") throw new Error(`${phone}: no key to press; give keys from ${known}`);
  return [...keys].map((key) => {
    if (!known.includes(key)) throw new Error(`${phone} has no key "${key}": press keys from ${known}`);
    return key as Key; // one character of `known`
  });
}
