import { DaemonError, lstat, must, readFile } from "../drivers/kernel.ts";
import { writeArchive } from "./archive.ts";
import { flattenContent } from "./blobs.ts";
import { ClientError, type Command, flag, forEach, listed, notFound, valued } from "./command.ts";
import type { Image } from "./host.ts";
import { humanDuration, humanSize, rfc3339 } from "./human.ts";
import { shortId } from "./ids.ts";
import {
  deleteImage,
  findInLibrary,
  imageSize,
  isDangling,
  layersOf,
  referencesOf,
  registerLibraryImage,
  tagImage,
  untag,
} from "./images.ts";
import { type Column, formatList } from "./list-format.ts";
import { parseReference, referenceText, repositoryPath } from "./reference.ts";
import type { Session } from "./session.ts";
import { ellipsis } from "./table.ts";

/** An id as this release prints it in full. */
export function fullImageId(session: Session, id: string): string {
  return session.daemon.release === "1.9" ? id : `sha256:${id}`;
}

/** A size as this release prints it. */
function sizeText(session: Session, bytes: number): string {
  return session.daemon.release === "1.9" ? humanSize(bytes, 4, " ") : humanSize(bytes, 3);
}

/** The columns of `docker images`. */
export const IMAGE_COLUMNS: readonly Column[] = [
  { key: "Repository", heading: "REPOSITORY" },
  { key: "Tag", heading: "TAG" },
  { key: "ID", heading: "IMAGE ID" },
  { key: "CreatedSince", heading: "CREATED" },
  { key: "Size", heading: "SIZE" },
];

const IMAGE_COLUMNS_19: readonly Column[] = [
  ...IMAGE_COLUMNS.slice(0, -1),
  { key: "Size", heading: "VIRTUAL SIZE" },
];

/** What those columns say of an image under one of its names. */
export function imageRow(session: Session, image: Image, name: string) {
  const colon = name.lastIndexOf(":");
  return {
    Repository: name.slice(0, colon),
    Tag: name.slice(colon + 1),
    ID: shortId(image.id),
    CreatedSince: `${humanDuration(session.io.now() - image.config.created)} ago`,
    Size: sizeText(session, imageSize(session.graph, image)),
  };
}

const images: Command = {
  usage: "[OPTIONS] [REPOSITORY[:TAG]]",
  summary: "List images",
  flags: [
    flag("all", "a"),
    flag("quiet", "q"),
    flag("no-trunc"),
    valued("format"),
    listed("filter", "f"),
  ],
  minimum: 0,
  maximum: 1,
  async run(session, options) {
    const { graph, io } = session;
    const [wanted] = options.args;
    const onlyDangling = options.list("filter").includes("dangling=true");
    const rows = Object.values(graph.images)
      .sort((a, b) => b.config.created - a.config.created)
      .flatMap((image) => {
        const names = referencesOf(graph, image.id);
        const isInner = names.length === 0 && !isDangling(graph, image);
        if (isInner && !options.has("all")) return [];
        if (onlyDangling && !isDangling(graph, image)) return [];
        return (names.length > 0 ? names : ["<none>:<none>"]).map((name) => ({ image, name }));
      })
      .filter(
        ({ name }) => wanted === undefined || name === wanted || name.startsWith(`${wanted}:`),
      )
      .map(({ image, name }) => ({
        ...imageRow(session, image, name),
        ...(options.has("no-trunc") ? { ID: fullImageId(session, image.id) } : {}),
        CreatedAt: rfc3339(image.config.created),
      }));
    if (options.has("quiet")) for (const { ID } of rows) io.out(`${ID}\n`);
    else {
      const columns = session.daemon.release === "1.9" ? IMAGE_COLUMNS_19 : IMAGE_COLUMNS;
      io.out(formatList(rows, columns, columns, options.value("format")));
    }
    return 0;
  },
};

/** Gets an image from the lab's library, telling of it as docker does. */
export async function pullImage(
  session: Session,
  given: string,
  tell: (text: string) => void,
): Promise<Image> {
  const found = findInLibrary(session.docker.library, given);
  if (!found) {
    const known = session.docker.library.flatMap(({ references }) => references.slice(0, 1));
    throw new DaemonError(
      `pull access denied for ${given.replace(/:[^/]*$/, "")}, repository does not exist or may require 'docker login': ${session.io.words(2).noRegistry(known)}`,
    );
  }
  const { image, reference } = found;
  const colon = reference.lastIndexOf(":");
  const tag = reference.slice(colon + 1);
  if (!given.slice(given.lastIndexOf("/") + 1).includes(":")) tell(`Using default tag: ${tag}\n`);
  tell(`${tag}: Pulling from ${repositoryPath(reference.slice(0, colon))}\n`);
  const before = session.graph.references[reference];
  const registered = await registerLibraryImage(session, image);
  for (const { key, isNew } of registered.layers)
    tell(`${shortId(key)}: ${isNew ? "Pull complete" : "Already exists"}\n`);
  tagImage(session, reference, registered.image.id);
  const asked = parseReference(given);
  if (asked) tagImage(session, referenceText(asked), registered.image.id);
  const isNewer = before !== registered.image.id;
  tell(`Status: ${isNewer ? "Downloaded newer image" : "Image is up to date"} for ${reference}\n`);
  return registered.image;
}

