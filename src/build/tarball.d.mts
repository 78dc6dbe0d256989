/** A file of the tarball, by its path from the root of a router. */
export interface TarEntry {
  readonly path: string;
  readonly mode: number;
  readonly data: Buffer;
}

/** What does not depend on the processor: services, rules, the script that makes the user. */
export declare function unitFiles(): readonly TarEntry[];
