import { bytesToHex } from "@noble/hashes/utils.js";
import { type ByteSource, readBytes } from "./byte-source.ts";

/** Files that people drop by mistake, by their first bytes. */
const SIGNATURES: readonly (readonly [name: string, hex: string])[] = [
  ["png", "89504e47"],
  ["jpeg", "ffd8ff"],
  ["gif", "47494638"],
  ["pdf", "25504446"],
  ["zip", "504b0304"],
  ["zip", "504b0506"],
  ["7z", "377abcaf271c"],
  ["rar", "52617221"],
  ["elf", "7f454c46"],
  ["exe", "4d5a"],
  ["rpm", "edabeedb"],
  ["deb", "213c617263683e"],
  ["sif", "53494652415047"],
  ["squashfs", "68737173"],
  ["qcow2", "514649fb"],
  // Compressed or packed in ways that no tool gives images.
  ["lz4", "04224d18"],
  ["lzip", "4c5a4950"],
  ["lzma", "5d0000"],
  ["compress", "1f9d"],
  ["cpio", "303730373031"],
  ["cpio", "303730373037"],
];

/** Images of disks, which begin with zeros as an empty tar does: by the bytes at an offset. */
const FILE_SYSTEMS: readonly (readonly [name: string, offset: number, hex: string])[] = [
  ["erofs", 1024, "e2e1f5e0"],
  ["ext4", 1080, "53ef"],
];

/** The kind of file system that a file of leading zeros is an image of; null: none that is known. */
export async function fileSystemIn(source: ByteSource): Promise<string | null> {
  const head = await readBytes(source, 1024, 1536);
  for (const [name, offset, signature] of FILE_SYSTEMS)
    if (bytesToHex(head.subarray(offset - 1024)).startsWith(signature)) return name;
  return null;
}

/** What a file that is no archive looks like: a name of the list above, "text" or "data". */
export async function seenIn(source: ByteSource): Promise<string> {
  const head = await readBytes(source, 0, 512);
  const hex = bytesToHex(head);
  for (const [name, signature] of SIGNATURES) if (hex.startsWith(signature)) return name;
  return head.every(isText) ? "text" : "data";
}

function isText(byte: number): boolean {
  return byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
