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

const FILE = template("0000644", "0");
const DIRECTORY = template("0000755", "5");

/** A header without a name, and the sum of its bytes. */
function template(
  mode: string,
  type: string,
): { readonly block: Uint8Array; readonly sum: number } {
  const block = new Uint8Array(BLOCK);
  write(block, 100, mode);
  write(block, 108, "0000000");
  write(block, 116, "0000000");
  write(block, 124, "00000000000");
  write(block, 136, "14466600000");
  write(block, 148, "        ");
  write(block, 156, type);
  write(block, 257, "ustar\x0000");
  return { block, sum: block.reduce((sum, byte) => sum + byte, 0) };
}

function writeHeader(block: Uint8Array, entry: number): void {
  const isDirectory = entry % PER_DIRECTORY === 0;
  const { block: empty, sum } = isDirectory ? DIRECTORY : FILE;
  block.set(empty);
  const directory = `usr/share/package-${Math.floor(entry / PER_DIRECTORY)}/`;
  const total = sum + write(block, 0, isDirectory ? directory : `${directory}file-${entry}.txt`);
  write(block, 148, `${total.toString(8).padStart(6, "0")}\0 `);
}

/** Writes ASCII text; the sum of its bytes. */
function write(block: Uint8Array, at: number, text: string): number {
  let sum = 0;
  for (let i = 0; i < text.length; i++) {
    block[at + i] = text.charCodeAt(i);
    sum += text.charCodeAt(i);
  }
  return sum;
}
