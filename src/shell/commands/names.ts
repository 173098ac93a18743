import { type Content, contentLength } from "../../tree/content.ts";
import { BLOCK, type Task } from "../task.ts";

/** Names of users and groups, from the machine's own files. Root is known without looking. */
export interface NameSource {
  readonly user: (uid: number) => Promise<string>;
  readonly group: (gid: number) => Promise<string>;
  readonly userId: (name: string) => Promise<UserRow | undefined>;
  readonly groupId: (name: string) => Promise<number | undefined>;
  /** Groups that list the user as a member. */
  readonly groupsOf: (name: string) => Promise<number[]>;
}

export interface UserRow {
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

export function nameSource(task: Task): NameSource {
  let users: Promise<string[][]> | undefined;
  let groups: Promise<string[][]> | undefined;
  const passwd = (): Promise<string[][]> => (users ??= table(task, "/etc/passwd"));
  const group = (): Promise<string[][]> => (groups ??= table(task, "/etc/group"));
  return {
    user: async (uid) =>
      uid === 0
        ? "root"
        : ((await passwd()).find((row) => row[2] === String(uid))?.[0] ?? `${uid}`),
    group: async (gid) =>
      gid === 0 ? "root" : ((await group()).find((row) => row[2] === String(gid))?.[0] ?? `${gid}`),
    userId: async (name) => {
      const row = (await passwd()).find(([user]) => user === name);
      if (row)
        return {
          uid: Number(row[2]),
          gid: Number(row[3]),
          home: row[5] ?? "/",
          shell: row[6] ?? "/bin/sh",
        };
      return name === "root" ? { uid: 0, gid: 0, home: "/root", shell: "/bin/sh" } : undefined;
    },
    groupId: async (name) => {
      const row = (await group()).find(([given]) => given === name);
      return row ? Number(row[2]) : name === "root" ? 0 : undefined;
    },
    groupsOf: async (name) =>
      (await group())
        .filter((row) => (row[3] ?? "").split(",").includes(name))
        .map((row) => Number(row[2])),
  };
}

async function table(task: Task, path: string): Promise<string[][]> {
  const opened = task.call("open", { path, flags: ["O_RDONLY"] });
  if (opened.errno !== null) return [];
  const pieces: Content[number][] = [];
  for (;;) {
    const block = task.call("read", { fd: opened.value, length: BLOCK });
    if (block.errno !== null || contentLength(block.value) === 0) break;
    pieces.push(...block.value);
  }
  task.call("close", { fd: opened.value });
  const text = await task.text(pieces);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(":"));
}
