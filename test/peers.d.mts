/** Installs what is missing; ends the process with a sentence when it can not. */
export function installPeers(): void;

/** The same for anything that needs a program (or, named from a folder of programs, a header); what was installed. */
export function installPackages(
  who: string,
  wanted: readonly { readonly program: string; readonly package: string }[],
): string[];
