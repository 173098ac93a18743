/** One entry of a tar that is written. Times are whole seconds. */
export interface TarFileEntry {
  readonly path: string;
  readonly type: "file" | "dir" | "symlink" | "hardlink";
  readonly mode?: number;
  readonly uid?: number;
  readonly mtime: number;
  /** A symlink's or hard link's target. */
  readonly target?: string;
  readonly content?: Uint8Array;
}

const BLOCK = 512;
const TYPES = { file: "0", hardlink: "1", symlink: "2", dir: "5" } as const;

/** Writes a ustar archive. Paths have at most 100 bytes, all of them ASCII. */
export function tarFile(entries: readonly TarFileEntry[]): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (const entry of entries) {
    const content = entry.content ?? new Uint8Array(0);
    blocks.push(header(entry, content.length), padded(content));
  }
  blocks.push(new Uint8Array(2 * BLOCK));
  return Buffer.concat(blocks);
}

function header(entry: TarFileEntry, size: number): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  const path = entry.type === "dir" ? `${entry.path}/` : entry.path;
  if (path.length > 100) throw new RangeError(`${path} is too long for this writer`);
  block.write(path, 0, "latin1");
  block.write(octal(entry.mode ?? (entry.type === "dir" ? 0o755 : 0o644), 8), 100, "latin1");
  block.write(octal(entry.uid ?? 0, 8), 108, "latin1");
  block.write(octal(entry.uid ?? 0, 8), 116, "latin1");
  block.write(octal(size, 12), 124, "latin1");
  block.write(octal(entry.mtime, 12), 136, "latin1");
  block.write(" ".repeat(8), 148, "latin1");
  block.write(TYPES[entry.type], 156, "latin1");
  block.write(entry.target ?? "", 157, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, "0")}\0`;
}

function padded(content: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(content.length / BLOCK) * BLOCK);
  whole.set(content);
  return whole;
}
