import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { createHost } from "../docker/boot.ts";
import type { Host } from "../docker/host.ts";
import { bytesSource } from "../image/byte-source.ts";
import { openArchive } from "../image/open.ts";
import { ArchiveShelf } from "./library.ts";
import { runLine } from "./session.ts";

/** Archives of real tools, with the truth about them. Not in the repository. */
const SMALL = resolve(import.meta.dirname, "../../../shared/corpus/small");
const isThere = existsSync(SMALL);
const { CI } = process.env;
if (!isThere && CI) throw new Error(`no corpus at ${SMALL}`);
if (!isThere) console.warn(`no corpus at ${SMALL}: skipped`);

const ARCHIVES = [
  ["node-app.docker26-save.tar", "node-app"],
  ["node-app.podman-oci-archive.tar", "node-app"],
  ["web.docker26-save.tar", "web"],
  ["meta-a.skopeo-docker-archive.tar", "meta-a"],
] as const;

interface Opened {
  readonly host: Host;
  readonly shelf: ArchiveShelf;
  readonly name: string;
}

async function opened(file: string): Promise<Opened> {
  const source = bytesSource(file, readFileSync(resolve(SMALL, file)));
  const archive = await openArchive([source], { id: "image0" });
  if (archive.type === "refused") throw new Error(archive.problem.type);
  const shelf = new ArchiveShelf();
  const library = await shelf.add(archive.reader);
  const host = createHost({
    library,
    driver: "aufs",
    release: "19.03",
    seed: "corpus",
    clock: { sec: 1_767_225_600, nsec: 0 },
  });
  return { host, shelf, name: library[0]?.references[0] ?? "" };
}

/** Regular files of an image with plain names, and their sha256, as the kernel's overlayfs showed them. */
function filesOf(image: string): (readonly [path: string, sha256: string])[] {
  const [head = "", ...rows] = readFileSync(resolve(SMALL, `truth/${image}.overlay.tsv`), "utf8")
    .trimEnd()
    .split("\n");
  const columns = head.split("\t");
  const at = (name: string) => columns.indexOf(name);
  return rows
    .map((row) => row.split("\t"))
    .filter(
      (row) => /^(f|file)/.test(row[at("type")] ?? "") && /^[\w./-]+$/.test(row[at("path")] ?? ""),
    )
    .map(
      (row) => [(row[at("path")] ?? "").replace(/^\.?\/*/, "/"), row[at("sha256")] ?? ""] as const,
    )
    .filter(([path]) => !/^\/(etc\/(hosts|hostname|resolv\.conf|mtab)|dev|proc|sys)\b/.test(path));
}

async function text(
  { host, shelf }: Opened,
  line: string,
): Promise<readonly [string, Opened["host"]]> {
  const result = await runLine(host, line, shelf);
  return [result.output.map((part) => part.text).join(""), result.host];
}

describe.runIf(isThere)("an opened archive runs", () => {
  for (const [file, image] of ARCHIVES)
    it(`${file}: every byte a container reads is the image's`, async () => {
      const start = await opened(file);
      const files = filesOf(image);
      expect(files.length).toBeGreaterThan(4);
      const run = `docker run -d --name c1 -u 0 --entrypoint sleep ${start.name} 1000`;
      const [, host] = await text(start, run);
      const words = files.map(([path]) => path).join(" ");
      const [sums] = await text({ ...start, host }, `docker exec -u 0 c1 sha256sum ${words}`);
      expect(sums).toBe(files.map(([path, sha256]) => `${sha256}  ${path}\n`).join(""));
    });

  it("what was changed, committed, saved and loaded again is there, and the rest is as it was", async () => {
    const start = await opened("node-app.docker26-save.tar");
    const files = filesOf("node-app");
    const [path, sha256] = files[0] ?? ["", ""];
    let { host } = start;
    for (const line of [
      `docker run -d --name c1 --entrypoint sleep -u 0 ${start.name} 1000`,
      `docker exec -u 0 c1 sh -c 'echo changed > /changed; mkdir -p /new/dir; rm ${files[1]?.[0]}'`,
      "docker commit c1 mine:1; docker save mine:1 > /root/mine.tar; docker rm -f c1",
      "docker rmi mine:1; docker load < /root/mine.tar",
    ])
      [, host] = await text({ ...start, host }, line);
    const [shown] = await text(
      { ...start, host },
      `docker run --rm -u 0 --entrypoint sh mine:1 -c 'cat /changed; ls /new; sha256sum ${path}; ls ${files[1]?.[0]}'`,
    );
    expect(shown).toBe(
      `changed\ndir\n${sha256}  ${path}\nls: cannot access '${files[1]?.[0]}': No such file or directory\n`,
    );
  });
});
