import { createMD5, createSHA1, createSHA256, createSHA512, type IHasher } from "hash-wasm";
import { contentLength, pieceLength } from "../../tree/content.ts";
import { sliceContent } from "../../tree/content-edit.ts";
import type { CommandFunction } from "../task.ts";
import { command, fileError, readFile } from "./command.ts";

const CHUNK = 1 << 20;

/** `md5sum` and its kin: what a file's bytes hash to. */
function checksum(create: () => Promise<IHasher>): CommandFunction {
  return command({ short: "bt", long: { binary: "b", text: "t" } }, async (task, options) => {
    let status = 0;
    for (const path of options.operands.length > 0 ? options.operands : ["-"]) {
      const content = await readFile(task, path);
      if (content.errno !== null) {
        await fileError(task, path, content.errno);
        status = 1;
        continue;
      }
      const hasher = await create();
      hasher.init();
      for (const piece of content.value)
        for (let at = 0; at < pieceLength(piece); at += CHUNK)
          hasher.update(await task.bytes(sliceContent([piece], at, at + CHUNK)));
      await task.out(`${hasher.digest("hex")}  ${path}\n`);
    }
    return status;
  });
}

export const md5sum = checksum(createMD5);
export const sha1sum = checksum(createSHA1);
export const sha256sum = checksum(createSHA256);
export const sha512sum = checksum(createSHA512);

/** What `cksum` hashes with: CRC-32 as POSIX has it, the highest bit first, the length behind the bytes. */
const POSIX_POLYNOMIAL = 0x04c11db7;
const POSIX_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte << 24;
  for (let bit = 0; bit < 8; bit++) rest = (rest << 1) ^ (rest < 0 ? POSIX_POLYNOMIAL : 0);
  return rest;
});

function posixSum(sum: number, bytes: Iterable<number>): number {
  let next = sum;
  for (const byte of bytes) next = (next << 8) ^ (POSIX_TABLE[(next >>> 24) ^ byte] ?? 0);
  return next;
}

function* lengthBytes(length: number): Generator<number> {
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) yield rest % 256;
}

/** `cksum`: POSIX's sum, the number of bytes, and the name, if one was given. */
export const cksum = command({ short: "" }, async (task, options) => {
  let status = 0;
  for (const path of options.operands.length > 0 ? options.operands : [null]) {
    const content = await readFile(task, path ?? "-");
    if (content.errno !== null) {
      await fileError(task, path ?? "-", content.errno);
      status = 1;
      continue;
    }
    const length = contentLength(content.value);
    let sum = 0;
    for (let at = 0; at < length; at += CHUNK)
      sum = posixSum(sum, await task.bytes(sliceContent(content.value, at, at + CHUNK)));
    const shown = ~posixSum(sum, lengthBytes(length)) >>> 0;
    await task.out(`${shown} ${length}${path === null ? "" : ` ${path}`}\n`);
  }
  return status;
});
