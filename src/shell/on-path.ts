import type { Process } from "./process.ts";

/** A file that a name stands for. */
interface Found {
  readonly path: string;
  /** Somebody may run it. */
  readonly isProgram: boolean;
}

/** What a name without a slash stands for on PATH, as bash finds it: the first program, else the first file. */
export function findOnPath(
  { world, pid }: Process,
  name: string,
  environment: ReadonlyMap<string, string>,
): Found | null {
  if (name === "" || name.includes("/")) return null;
  let first: Found | null = null;
  for (const directory of (environment.get("PATH") ?? "").split(":")) {
    if (directory === "") continue;
    const path = `${directory}/${name}`;
    const stat = world.call(pid, "stat", { path });
    if (stat.errno !== null || stat.value.kind !== "file") continue;
    const isProgram = (stat.value.mode & 0o111) !== 0;
    if (isProgram) return { path, isProgram };
    first ??= { path, isProgram };
  }
  return first;
}
