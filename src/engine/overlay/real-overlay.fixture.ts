import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect } from "vitest";
import type { OpenFlag } from "../call.ts";
import {
  branchArbitrary,
  listing,
  type ScriptCall,
  type ScriptEntry,
  ScriptWorld,
  scriptArbitrary,
} from "../scripts.ts";

const base = fs.mkdtempSync(join(tmpdir(), "unionscope-live-"));

/** Without setfattr(1) no layer has an opaque directory from the start; mkdir over a whiteout still makes them. */
const hasSetfattr = spawnSync("setfattr", ["--version"]).status === 0;

/** Mount options as the recordings have them, and others that this kernel takes. */
const OPTIONS = fc.constantFrom<readonly string[]>(
  [],
  [],
  ["redirect_dir=on"],
  ["redirect_dir=nofollow"],
  ["index=on"],
  ["redirect_dir=on", "index=on"],
  ["metacopy=on", "redirect_dir=on"],
  ["metacopy=on", "index=on"],
  ["xino=on"],
);

/** Takes away what the comparison made. */
export function removeRealOverlays(): void {
  fs.rmSync(base, { recursive: true, force: true });
}

/** Every call of `runs` random scripts on a real overlay mount of this machine and on the engine, side by side. */
export function compareWithKernel(runs: number, scriptLength: number): void {
  if (!hasSetfattr)
    console.warn("\n!!! setfattr is missing: layers without opaque directories only.\n");
  process.umask(0o022);
  const branches = fc
    .tuple(branchArbitrary(false), fc.array(branchArbitrary(true), { minLength: 1, maxLength: 3 }))
    .map(([top, below]) => [top, ...below]);
  fc.assert(
    fc.property(branches, OPTIONS, scriptArbitrary(scriptLength), (all, options, script) => {
      const drawn = hasSetfattr ? all : all.map((entries) => entries.map(withoutOpaque));
      const real = new RealUnion(drawn, options);
      try {
        const world = new ScriptWorld("overlay", drawn, options);
        for (const [i, call] of script.entries())
          expect([i, call, world.run(call, "/mnt")]).toEqual([i, call, real.run(call)]);
        expect(listing(world, "/mnt")).toEqual(real.listing());
        expect(listing(world, "/layers/0/fs")).toEqual(real.listing(join(real.root, "0")));
      } finally {
        real.end();
      }
    }),
    { numRuns: runs },
  );
}

/** Why nothing can be compared with a kernel here; null when it can. Says so on the terminal. */
export function whyNoKernel(): string | null {
  const reason = whyNot();
  if (reason !== null)
    console.warn(
      `\n!!! The live overlayfs oracle did NOT run: ${reason}. Nothing here was compared with a kernel.\n`,
    );
  return reason;
}

function whyNot(): string | null {
  if (process.platform !== "linux") return "this is not Linux";
  if (process.getuid?.() !== 0) return "it needs root";
  const probe = join(base, "probe");
  fs.mkdirSync(probe);
  if (!mounts(["-t", "tmpfs", "none", probe])) return "tmpfs cannot be mounted";
  for (const name of ["l", "u", "w", "m"]) fs.mkdirSync(join(probe, name));
  const options = `lowerdir=${probe}/l,upperdir=${probe}/u,workdir=${probe}/w`;
  const works = mounts(["-t", "overlay", "overlay", "-o", options, join(probe, "m")]);
  if (works) unmount(join(probe, "m"));
  unmount(probe);
  if (!works) return "overlayfs cannot be mounted";
  const features = ["redirect_dir", "index", "metacopy"].filter((name) => isOn(name));
  return features.length === 0 ? null : `${features.join(", ")} is on in this kernel by default`;
}

function isOn(feature: string): boolean {
  const path = `/sys/module/overlay/parameters/${feature}`;
  return fs.existsSync(path) && fs.readFileSync(path, "latin1").startsWith("Y");
}

function mounts(args: readonly string[]): boolean {
  return spawnSync("mount", args).status === 0;
}

function unmount(path: string): void {
  spawnSync("umount", [path]);
}

function withoutOpaque(entry: ScriptEntry): ScriptEntry {
  return entry.kind === "dir" ? { ...entry, opaque: false } : entry;
}

/** A union on a tmpfs of this machine. */
class RealUnion {
  readonly root = fs.mkdtempSync(join(base, "run-"));
  readonly #mnt = join(this.root, "mnt");
  readonly #slots: (number | null)[] = [null, null, null];

