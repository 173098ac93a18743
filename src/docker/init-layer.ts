import { type Kernel, mkdirAll, must, parentOf, stat } from "../drivers/kernel.ts";
import type { Release } from "./host.ts";

type Entry = readonly [path: string, what: "dir" | "file" | { readonly target: string }];

const ENTRIES: readonly Entry[] = [
  ["/.dockerenv", "file"],
  ["/dev/console", "file"],
  ["/dev/pts", "dir"],
  ["/dev/shm", "dir"],
  ["/etc/hostname", "file"],
  ["/etc/hosts", "file"],
  ["/etc/mtab", { target: "/proc/mounts" }],
  ["/etc/resolv.conf", "file"],
  ["/proc", "dir"],
  ["/sys", "dir"],
];

/**
 * Fills the layer between an image and a container: mount points for what Docker mounts into every container, so that
 * they never count as the container's own. What the image has at these paths, unless a directory, is replaced.
 *
 * Source: moby daemon/initlayer/setup_unix.go, `Setup`.
 */
export function setUpInitLayer(kernel: Kernel, root: string, release: Release): void {
  const entries: readonly Entry[] =
    release === "1.9" ? [...ENTRIES, ["/.dockerinit", "file"]] : ENTRIES;
  for (const [path, what] of entries) {
    let prefix = root;
    for (const part of path.split("/").slice(1)) {
      prefix += `/${part}`;
      kernel.call("unlink", { path: prefix });
    }
    const full = `${root}${path}`;
    if (stat(kernel, full)) continue;
    mkdirAll(kernel, parentOf(full), 0o755);
    if (what === "dir") must(kernel, "mkdir", { path: full, mode: 0o755 });
    else if (what === "file") {
      const fd = must(kernel, "open", { path: full, flags: ["O_RDONLY", "O_CREAT"], mode: 0o755 });
      must(kernel, "close", { fd });
    } else must(kernel, "symlink", { target: what.target, path: full });
  }
}