const pull: Command = {
  usage: "[OPTIONS] NAME[:TAG]",
  summary: "Pull an image from the lab's library",
  flags: [flag("quiet", "q")],
  minimum: 1,
  maximum: 1,
  async run(session, options) {
    const [name = ""] = options.args;
    const quiet = options.has("quiet");
    await pullImage(session, name, quiet ? () => undefined : session.io.out);
    if (quiet) session.io.out(`${name}\n`);
    return 0;
  },
};

const load: Command = {
  usage: "[OPTIONS]",
  summary: "Load an image from a tar archive or STDIN",
  flags: [valued("input", "i"), flag("quiet", "q")],
  minimum: 0,
  maximum: 0,
  async run(session, options) {
    const { io } = session;
    const path = options.value("input");
    if (path === undefined && io.stdin === null)
      throw new DaemonError("requested load from stdin, but stdin is empty");
    if (path !== undefined && !lstat(session.client, path))
      throw new ClientError(`open ${path}: no such file or directory`);
    const content = path === undefined ? (io.stdin ?? []) : readFile(session.client, path);
    const flat = flattenContent(session.docker.blobs, content);
    const opened = await io.openArchive(flat, path ?? "stdin");
    for (const entry of opened) {
      const { image } = await registerLibraryImage(session, entry);
      for (const reference of entry.references) {
        tagImage(session, reference, image.id);
        io.out(`Loaded image: ${reference}\n`);
      }
      if (entry.references.length === 0)
        io.out(`Loaded image ID: ${fullImageId(session, image.id)}\n`);
    }
    return 0;
  },
};

const save: Command = {
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  summary: "Save one or more images to a tar archive (streamed to STDOUT by default)",
  flags: [valued("output", "o")],
  minimum: 1,
  async run(session, options) {
    const { io } = session;
    const path = options.value("output");
    if (path === undefined && io.isTerminal)
      throw new ClientError("cowardly refusing to save to a terminal. Use the -o flag or redirect");
    const saved = options.args.map((given) => {
      const image = savedImage(session, given);
      const names = referencesOf(session.graph, image.id);
      const parsed = parseReference(given);
      const named = parsed && names.filter((name) => name === referenceText(parsed));
      return { image, references: named && named.length > 0 ? named : [] };
    });
    const archive = writeArchive(session.graph, saved);
    if (path === undefined) io.outContent(archive);
    else {
      const fd = must(session.client, "open", {
        path,
        flags: ["O_WRONLY", "O_CREAT", "O_TRUNC"],
        mode: 0o600,
      });
      must(session.client, "write", { fd, data: archive });
      must(session.client, "close", { fd });
    }
    return 0;
  },
};

/** The image a user wants saved; a name with a tag that is not there has its own error, and one without is shown as given. */
function savedImage(session: Session, given: string): Image {
  const image = session.image(given);
  if (image) return image;
  const isTagged = /:[^/]*$/.test(given);
  throw new DaemonError(isTagged ? "reference does not exist" : `No such image: ${given}`);
}

/** The image a user means; else Docker's error. */
function existingImage(session: Session, given: string): Image {
  const image = session.image(given);
  if (image) return image;
  const parsed = parseReference(given);
  throw new DaemonError(`No such image: ${parsed ? referenceText(parsed) : given}`);
}

const HISTORY_COLUMNS: readonly Column[] = [
  { key: "ID", heading: "IMAGE" },
  { key: "CreatedSince", heading: "CREATED" },
  { key: "CreatedBy", heading: "CREATED BY" },
  { key: "Size", heading: "SIZE" },
  { key: "Comment", heading: "COMMENT" },
];

