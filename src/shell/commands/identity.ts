import type { Credentials } from "../../engine/call.ts";
import { errorText } from "../error-text.ts";
import type { Task } from "../task.ts";
import { command } from "./command.ts";
import { nameSource } from "./names.ts";
import { quoteAlways } from "./quote.ts";

function credentialsOf({ process }: Task): Credentials {
  return process.world.credentials(process.pid);
}

export const id = command(
  { short: "ugGnr", long: { user: "u", group: "g", groups: "G", name: "n", real: "r" } },
  async (task, options) => {
    const names = nameSource(task);
    const [user] = options.operands;
    let ids = credentialsOf(task);
    if (user !== undefined) {
      const row = await names.userId(user);
      if (!row) {
        await task.error(`${quoteAlways(user)}: no such user`);
        return 1;
      }
      ids = { uid: row.uid, gid: row.gid, groups: await names.groupsOf(user) };
    }
    const { uid, gid } = ids;
    const groups = [gid, ...ids.groups.filter((group) => group !== gid)];
    const groupNames = await Promise.all(groups.map((group) => names.group(group)));
    if (options.has("u")) await task.out(`${options.has("n") ? await names.user(uid) : uid}\n`);
    else if (options.has("g"))
      await task.out(`${options.has("n") ? await names.group(gid) : gid}\n`);
    else if (options.has("G"))
      await task.out(`${(options.has("n") ? groupNames : groups).join(" ")}\n`);
    else {
      const named = (number: number, name: string): string =>
        name === String(number) ? name : `${number}(${name})`;
      const list = groups.map((group, i) => named(group, groupNames[i] ?? "")).join(",");
      await task.out(
        `uid=${named(uid, await names.user(uid))} gid=${named(gid, groupNames[0] ?? "")} groups=${list}\n`,
      );
    }
    return 0;
  },
);

export async function whoami(task: Task): Promise<number> {
  await task.out(`${await nameSource(task).user(credentialsOf(task).uid)}\n`);
  return 0;
}

/** Runs a command as another user: root unless `-u`. Nobody is asked for a password. */
export const sudo = command(
  {
    short: "u:g:EHinsSbk",
    long: { "user=": "u", "group=": "g", login: "i", "preserve-env": "E" },
    ordered: true,
  },
  async (task, options) => {
    const words = [...options.operands];
    const environment = new Map(task.environment);
    while (/^[A-Za-z_]\w*=/.test(words[0] ?? "")) {
      const word = words.shift() ?? "";
      environment.set(word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1));
    }
    if (words.length === 0) words.push("sh");
    return runAs(task, options.value("u") ?? "root", words, environment);
  },
);

/** `su [-] [USER] [-c COMMAND]` */
export const su = command(
  {
    short: "c:ls:",
    long: { "command=": "c", login: "l", "shell=": "s" },
  },
  async (task, options) => {
    const text = options.value("c");
    const words = text === undefined ? ["sh"] : ["sh", "-c", text];
    const user = options.operands.find((word) => word !== "-") ?? "root";
    return runAs(task, user, words, new Map(task.environment));
  },
);

async function runAs(
  task: Task,
  user: string,
  words: readonly string[],
  environment: Map<string, string>,
): Promise<number> {
  const names = nameSource(task);
  const number = /^#?(\d+)$/.exec(user)?.[1];
  const row = number === undefined ? await names.userId(user) : undefined;
  if (number === undefined && !row) {
    await task.error(task.name === "su" ? `user ${user} does not exist` : `unknown user ${user}`);
    return 1;
  }
  const uid = row?.uid ?? Number(number);
  const gid = row?.gid ?? Number(number);
  const groups = row ? await names.groupsOf(user) : [];
  environment.set("USER", user);
  environment.set("HOME", row?.home ?? "/");
  let refused: string | null = null;
  const status = await task.run(words, {
    environment,
    prepare: (child) => {
      const done = task.process.world.call(child.pid, "setCredentials", {
        credentials: { uid, gid, groups },
      });
      if (done.errno !== null) refused = errorText(done.errno);
    },
  });
  if (refused === null) return status;
  await task.error(`cannot set user: ${refused}`);
  return 1;
}
