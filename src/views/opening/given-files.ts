import type { GivenFile } from "../../state/reader.ts";

/** The files of a drop or a paste: plain files, or all that is in dropped folders, each by its path and in its order. */
export async function filesOf(transfer: DataTransfer): Promise<readonly GivenFile[]> {
  // Entries must be taken before the first await: the list is emptied when the event is over.
  const entries = [...transfer.items].flatMap((item) => {
    const entry = item.webkitGetAsEntry();
    return entry ? [{ entry, handle: handleOf(item) }] : [];
  });
  const plain = [...transfer.files];
  if (entries.length === 0) return plain.map(givenFile);
  const given: GivenFile[] = [];
  for (const { entry, handle: asked } of entries) {
    const files = await filesBelow(entry);
    const handle = await asked;
    given.push(...(isFileHandle(handle) ? files.map((file) => ({ ...file, handle })) : files));
  }
  return given;
}

interface HandledItem extends DataTransferItem {
  getAsFileSystemHandle(): Promise<FileSystemHandle | null>;
}

/** Where a dropped file lies, in browsers that tell; to be asked for before the first await. */
async function handleOf(item: DataTransferItem): Promise<FileSystemHandle | null> {
  return hasHandle(item) ? item.getAsFileSystemHandle().catch(() => null) : null;
}

function hasHandle(item: DataTransferItem): item is HandledItem {
  return "getAsFileSystemHandle" in item;
}

/** A file of an <input>; with a folder's its path in that folder is the name. */
export function givenFile(file: File): GivenFile {
  return { name: file.webkitRelativePath || file.name, blob: file };
}

async function filesBelow(entry: FileSystemEntry): Promise<readonly GivenFile[]> {
  const given: GivenFile[] = [];
  const queue: FileSystemEntry[] = [entry];
  for (let next = queue.pop(); next; next = queue.pop()) {
    const { fullPath } = next;
    if (isFile(next)) {
      const file = await new Promise<File>(next.file.bind(next));
      given.push({ name: fullPath.replace(/^\//, ""), blob: file });
    } else if (isDirectory(next)) queue.push(...(await entriesIn(next)));
  }
  return given.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A reader gives some entries a call, and none when it is done. */
async function entriesIn(directory: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

function isFileHandle(handle: FileSystemHandle | null): handle is FileSystemFileHandle {
  return handle?.kind === "file";
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