  constructor(branches: readonly (readonly ScriptEntry[])[], options: readonly string[]) {
    mounts(["-t", "tmpfs", "none", this.root]);
    for (const [index, entries] of branches.entries()) {
      fs.mkdirSync(join(this.root, `${index}`));
      for (const entry of entries) makeReal(join(this.root, `${index}`), entry);
    }
    fs.mkdirSync(this.#mnt);
    fs.mkdirSync(join(this.root, "work"));
    const lower = branches.slice(1).map((_, index) => join(this.root, `${index + 1}`));
    const layers = `lowerdir=${lower.join(":")},upperdir=${this.root}/0,workdir=${this.root}/work`;
    const all = [layers, ...options].join(",");
    if (!mounts(["-t", "overlay", "overlay", "-o", all, this.#mnt]))
      throw new Error("the overlay could not be mounted");
  }

  run(call: ScriptCall): unknown {
    if ("slot" in call && call.type !== "open" && this.#slots[call.slot] === null) return "EBADF";
    try {
      return this.#call(call);
    } catch (error) {
      if (error instanceof Error && "code" in error) return error.code;
      throw error;
    }
  }

  listing(root = this.#mnt, path = ""): string[] {
    const lines: string[] = [];
    for (const name of fs.readdirSync(root + path).sort()) {
      const at = `${path}/${name}`;
      const stat = fs.lstatSync(root + at, { throwIfNoEntry: false });
      if (stat === undefined) {
        lines.push(`${at} ENOENT`);
        continue;
      }
      const kind = kindOf(stat);
      lines.push(
        `${at} ${kind} ${(stat.mode & 0o7777).toString(8)} ${realDetail(root + at, kind)}`,
      );
      if (kind === "dir") lines.push(...this.listing(root, at));
    }
    return lines;
  }

  end(): void {
    for (const fd of this.#slots) if (fd !== null) fs.closeSync(fd);
    unmount(this.#mnt);
    unmount(this.root);
  }

  #call(call: ScriptCall): unknown {
    const at = (path: string) => this.#mnt + path;
    const fd = "slot" in call ? (this.#slots[call.slot] ?? -1) : -1;
    switch (call.type) {
      case "open": {
        const opened = fs.openSync(at(call.path), flagBits(call.flags), 0o644);
        if (fd >= 0) fs.closeSync(fd);
        this.#slots[call.slot] = opened;
        return 0;
      }
      case "close":
        fs.closeSync(fd);
        this.#slots[call.slot] = null;
        return null;
      case "fstat":
        return statOf(fs.fstatSync(fd));
      case "write":
        return fs.writeSync(fd, Buffer.from(call.text, "latin1"));
      case "pread": {
        const buffer = Buffer.alloc(20);
        const length = fs.readSync(fd, buffer, 0, 20, call.offset);
        return buffer.toString("latin1", 0, length);
      }
      case "ftruncate":
        fs.ftruncateSync(fd, call.length);
        return null;
      case "fchmod":
        fs.fchmodSync(fd, call.mode);
        return null;
      case "mkdir":
        fs.mkdirSync(at(call.path), call.mode);
        return null;
      case "chmod":
        fs.chmodSync(at(call.path), call.mode);
        return null;
      case "rmdir":
        fs.rmdirSync(at(call.path));
        return null;
      case "unlink":
        fs.unlinkSync(at(call.path));
        return null;
      case "lstat":
        return statOf(fs.lstatSync(at(call.path)));
      case "readdir": {
        const names = fs.readdirSync(at(call.path)).sort();
        return names.length === 0 ? "" : names;
      }
      case "readlink":
        return fs.readlinkSync(at(call.path));
      case "rename":
        fs.renameSync(at(call.from), at(call.to));
        return null;
      case "link":
        fs.linkSync(at(call.from), at(call.to));
        return null;
      case "symlink":
        fs.symlinkSync(call.target, at(call.path));
        return null;
      case "truncate":
        fs.truncateSync(at(call.path), call.length);
        return null;
    }
  }
}

function makeReal(root: string, entry: ScriptEntry): void {
  const at = root + entry.path;
  if (entry.kind === "dir") {
    fs.mkdirSync(at);
    if (entry.opaque) spawnSync("setfattr", ["-n", "trusted.overlay.opaque", "-v", "y", at]);
  } else if (entry.kind === "file") fs.writeFileSync(at, entry.data, "latin1");
  else if (entry.kind === "symlink") fs.symlinkSync(entry.target, at);
  else spawnSync("mknod", ["-m", "0", at, "c", "0", "0"]);
}

function flagBits(flags: readonly OpenFlag[]): number {
  const bits: Readonly<Record<string, number>> = fs.constants;
  return flags.reduce((all, flag) => all | (bits[flag] ?? 0), fs.constants.O_NONBLOCK);
}

function kindOf(stat: fs.Stats): string {
  if (stat.isDirectory()) return "dir";
  if (stat.isSymbolicLink()) return "symlink";
  return stat.isCharacterDevice() ? "char" : "file";
}

function statOf(stat: fs.Stats): unknown {
  const kind = kindOf(stat);
  const bits = stat.mode & 0o7777;
  const { uid, gid, size, nlink } = stat;
  return kind === "file" ? { kind, bits, uid, gid, size, nlink } : { kind, bits, uid, gid };
}

function realDetail(at: string, kind: string): string {
  if (kind === "symlink") return fs.readlinkSync(at);
  return kind === "file" ? JSON.stringify(fs.readFileSync(at, "latin1")) : "";
}
