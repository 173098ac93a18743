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
