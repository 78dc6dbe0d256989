/** What the command line is written to and read from. */
export interface Terminal {
  out(line: string): void;
  err(line: string): void;
  /** Width, when somebody looks at it. */
  readonly columns?: number | undefined;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How a person calls this program, e.g. `offhook` or `npx offhook`. */
  readonly name: string;
  /** Runs once, when the person or the system asks to stop. */
  onStop(run: (signal: string) => void): void;
  /** The next line typed, or piped in; null when no more comes. The prompt is for people only. */
  readLine(prompt: string): Promise<string | null>;
  /** Whoever read what is printed has gone: only the exit code is waited for. */
  readonly gone?: () => boolean;
}
