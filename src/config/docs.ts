import * as v from "valibot";
import { defaultConfig } from "./default.ts";
import { documentSchema } from "./schema.ts";
import type { Shape } from "./unknown-key.ts";
import { shownType } from "./value.ts";

/** docs/config.md, from the schema. */
export function configDocs(): string {
  const parts = Object.entries(documentSchema.entries).map(([key, schema]) => sectionDocs(key, schema));
  return [head, ...parts, patterns, embedded].join("\n");
}

const head = `<!-- Written by \`node --import tsx src/config/print-docs.ts > docs/config.md\`; change src/config/schema.ts instead. -->

# Configuration

One TOML file, given by \`offhook start --config FILE\`. Without one the [embedded default](#embedded-default) holds;
\`offhook config\` prints it as a start for your own. \`offhook check FILE\` names every fault at once, each with its path,
its value and the way out. Paths count sections of a kind from 1: \`line[2].registrar\` is the registrar of the second
\`[[line]]\`. A key that is not in these tables is a fault. Changes take effect at the next start.

\`[name]\` is a section that is there once, \`[[name]]\` one that is written once for each. Names follow TR-104.
`;

const patterns = `## Patterns

Written in \`outgoing.pattern\`, matched against the number as it is dialled, digit by digit:

| Written | Matches |
|---|---|
| \`0\` … \`9\`, \`*\`, \`#\` | itself |
| \`x\` | any one digit |
| \`[2-9]\`, \`[13-5]\` | one digit of the set |
| \`.\` at the end | zero or more further digits |

Emergency numbers come first, then internal numbers, then the rules in their order. A number that no longer pattern can
match leaves at once; one that is complete but may go on (\`0x.\`) leaves after \`numbering.complete_ms\`, or with \`#\`.
`;

const embedded = `## Embedded default

\`\`\`toml
${defaultConfig.trimEnd()}
\`\`\`
`;

function sectionDocs(key: string, schema: v.GenericSchema): string {
  const shape = schema as Shape;
  const inner = shape.wrapped ?? shape;
  const entries = inner.entries ?? inner.item?.entries;
  const about = v.getDescription(schema) ?? "";
  if (entries === undefined) return `## Top of the file\n\n${tableHead}\n${row(key, schema)}\n`;
  const title = inner.item === undefined ? `[${key}]` : `[[${key}]]`;
  const rows = Object.entries(entries).map(([name, entry]) => row(name, entry as v.GenericSchema));
  return `## ${title}\n\n${about}\n\n${tableHead}\n${rows.join("\n")}\n`;
}

const tableHead = "| Key | Type | Default | Meaning |\n|---|---|---|---|";

function row(key: string, schema: v.GenericSchema): string {
  const wrapped = (schema as Shape).wrapped;
  const type = shownType((wrapped as v.GenericSchema | undefined) ?? schema);
  const cells = [`\`${key}\``, type.trim(), presetOf(schema), v.getDescription(schema) ?? ""];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function presetOf(schema: v.GenericSchema): string {
  const { type, default: written } = schema as { readonly type: string; readonly default?: unknown };
  if (type !== "optional") return "**must be given**";
  if (written !== undefined) return `\`${JSON.stringify(written)}\``;
  const metadata: { readonly preset?: unknown } = v.getMetadata(schema);
  return String(metadata.preset ?? "");
}
