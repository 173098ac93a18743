import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** What a malformed file may take: the corpus says so. */
export const MOST_SECONDS = 10;
export const MOST_MEGABYTES = 500;

const FOLDER = resolve(import.meta.dirname, "../../../../shared/corpus/malformed");

/** The corpus's files of a million entries; those that are not there are told. */
export function corpusBombs(): readonly string[] {
  return ["bomb-1m-entries.layer.tar.gz", "bomb-1m-entries.oci.tar"]
    .map((name) => resolve(FOLDER, name))
    .filter((file) => {
      if (!existsSync(file)) console.log(`\n${file} is not there`);
      return existsSync(file);
    });
}
