/** A file, folder or symbolic link of an archive. */
export interface Entry {
  readonly path: string;
  /** File type and permissions, as in struct stat. */
  readonly mode: number;
  readonly data?: Buffer;
}

export const modes = { folder: 0o040755, program: 0o100755, file: 0o100644, link: 0o120777 } as const;

const TRAILER: Entry = { path: "TRAILER!!!", mode: 0 };

/** An initramfs: cpio in its "newc" form (Linux, Documentation/driver-api/early-userspace/buffer-format.rst). */
export function cpio(entries: readonly Entry[]): Buffer {
  return Buffer.concat([...entries, TRAILER].flatMap((entry, n) => member(entry, n + 1)));
}

function member({ path, mode, data = Buffer.alloc(0) }: Entry, inode: number): Buffer[] {
  const name = Buffer.from(`${path}\0`);
  // ino mode uid gid nlink mtime filesize devmajor devminor rdevmajor rdevminor namesize check
  const fields = [inode, mode, 0, 0, 1, 0, data.length, 0, 0, 0, 0, name.length, 0];
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}`);
  return [...padded(Buffer.concat([header, name])), ...padded(data)];
}

function padded(data: Buffer): Buffer[] {
  return [data, Buffer.alloc((4 - (data.length % 4)) % 4)];
}
