import type { ContentHashes } from "../image/content-hashes.ts";
import {
  type Archive,
  defaultImage,
  type LayerDigests,
  type LayerIndex,
  type LayerKey,
} from "../image/image.ts";
import { DEFAULT_LIMITS, type Limits, NO_LIMITS } from "../image/limits.ts";
import type { Problem } from "../image/problem.ts";
import { closeHolder, EMPTY_STORE, type LayerStore } from "../store/layer-store.ts";
import type { Slice } from "./app-state.ts";
import {
  type AsideLayer,
  arranged,
  bareNames,
  guessedOrder,
  isBare,
  type LayerOrder,
  numbered,
  stacked,
} from "./bare-layers.ts";
import { BlobReaders, ownerOf } from "./blob-readers.ts";
import { nameOfFiles, setsOf } from "./file-sets.ts";
import type { GivenFile, OpenRemote, RemoteReader } from "./reader.ts";
import { digestLayers, readLayers } from "./reading.ts";
import { shareImage } from "./sharing.ts";

/** Names an open archive for as long as the page lives. */
export type ArchiveId = string;

/** How far a layer's reading is. */
export type LayerState =
  | { readonly phase: "waiting" }
  | {
      readonly phase: "reading";
      readonly bytesRead: number;
      readonly bytesTotal: number;
      readonly entries: number;
      /** Stored bytes a second since reading began. */
      readonly rate: number;
    }
  /** Whole, or as far as it could be read: `index.failure` tells. */
  | {
      readonly phase: "read";
      readonly index: LayerIndex;
      /** null until the layer was hashed. */
      readonly digests: LayerDigests | null;
      /** Of its files; null until they were hashed, which is when a version of one size is to be compared. */
      readonly hashes: ContentHashes | null;
    };

/**
 * looking: what is it · reading: layers · verifying: digests, in the background · idle: nothing under way ·
 * refused: not an archive we can open · cancelled: by a person, what was read stays.
 */
export type ArchivePhase = "looking" | "reading" | "verifying" | "idle" | "refused" | "cancelled";

/** An archive on the page. */
export interface OpenArchive {
  readonly id: ArchiveId;
  readonly name: string;
  /** Whether it is the sample that comes with the page. */
  readonly isSample: boolean;
  readonly files: readonly GivenFile[];
  readonly phase: ArchivePhase;
  readonly limits: Limits;
  readonly reader: RemoteReader | null;
  readonly archive: Archive | null;
  /** Why it was refused; else empty, for the archive has its own. */
  readonly refusal: readonly Problem[];
  readonly layers: ReadonlyMap<LayerKey, LayerState>;
  /** Who says the order of bare layers; of no meaning for an image. */
  readonly order: LayerOrder;
  /** Bare layers that were taken out of the stack, the last one last. `layers` still has them. */
  readonly aside: readonly AsideLayer[];
}

/** How files come to be open. */
export interface Opening {
  readonly isSample?: boolean;
  /** Whether a person gave them: then the names of bare layers may say their order. Scripts and links mean theirs. */
  readonly isByHand?: boolean;
  /** Whether bare layers go on top of those that are shown. */
  readonly isOnTop?: boolean;
}

/** Times, as `performance.now()` gives them; null until it happened. Of the archive opened last. */
export interface Marks {
  readonly opened: number | null;
  readonly firstTree: number | null;
  readonly lastByteRead: number | null;
  readonly verified: number | null;
}

export interface ArchivesSlice {
  /** In the order they were opened. */
  readonly archives: readonly OpenArchive[];
  readonly openRemote: OpenRemote | null;
  /** Layers that were verified, each once, whatever archives brought it. */
  readonly store: LayerStore;
  readonly marks: Marks;
  /** An address that `?open=` named and where nothing was found. */
  readonly missing: string | null;
  /** Whether files are on their way that no archive of the list stands for yet. */
  readonly isGathering: boolean;
  /**
   * Opens files and shows them: several archives each on its own, several layers as one image, base first, a folder's
   * files as one archive. Resolves with the id of the last when its structure is known, or it was refused.
   */
  openFiles(files: readonly GivenFile[], how?: Opening): Promise<ArchiveId>;
  /** Reads what the image's layers still lack, base first. */
  readImage(id: ArchiveId, image: number): Promise<void>;
  /** Hashes the files of layers of the shown image, so that versions of one size can be compared; all are news at once. */
  hashFiles(layers: readonly LayerIndex[]): Promise<void>;
  /** Opens it once more without bounds. */
  continueAnyway(id: ArchiveId): Promise<void>;
  cancelReading(id: ArchiveId): void;
  closeArchive(id: ArchiveId): void;
}

