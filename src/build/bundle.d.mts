/** What esbuild says of one output file. */
export interface Output {
  readonly bytes: number;
  readonly entryPoint?: string;
  readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[];
  readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
}

export declare const entries: Readonly<Record<string, string>>;

/** Bundles the sources under `root` into `dist` (null: nowhere). Resolves with the outputs, by their path. */
export declare function bundle(root: string, dist?: string | null): Promise<Readonly<Record<string, Output>>>;
