/** An image's name and tag, as repositories.json spells it: "ubuntu:latest". */
export interface Reference {
  readonly name: string;
  readonly tag: string;
}

const NAME =
  /^(?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;

/** Reads "ubuntu", "ubuntu:14.04", "docker.io/library/ubuntu"; null when it is not a reference. */
export function parseReference(text: string): Reference | null {
  const slash = text.lastIndexOf("/");
  const colon = text.indexOf(":", slash + 1);
  const name = (colon < 0 ? text : text.slice(0, colon)).replace(
    /^(?:docker\.io\/)?(?:library\/)?/,
    "",
  );
  const tag = colon < 0 ? "latest" : text.slice(colon + 1);
  return NAME.test(name) && TAG.test(tag) ? { name, tag } : null;
}

/** "ubuntu:latest". */
export function referenceText({ name, tag }: Reference): string {
  return `${name}:${tag}`;
}

/** What a registry calls a repository: "library/ubuntu", and without the registry that a name begins with, "me/app". */
export function repositoryPath(name: string): string {
  if (!name.includes("/")) return `library/${name}`;
  return name.replace(/^(?:localhost|[^/]*[.:][^/]*)\//, "");
}

/**
 * The names an opened archive's image has in the host's library: those the archive gives, in full. An archive that gives
 * only a tag ("latest"), as many OCI layouts do, or nothing, is called by its own file's name.
 */
export function libraryReferences(given: readonly string[], file: string): readonly string[] {
  const references = given.flatMap((text) => {
    const plain = text.replace(/@.*$/, "").toLowerCase();
    const parsed = parseReference(/[:/]/.test(plain) ? plain : `${nameOfFile(file)}:${plain}`);
    return parsed ? [referenceText(parsed)] : [];
  });
  return references.length > 0 ? [...new Set(references)] : [`${nameOfFile(file)}:latest`];
}

/** "My Image.tar.gz" to "my-image". */
export function nameOfFile(file: string): string {
  const name = file
    .replace(/^.*\//, "")
    .toLowerCase()
    .replace(/\.(tar|tgz|gz|zst|zip|xz|bz2|json)\b/g, "")
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/[._-]*([._-])/g, "$1")
    .replace(/^[._-]+|[._-]+$/g, "");
  return name === "" ? "image" : name;
}
