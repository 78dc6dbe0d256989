/** What the upper half counts: without other calls beside it a call gets other ones. */
const counted = /^(rtp|timer|leg|sip|cc|usb|record)[:].*[0-9]+$/;
/** Numbers of the same kind, by their key. */
const countedKeys = new Set(["channel", "id"]);

/** Which of its own names the upper half gave then, and which it gives now. */
export class Ids {
  readonly #now = new Map<string, string>();
  readonly #then = new Map<string, string>();

  /** What was said then is what is said now, but for such names, each always for the same one. */
  same(then: unknown, now: unknown, key = ""): boolean {
    if (typeof then === "string" && typeof now === "string")
      return counted.test(then) && counted.test(now) ? this.#bind(then, now) : then === now;
    if (typeof then === "number" && typeof now === "number" && countedKeys.has(key))
      return this.#bind(`${key} ${then}`, `${key} ${now}`);
    if (typeof then !== "object" || typeof now !== "object" || then === null || now === null) return then === now;
    const [before, after] = [Object.entries(then), Object.entries(now)];
    return (
      before.length === after.length &&
      before.every(([name, value], at) => {
        const [other, its] = after[at] ?? [];
        return name === other && this.same(value, its, Array.isArray(then) ? key : name);
      })
    );
  }

  /** A copy with the names of now. */
  renamed<T>(value: T): T {
    return this.#renamed(value) as T; // strings become strings, all else is as it was
  }

  #renamed(value: unknown): unknown {
    if (typeof value === "string") return this.#now.get(value) ?? value;
    if (Array.isArray(value)) return value.map((item) => this.#renamed(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.#renamed(item)]));
  }

  #bind(then: string, now: string): boolean {
    const [bound, from] = [this.#now.get(then), this.#then.get(now)];
    if (bound === undefined && from === undefined) {
      this.#now.set(then, now);
      this.#then.set(now, then);
      return true;
    }
    return bound === now && from === then;
  }
}
