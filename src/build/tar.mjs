import { gzipSync } from "node:zlib";

const block = 512;

/**
 * A tar archive, compressed: the same octets for the same files, whoever builds it and when. Every file is root's and of
 * the first of January 1970. An entry has `link` (a symbolic one) or `data`, or is a folder.
 */
export function tarGz(entries) {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
  return gzipSync(Buffer.concat([...sorted.flatMap(member), Buffer.alloc(2 * block)]), { level: 9 });
}

function member({ path, mode, data = Buffer.alloc(0), link }) {
  const type = link !== undefined ? "2" : mode === undefined ? "5" : "0";
  const padding = Buffer.alloc(-data.length & (block - 1));
  return [
    header(type === "5" ? `${path}/` : path, { type, mode: mode ?? 0o755, size: data.length, link }),
    data,
    padding,
  ];
}

/** POSIX.1-1988 "ustar". */
function header(name, { type, mode, size, link = "" }) {
  if (Buffer.byteLength(name) > 100 || Buffer.byteLength(link) > 100)
    throw new Error(`${name}: too long for a tar header`);
  const octal = (value, width) => `${value.toString(8).padStart(width - 1, "0")}\0`;
  const bytes = Buffer.alloc(block);
  const put = (text, offset) => bytes.write(text, offset, "utf8");
  put(name, 0);
  // Permissions, owner, group, size, time, and blanks where the sum will be.
  put(`${octal(mode, 8)}${octal(0, 8)}${octal(0, 8)}${octal(size, 12)}${octal(0, 12)}        ${type}${link}`, 100);
  put("ustar\u000000root", 257);
  put("root", 297);
  put(
    `${octal(
      bytes.reduce((sum, octet) => sum + octet, 0),
      7,
    )} `,
    148,
  );
  return bytes;
}
