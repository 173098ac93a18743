import { createMD5, createSHA1, createSHA256, createSHA512, type IHasher } from "hash-wasm";
import { pieceLength } from "../../tree/content.ts";
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
