import { StringDecoder } from "node:string_decoder";

/**
 * The control socket's protocol: JSON objects, one a line, UTF-8.
 *
 *   client                                         gateway
 *     |-- {"id":1,"command":"lines","args":[]} ------>|
 *     |<- {"id":1,"result":[…]} ----------------------|   or {"id":1,"error":{"code":"refused","message":"…"}}
 *     |-- {"id":2,"command":"events","args":["--follow"]} ->|
 *     |<- {"id":2,"item":{"at":…,"fact":{…}}} --------|   each time; ends when the client closes
 *     |<- {"id":2,"dropped":12} ----------------------|   the client was too slow for 12 of them
 */
export interface Request {
  /** Chosen by the client; comes back with the answer. */
  readonly id: number;
  readonly command: string;
  readonly args: readonly string[];
}

export type Reply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly item: unknown }
  | { readonly id: number; readonly dropped: number }
  /** Null id: the line could not be read that far. */
  | { readonly id: number | null; readonly error: { readonly code: "usage" | "refused"; readonly message: string } };

/** Longest line accepted, octets. */
export const longestLine = 64 * 1024;

const mostArguments = 80;

/** Reads a request; a sentence when it is none. */
export function readRequest(line: string): Request | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'not JSON — write {"id":1,"command":"status","args":[]} on one line';
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "not a JSON object";
  const { id, command, args = [] }: { id?: unknown; command?: unknown; args?: unknown } = value;
  if (typeof id !== "number" || !Number.isSafeInteger(id)) return '"id" has to be a whole number';
  if (typeof command !== "string") return '"command" has to be text';
  if (!Array.isArray(args) || args.length > mostArguments) return `"args" has to be a list of at most ${mostArguments}`;
  if (!args.every((arg): arg is string => typeof arg === "string")) return '"args" has to be a list of texts';
  return { id, command, args };
}

/** Cuts a stream of octets into lines; a line that grows past `limit` is told once, and ends the reading. */
export class LineReader {
  readonly #decoder = new StringDecoder("utf8");
  readonly #limit: number;
  #rest = "";
  #over = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The lines completed by `chunk`; null when one is too long. */
  push(chunk: Buffer): readonly string[] | null {
    if (this.#over) return null;
    // A long line comes in many chunks: only what is new is searched.
    const [head = "", ...tail] = this.#decoder.write(chunk).split("\n");
    const lines = [this.#rest + head, ...tail];
    this.#rest = lines.pop() ?? "";
    this.#over = this.#rest.length > this.#limit || lines.some((line) => line.length > this.#limit);
    return this.#over ? null : lines.filter((line) => line.trim() !== "");
  }
}
