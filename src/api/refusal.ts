/** What the gateway answers to people who ask for something it will not or can not do. */
export class Refusal extends Error {
  /** `usage`: the command was written wrongly (exit code 2); `refused`: it makes no sense now (exit code 1). */
  readonly code: "usage" | "refused";

  constructor(code: "usage" | "refused", sentence: string) {
    super(sentence);
    this.code = code;
  }
}

/** The command is written wrongly. */
export function wrongUsage(sentence: string): Refusal {
  return new Refusal("usage", sentence);
}

/** The command is right, but not now or not here. */
export function refused(sentence: string): Refusal {
  return new Refusal("refused", sentence);
}
