import type { ByteSource } from "../image/byte-source.ts";

/** Entries of one generated directory, itself counted. */
const PER_DIRECTORY = 100;
const BLOCK = 512;

/** A layer's tar that is made where it is read. */
export interface GeneratedLayer extends ByteSource {
  /** All of it at once. */
  whole(): Uint8Array;
}

/** A tar of `entries` empty files in directories of a hundred, with names of a usual length. */
export function layerSource(entries: number): GeneratedLayer {
  const size = (entries + 2) * BLOCK;
  const bytes = (from: number, to: number): Uint8Array => {
    const first = Math.floor(from / BLOCK);
    const last = Math.ceil(Math.min(to, size) / BLOCK);
    const blocks = new Uint8Array((last - first) * BLOCK);
    for (let entry = first; entry < Math.min(last, entries); entry++)
      writeHeader(blocks.subarray((entry - first) * BLOCK, (entry - first + 1) * BLOCK), entry);
    return blocks.subarray(from - first * BLOCK, Math.min(to, size) - first * BLOCK);
  };
  return {
    name: `${entries}-entries.tar`,
    size,
    slice: (from, to) => ({
      arrayBuffer: async () => Uint8Array.from(bytes(from, to)).buffer,
    }),
    whole: () => bytes(0, size),
  };
}

function writeHeader(block: Uint8Array, entry: number): void {
  const directory = Math.floor(entry / PER_DIRECTORY);
  const isDirectory = entry % PER_DIRECTORY === 0;
  const top = `usr/share/package-${directory}/`;
  write(block, 0, isDirectory ? top : `${top}file-${entry}.txt`);
  write(block, 100, isDirectory ? "0000755" : "0000644");
  write(block, 108, "0000000");
  write(block, 116, "0000000");
  write(block, 124, "00000000000");
  write(block, 136, "14466600000");
  write(block, 148, "        ");
  write(block, 156, isDirectory ? "5" : "0");
  write(block, 257, "ustar\x0000");
  let sum = 0;
  for (const byte of block) sum += byte;
  write(block, 148, `${sum.toString(8).padStart(6, "0")}\0 `);
}

function write(block: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) block[at + i] = text.charCodeAt(i);
}
