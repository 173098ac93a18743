import { DEFAULT_LIMITS } from "../image/limits.ts";
import type { GivenFile, OpenRemote } from "./reader.ts";

/**
 * Which of the files given at once belong together. Files of a folder do; bare layers do, in their order; every other
 * file is an archive of its own, as is one that cannot be opened: it is to be refused by its own name.
 */
export async function setsOf(
  files: readonly GivenFile[],
  open: OpenRemote,
): Promise<readonly GivenFile[][]> {
  const folders = new Map<string, GivenFile[]>();
  const layers: GivenFile[] = [];
  const others: GivenFile[][] = [];
  for (const file of files) {
    const slash = file.name.indexOf("/");
    if (slash > 0) {
      const folder = file.name.slice(0, slash);
      folders.set(folder, [...(folders.get(folder) ?? []), file]);
    } else if (await isBareLayer(file, open)) layers.push(file);
    else others.push([file]);
  }
  return [...folders.values(), ...others, ...(layers.length > 0 ? [layers] : [])];
}

/** One file's name; for a folder its own; "a.tar, b.tar" for a few layers. */
export function nameOfFiles(files: readonly GivenFile[]): string {
  const folder = files[0]?.name.split("/")[0];
  if (files.length > 1 && folder && files.every(({ name }) => name.startsWith(`${folder}/`)))
    return folder;
  return files.map(({ name }) => name).join(", ");
}

async function isBareLayer(file: GivenFile, open: OpenRemote): Promise<boolean> {
  const { signal } = new AbortController();
  const result = await open(`looking at ${file.name}`, [file], { limits: DEFAULT_LIMITS, signal });
  if (result.type === "refused") return false;
  result.reader.close();
  return result.reader.archive.format === "layers";
}
