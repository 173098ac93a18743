import { DEFAULT_LIMITS } from "../image/limits.ts";
import type { GivenFile, OpenRemote } from "./reader.ts";

/**
 * Which of the files given at once belong together. What lies beside the index or manifest of an archive does. Files of a folder do; bare layers do, in their order; every other
 * file is an archive of its own, as is one that cannot be opened: it is to be refused by its own name.
 */
export async function setsOf(
  files: readonly GivenFile[],
  open: OpenRemote,
): Promise<readonly GivenFile[][]> {
  const loose = looseArchive(files);
  if (loose) return [loose];
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

/** The documents at the top of an archive that is not packed into one file. */
const TOP = /^(?:oci-layout|index\.json|manifest\.json|repositories)$/;

/**
 * The files of an archive that was given as what is in its folder, or as its files without their folders: then the blobs
 * of an OCI layout, whose names are their digests, are put where its index looks for them.
 */
function looseArchive(files: readonly GivenFile[]): GivenFile[] | null {
  if (!files.some(({ name }) => TOP.test(name))) return null;
  const isLayout = files.some(({ name }) => name === "index.json");
  return files.map((file) => {
    const algorithm = { 64: "sha256", 128: "sha512" }[file.name.length];
    const isBlob = isLayout && algorithm !== undefined && /^[0-9a-f]+$/.test(file.name);
    return isBlob ? { ...file, name: `blobs/${algorithm}/${file.name}` } : file;
  });
}

async function isBareLayer(file: GivenFile, open: OpenRemote): Promise<boolean> {
  const { signal } = new AbortController();
  const result = await open(`looking at ${file.name}`, [file], { limits: DEFAULT_LIMITS, signal });
  if (result.type === "refused") return false;
  result.reader.close();
  return result.reader.archive.format === "layers";
}
