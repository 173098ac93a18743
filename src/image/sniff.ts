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

/** What a file that is no archive looks like: a name of the list above, "text" or "data". */
export async function seenIn(source: ByteSource): Promise<string> {
  const head = await readBytes(source, 0, 512);
  let hex = "";
  for (const byte of head.subarray(0, 16)) hex += byte.toString(16).padStart(2, "0");
  for (const [name, signature] of SIGNATURES) if (hex.startsWith(signature)) return name;
  return head.every(isText) ? "text" : "data";
}

function isText(byte: number): boolean {
  return byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