const history: Command = {
  usage: "[OPTIONS] IMAGE",
  summary: "Show the history of an image",
  flags: [flag("no-trunc"), flag("quiet", "q"), flag("human", "H"), valued("format")],
  minimum: 1,
  maximum: 1,
  async run(session, options) {
    const { graph, io } = session;
    const image = existingImage(session, options.args[0] ?? "");
    const long = options.has("no-trunc");
    const layers = [...layersOf(graph, image)];
    const steps =
      image.config.history.length > 0
        ? image.config.history
        : layers.map(() => ({
            created: image.config.created,
            createdBy: "",
            comment: "",
            author: "",
            emptyLayer: false,
          }));
    let place = 0;
    const rows = steps.map((step) => {
      const layer = step.emptyLayer ? undefined : layers[place];
      if (!step.emptyLayer) place += 1;
      const id = layer && session.daemon.release === "1.9" ? layer.cacheId : null;
      return {
        ID: id === null ? "<missing>" : long ? id : shortId(id),
        CreatedSince: `${humanDuration(io.now() - step.created)} ago`,
        CreatedAt: rfc3339(step.created),
        CreatedBy: long ? step.createdBy : ellipsis(step.createdBy.replace(/\t/g, " "), 45),
        Size: sizeText(session, layer?.size ?? 0),
        Comment: step.comment,
      };
    });
    rows.reverse();
    const [top, ...rest] = rows;
    const shown = top
      ? [
          {
            ...top,
            ID: long ? fullImageId(session, image.id) : shortId(image.id),
          },
          ...rest.map((row, index) => ({
            ...row,
            ID: parentId(session, image, index, row.ID, long),
          })),
        ]
      : [];
    if (options.has("quiet")) for (const { ID } of shown) io.out(`${ID}\n`);
    else io.out(formatList(shown, HISTORY_COLUMNS, HISTORY_COLUMNS, options.value("format")));
    return 0;
  },
};

/** The image that a step below the top made on this host, where there is one. */
function parentId(
  session: Session,
  image: Image,
  depth: number,
  fallback: string,
  long: boolean,
): string {
  if (session.daemon.release === "1.9") return fallback;
  let at: Image | undefined = image;
  for (let level = 0; level <= depth && at; level++)
    at = at.parent === null ? undefined : session.graph.images[at.parent];
  return at ? (long ? fullImageId(session, at.id) : shortId(at.id)) : fallback;
}

const tag: Command = {
  usage: "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
  summary: "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
  flags: [],
  minimum: 2,
  maximum: 2,
  async run(session, options) {
    const [source = "", target = ""] = options.args;
    const image = existingImage(session, source);
    const before = `Error parsing reference: "${target}" is not a valid repository/tag: `;
    tagImage(session, referenceText(validReference(target, before)), image.id);
    return 0;
  },
};

/** A name for an image; else the client's error, after what the command says `before` it. */
export function validReference(text: string, before = "") {
  const parsed = parseReference(text);
  if (parsed) return parsed;
  const hasCapitals = /[A-Z]/.test(text.replace(/:.*$/, ""));
  throw new ClientError(
    `${before}invalid reference format${hasCapitals ? ": repository name must be lowercase" : ""}`,
  );
}

const rmi: Command = {
  usage: "[OPTIONS] IMAGE [IMAGE...]",
  summary: "Remove one or more images",
  flags: [flag("force", "f"), flag("no-prune")],
  minimum: 1,
  run: (session, options) =>
    forEach(session, options.args, (given) => removeImage(session, given, options.has("force"))),
};

function removeImage(session: Session, given: string, force: boolean): void {
  const { io } = session;
  const image = session.image(given);
  if (!image) throw notFound(session, "image", given);
  const parsed = parseReference(given);
  const names = referencesOf(session.graph, image.id);
  const name = parsed && names.find((known) => known === referenceText(parsed));
  const short = shortId(image.id);
  const users = Object.values(session.graph.containers).filter(
    ({ imageId }) => imageId === image.id,
  );
  const running = users.find(({ state }) => state.type === "running");
  if (name) {
    const [user] = users;
    if (names.length === 1 && user && !force)
      throw new DaemonError(
        `conflict: unable to remove repository reference "${given}" (must force) - container ${shortId(user.id)} is using its referenced image ${short}`,
      );
    untag(session, name);
    io.out(`Untagged: ${name}\n`);
    if (names.length > 1 || running) return;
  } else {
    if (running)
      throw new DaemonError(
        `conflict: unable to delete ${short} (cannot be forced) - image is being used by running container ${shortId(running.id)}`,
      );
    const [stopped] = users;
    if (stopped && !force)
      throw new DaemonError(
        `conflict: unable to delete ${short} (must be forced) - image is being used by stopped container ${shortId(stopped.id)}`,
      );
    if (names.length > 1 && !force)
      throw new DaemonError(
        `conflict: unable to delete ${short} (must be forced) - image is referenced in multiple repositories`,
      );
    if (hasChildren(session, image))
      throw new DaemonError(
        `conflict: unable to delete ${short} (cannot be forced) - image has dependent child images`,
      );
    for (const reference of names) {
      untag(session, reference);
      io.out(`Untagged: ${reference}\n`);
    }
  }
  for (let at: Image | undefined = image; at && !hasChildren(session, at); ) {
    for (const id of deleteImage(session, at)) io.out(`Deleted: ${id}\n`);
    const parent: Image | undefined = session.graph.images[at.parent ?? ""];
    at = parent && referencesOf(session.graph, parent.id).length === 0 ? parent : undefined;
  }
}

function hasChildren(session: Session, image: Image): boolean {
  return Object.values(session.graph.images).some(({ parent }) => parent === image.id);
}

export const IMAGE_COMMANDS: Readonly<Record<string, Command>> = {
  images,
  pull,
  load,
  save,
  history,
  tag,
  rmi,
};