const NO_MARKS: Marks = { opened: null, firstTree: null, lastByteRead: null, verified: null };

/**
 * Milliseconds between two times that the screen hears of layers: 127 of them must not be 127 drawings. Each merges all
 * entries that were read by then, so it is more for more of them.
 */
const PACE = 150;
const PACE_PER_ENTRY = 1 / 1000;

export const archives: Slice<ArchivesSlice> = (set, get) => {
  /** What stops an archive's reading; outside the state, for it is no fact about it. */
  const stops = new Map<ArchiveId, AbortController>();
  const readers = new BlobReaders();
  /** How many images of an archive are being read, or have files hashed. */
  const readings = new Map<ArchiveId, number>();
  /** What is under way for an archive last. */
  const latest = new Map<ArchiveId, Promise<void>>();
  let opened = 0;

  const find = (id: ArchiveId) => get().archives.find((each) => each.id === id);
  const change = (id: ArchiveId, part: Partial<OpenArchive>) =>
    set(({ archives: all }) => ({
      archives: all.map((each) => (each.id === id ? { ...each, ...part } : each)),
    }));
  const mark = (name: keyof Marks) =>
    set(({ marks }) => ({ marks: { ...marks, [name]: performance.now() } }));

  /** What stops the archive's reading; a new one after it was cancelled. */
  function stopOf(id: ArchiveId): AbortController {
    const known = stops.get(id);
    if (known && !known.signal.aborted) return known;
    const stop = new AbortController();
    stops.set(id, stop);
    return stop;
  }

  async function look(id: ArchiveId): Promise<void> {
    const { openRemote } = get();
    const entry = find(id);
    if (!openRemote || !entry) return;
    const stop = stopOf(id);
    const { files, limits } = entry;
    const result = await openRemote(id, files, { limits, signal: stop.signal });
    if (result.type === "refused") {
      change(id, { phase: "refused", refusal: result.problems });
      return;
    }
    const reader = readers.add(id, result.reader);
    const { archive } = reader;
    const layers = new Map(archive.layers.map(({ key }) => [key, { phase: "waiting" } as const]));
    change(id, { reader, archive, layers, aside: [], phase: "reading" });
  }

  /** Takes in what happens to an archive's layers, and shows it at a pace; the first tree at once. */
  function layerNews(id: ArchiveId) {
    const news = new Map<LayerKey, LayerState>();
    let timer: ReturnType<typeof setTimeout> | null = null;
    const flush = () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      const archive = find(id);
      if (archive && news.size > 0) change(id, { layers: new Map([...archive.layers, ...news]) });
      news.clear();
    };
    const put = (key: LayerKey, state: LayerState) => {
      news.set(key, state);
      const isFirst = state.phase === "read" && get().marks.firstTree === null;
      if (isFirst) mark("firstTree");
      if (isFirst) flush();
      else timer ??= setTimeout(flush, PACE + PACE_PER_ENTRY * entriesRead(find(id)));
    };
    const add = (key: LayerKey, part: Partial<Extract<LayerState, { phase: "read" }>>) => {
      const state = news.get(key) ?? find(id)?.layers.get(key);
      if (state?.phase === "read") put(key, { ...state, ...part });
    };
    return { put, add, flush };
  }

  /** Puts the bare layers of an archive that was just opened on top of another's; false when the other is gone. */
  function join(onto: ArchiveId, id: ArchiveId): boolean {
    const [lower, upper] = [find(onto), find(id)];
    if (!lower?.archive || !upper?.archive) return false;
    const archive = stacked(lower.archive, upper.archive);
    const layers = new Map(lower.layers);
    for (const { key } of archive.layers)
      if (!layers.has(key)) layers.set(key, { phase: "waiting" });
    const files = [...lower.files, ...upper.files];
    const added = new Set(upper.files.map((file) => file.name));
    const aside = lower.aside.filter((each) => !added.has(each.name));
    const asideBlobs = lower.aside.map((each) => each.blob);
    const reader = readers.across({ ...archive, layers: [...archive.layers, ...asideBlobs] });
    const name = nameOfFiles(files);
    set(({ archives: all }) => ({ archives: all.filter((each) => each.id !== id) }));
    stops.delete(id);
    change(onto, { archive, layers, files, reader, name, aside });
    get().layersAdded(onto, upper.files.length);
    return true;
  }

  /** Ends the workers whose bytes no open archive and no shared layer needs. */
  function sweep(): void {
    const { archives: all, store } = get();
    const blobs = all.flatMap(({ archive, aside }) => [
      ...(archive?.layers ?? []),
      ...aside.map((each) => each.blob),
    ]);
    const open = new Set([
      ...all.map((each) => each.id),
      ...blobs.map(({ blob }) => ownerOf(blob)),
    ]);
    readers.sweep(open, store.layers.values());
  }

  async function openSet(given: readonly GivenFile[], how: Opening): Promise<ArchiveId> {
    const id = `archive-${++opened}`;
    const shown = how.isOnTop ? find(get().archive ?? "") : undefined;
    const onto = shown && isBare(shown) ? shown : undefined;
    const files = numbered(
      given,
      onto?.files.map(({ name }) => name),
    );
    const entry: OpenArchive = {
      id,
      name: nameOfFiles(files),
      isSample: how.isSample ?? false,
      files,
      order: "given",
      aside: [],
      phase: "looking",
      limits: DEFAULT_LIMITS,
      reader: null,
      archive: null,
      refusal: [],
      layers: new Map(),
    };
    set(({ archives: all }) => ({ archives: [...all, entry], marks: NO_MARKS }));
    mark("opened");
    await look(id).catch(() => change(id, { phase: "cancelled" }));
    const { archive } = find(id) ?? entry;
    const image = firstImage(archive);
    if (archive && isBare({ archive })) {
      const first = how.isByHand ? archive.images[0] : undefined;
      const order = first ? guessedOrder(bareNames(archive, first)) : null;
      const found = find(id);
      if (order && found) change(id, arranged(found, order, "numbers"));
      if (onto && join(onto.id, id)) {
        void get().readImage(onto.id, 0);
        return onto.id;
      }
    }
    if (find(id)?.phase !== "refused" || get().archives.length === 1) get().archiveAppeared(id);
    if (image !== null) void get().readImage(id, get().imageOf(id) ?? image);
    else if (find(id)?.archive) change(id, { phase: "idle" });
    return id;
  }

  function share(id: ArchiveId, index: number): void {
    const entry = find(id);
    const image = entry?.archive?.images[index];
    const shared = entry && image ? shareImage(get().store, entry, image) : null;
    if (!shared) return;
    set({ store: shared.store });
    change(id, { layers: shared.layers });
  }

  /** Counts a reading in; the function that is given back ends it, and all when no other one of the archive is under way. */
  function begin(id: ArchiveId): (phase: ArchivePhase) => void {
    readings.set(id, (readings.get(id) ?? 0) + 1);
    return (phase) => {
      const left = (readings.get(id) ?? 1) - 1;
      readings.set(id, left);
      if (left === 0) change(id, { phase });
    };
  }

  async function readWhole(id: ArchiveId, index: number): Promise<void> {
    const entry = find(id);
    const image = entry?.archive?.images[index];
    if (!entry?.reader || !image) return;
    const stop = stopOf(id);
    const { reader, limits } = entry;
    const keys = [...new Set(image.layers.map(({ layer }) => layer))];
    const missing = keys.filter((key) => find(id)?.layers.get(key)?.phase === "waiting");
    const options = { limits, signal: stop.signal };
    const news = layerNews(id);
    const end = begin(id);
    try {
      if (missing.length > 0) {
        change(id, { phase: "reading" });
        await readLayers(reader, missing, options, news.put);
        news.flush();
        mark("lastByteRead");
      }
      change(id, { phase: "verifying" });
      const hashed = keys.filter((key) => !isBounded(find(id)?.layers.get(key)));
      await digestLayers(reader, hashed, options, (key, digests) => news.add(key, { digests }));
      news.flush();
      mark("verified");
      share(id, index);
      end("idle");
    } catch (fault) {
      news.flush();
      for (const key of missing)
        if (find(id)?.layers.get(key)?.phase === "reading") news.put(key, { phase: "waiting" });
      news.flush();
      if (!stop.signal.aborted) console.error(fault);
      end(stop.signal.aborted ? "cancelled" : "idle");
    }
  }

  async function hashEach(id: ArchiveId, layers: readonly LayerIndex[]): Promise<void> {
    const entry = find(id);
    if (!entry?.reader || entry.phase === "cancelled") return;
    const stop = stopOf(id);
    const options = { limits: entry.limits, signal: stop.signal };
    const news = layerNews(id);
    const missing = layers.filter(({ key }) => {
      const state = entry.layers.get(key);
      return state?.phase === "read" && !state.hashes && !isBounded(state);
    });
    if (missing.length === 0) return;
    const end = begin(id);
    try {
      change(id, { phase: "verifying" });
      const found: [LayerKey, ContentHashes][] = [];
      for (const { key, tree } of missing)
        found.push([key, await entry.reader.contentHashes(key, tree, options)]);
      for (const [key, hashes] of found) news.add(key, { hashes });
      news.flush();
      end("idle");
    } catch (fault) {
      if (!stop.signal.aborted) console.error(fault);
      end(stop.signal.aborted ? "cancelled" : "idle");
    }
  }

  return {
    archives: [],
    openRemote: null,
    store: EMPTY_STORE,
    marks: NO_MARKS,
    missing: null,
    isGathering: true,

    openFiles: async (files, how = {}) => {
      const { openRemote } = get();
      let sets: readonly (readonly GivenFile[])[] = [files];
      if (openRemote && files.length > 1) {
        const before = get().isGathering;
        set({ isGathering: true });
        sets = await setsOf(files, openRemote);
        set({ isGathering: before });
      }
      let id = "";
      for (const each of sets) id = await openSet(each, how);
      return id;
    },

    readImage: (id, index) => {
      const reading = readWhole(id, index);
      latest.set(id, reading);
      return reading;
    },

    hashFiles: async (layers) => {
      const id = get().archive;
      if (id === null || layers.length === 0) return;
      const hashing = (latest.get(id) ?? Promise.resolve()).then(() => hashEach(id, layers));
      latest.set(id, hashing);
      await hashing;
    },

    continueAnyway: async (id) => {
      stops.get(id)?.abort();
      find(id)?.reader?.close();
      change(id, { phase: "looking", limits: NO_LIMITS, reader: null, refusal: [] });
      await look(id);
      if (get().imageOf(id) === null) get().archiveAppeared(id);
      const image = get().imageOf(id) ?? firstImage(find(id)?.archive);
      if (image !== null) await get().readImage(id, image);
    },

    cancelReading: (id) => {
      stops.get(id)?.abort();
      change(id, { phase: "cancelled" });
    },

    closeArchive: (id) => {
      stops.get(id)?.abort();
      stops.delete(id);
      readings.delete(id);
      latest.delete(id);
      set(({ archives: all, store }) => ({
        archives: all.filter((each) => each.id !== id),
        store: closeHolder(store, id),
      }));
      sweep();
      get().archiveGone(id);
    },
  };
};

function entriesRead(archive: OpenArchive | undefined): number {
  let entries = 0;
  for (const state of archive?.layers.values() ?? [])
    if (state.phase === "read") entries += state.index.entries;
  return entries;
}

/** Whether something is still being read or hashed. */
export function isBusy(state: Pick<ArchivesSlice, "archives">): boolean {
  return state.archives.some(({ phase }) => ["looking", "reading", "verifying"].includes(phase));
}

/** Whether reading stopped at a bound: then nothing else may read past it either. */
function isBounded(state: LayerState | undefined): boolean {
  return state?.phase === "read" && state.index.failure?.type === "limit";
}

function firstImage(archive: Archive | null | undefined): number | null {
  return archive ? (defaultImage(archive)?.index ?? null) : null;
}
