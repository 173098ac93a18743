import { createHash } from "node:crypto";

/** An entry of a layer: a file's text, a directory (a name that ends in "/"), or a link. */
export type TinyEntry =
  | readonly [name: string, text: string]
  | readonly [name: string, link: { readonly symlink: string }];

export interface TinyLayer {
  readonly command: string;
  readonly entries: readonly TinyEntry[];
}

/** A `docker save` archive of one image, small enough to read in a test's own text. Layers base first. */
export function tinyArchive(reference: string, layers: readonly TinyLayer[]): Buffer {
  const tars = layers.map(({ entries }) => tar(entries));
  const config = JSON.stringify({
    architecture: "amd64",
    os: "linux",
    config: { Cmd: ["sh"] },
    rootfs: { type: "layers", diff_ids: tars.map((bytes) => `sha256:${sha256(bytes)}`) },
    history: [
      ...layers.map(({ command }) => ({ created: "2024-01-01T00:00:00Z", created_by: command })),
      { created: "2024-01-01T00:00:00Z", created_by: 'CMD ["sh"]', empty_layer: true },
    ],
  });
  const configName = `${sha256(Buffer.from(config))}.json`;
  const names = tars.map((bytes) => `${sha256(bytes)}/layer.tar`);
  const manifest = [{ Config: configName, RepoTags: [reference], Layers: names }];
  return tar([
    [configName, config],
    ...tars.map((bytes, i): [string, Buffer] => [names[i] ?? "", bytes]),
    ["manifest.json", JSON.stringify(manifest)],
  ]);
}

/** A plain tar: a layer, or what an archive is made of. Long names are written as GNU tar does. */
export function tar(
  entries: readonly (readonly [string, string | Buffer | { readonly symlink: string }])[],
): Buffer {
  const parts: Buffer[] = [];
  for (const [name, what] of entries) {
    const isLink = typeof what === "object" && "symlink" in what;
    const content = isLink ? Buffer.alloc(0) : Buffer.from(what);
    const type = isLink ? "2" : name.endsWith("/") ? "5" : "0";
    const long = Buffer.from(`${name}\0`);
    if (long.length > 100) parts.push(header("././@LongLink", long.length, "L", ""), padded(long));
    parts.push(header(name, content.length, type, isLink ? what.symlink : ""), content);
    parts.push(Buffer.alloc((512 - (content.length % 512)) % 512));
  }
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

function header(name: string, size: number, type: string, target: string): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  block.write(name, 0, 100);
  block.write(`${octal(type === "5" ? 0o755 : 0o644, 7)}\0`, 100);
  block.write(`${octal(0, 7)}\0${octal(0, 7)}\0`, 108);
  block.write(`${octal(size, 11)}\0${octal(1_704_067_200, 11)}\0`, 124);
  block.write("        ", 148);
  block.write(type, 156);
  block.write(target, 157, 100);
  block.write("ustar\u000000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
