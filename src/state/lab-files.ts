/**
 * The files of a session's own image, kept so that a reload finds them again: the bytes of a small archive, which nobody
 * is asked for and which do not change; of a larger one the handles that the browser gave. They stay in this browser.
 */
import { del, get, keys, set } from "idb-keyval";
import { useAppState } from "./app-state.ts";
import { imageKey } from "./lab-shell-runner.ts";
import type { GivenFile } from "./reader.ts";

/**
 * An archive up to this size is kept byte for byte: copying it takes a moment, and a handful of them stays far below what
 * browsers let a page have without asking.
 */
const MOST_BYTES = 64 * 2 ** 20;

interface KeptFiles {
  readonly files: readonly {
    readonly name: string;
    readonly content: Blob | FileSystemFileHandle;
  }[];
}

/** What of an image's files is kept. "asks": the browser wants a person's leave first, which `readKept` asks for. */
export type KeptState = "none" | "here" | "asks";

const PREFIX = "lab-files:";

/** Keeps the files of the open archive that has the image. False: there is none, it is too large, or nothing is kept. */
export async function keepFiles(imageId: string): Promise<boolean> {
  const entry = useAppState
    .getState()
    .archives.find(({ name, archive }) =>
      archive?.images.some((image) => imageKey({ name }, image) === imageId),
    );
  if (!entry) return false;
  const { files } = entry;
  const isSmall = files.reduce((sum, { blob }) => sum + blob.size, 0) <= MOST_BYTES;
  const lent = files.flatMap(({ name, handle }) => (handle ? [{ name, content: handle }] : []));
  if (!isSmall && lent.length < files.length) return false;
  const kept: KeptFiles = {
    files: isSmall ? files.map(({ name, blob }) => ({ name, content: blob })) : lent,
  };
  try {
    await set(PREFIX + imageId, kept);
    return true;
  } catch {
    return false;
  }
}

/** Whether an image's files can be had again. */
export async function keptState(imageId: string): Promise<KeptState> {
  const kept = await load(imageId);
  if (!kept) return "none";
  for (const { content } of kept.files)
    if (isAskable(content) && (await content.queryPermission(READ)) !== "granted") return "asks";
  return "here";
}

/** An image's files. null: they are not kept, are gone, or a person said no. To be called on a click when it asks. */
export async function readKept(imageId: string): Promise<readonly GivenFile[] | null> {
  const kept = await load(imageId);
  if (!kept) return null;
  const files: GivenFile[] = [];
  try {
    for (const { name, content } of kept.files) {
      if (content instanceof Blob) {
        files.push({ name, blob: content });
        continue;
      }
      if (isAskable(content) && (await content.requestPermission(READ)) !== "granted") return null;
      files.push({ name, blob: await content.getFile(), handle: content });
    }
  } catch {
    return null;
  }
  return files;
}

/** Forgets the files of all images but these. */
export async function forgetFilesBut(imageIds: ReadonlySet<string>): Promise<void> {
  for (const key of await keys<string>().catch(() => []))
    if (String(key).startsWith(PREFIX) && !imageIds.has(String(key).slice(PREFIX.length)))
      await del(key);
}

async function load(imageId: string): Promise<KeptFiles | undefined> {
  return get<KeptFiles>(PREFIX + imageId).catch(() => undefined);
}

/** Chromium's part of the File System API, which asks a person again after a reload. */
interface Askable extends FileSystemFileHandle {
  queryPermission(what: typeof READ): Promise<PermissionState>;
  requestPermission(what: typeof READ): Promise<PermissionState>;
}
const READ = { mode: "read" } as const;

function isAskable(content: Blob | FileSystemFileHandle): content is Askable {
  return "queryPermission" in content && "requestPermission" in content;
}
