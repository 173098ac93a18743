import type { CommandEnd, ContainerCommand } from "../docker/io.ts";
import type { Content } from "../tree/content.ts";
import { decodeName } from "../tree/name.ts";
import type { Interpreter } from "./language/interpreter.ts";
import type { Process, Stream, World } from "./process.ts";
import type { CommandFunction } from "./task.ts";

const SHELLS = new Set(["sh", "bash", "dash", "ash", "zsh"]);

/** How a command that nobody waits for ends here: it reached a `sleep`, and goes on running. */
class GoesOn {}

/**
 * Runs a container's command in the process docker made for it.
 *
 * A shell that waits for a terminal and `tail -f` go on running: their exit code is null, and the container has a prompt.
 * So does a detached command when it comes to a `sleep`; what it did before is done. A program of the image that is none of the lab's commands goes on too when it is detached,
 * as a server would; attached it says that it cannot be run here.
 */
export async function runInContainer(
  command: ContainerCommand,
  world: World,
  interpreterWith: (changed: ReadonlyMap<string, CommandFunction>) => Interpreter,
): Promise<CommandEnd> {
  const sleeping: CommandFunction = () => Promise.reject(new GoesOn());
  const interpreter = interpreterWith(
    command.detached ? new Map([["sleep", sleeping]]) : new Map(),
  );
  if (goesOn(command)) return { exitCode: null };
  const [name = ""] = command.argv;
  const refusal = refusalOf(command, world, interpreter, name);
  if (refusal === "server") return { exitCode: null };
  if (refusal !== null) return refusal;
  const written: { fd: number; content: Content }[] = [];
  const sink = (fd: number): Stream => ({
    type: "sink",
    take: (content) => void written.push({ fd, content }),
  });
  const process: Process = {
    world,
    pid: command.pid,
    streams: new Map<number, Stream>([
      [0, { type: "terminal" }],
      [
        1,
        command.tty
          ? { type: "screen", take: (content) => void written.push({ fd: 1, content }) }
          : sink(1),
      ],
      [2, sink(2)],
    ]),
  };
  const environment = new Map(
    command.env.map((entry): [string, string] => {
      const at = entry.indexOf("=");
      return at < 0 ? [entry, ""] : [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
  let exitCode: number | null = null;
  try {
    exitCode = await interpreter.program(process, command.argv, environment);
  } catch (fault) {
    if (!(fault instanceof GoesOn)) throw fault;
  }
  for (const { fd, content } of written) {
    const text = decodeName(await world.bytes(content));
    if (fd === 1) command.out(text);
    else command.err(text);
  }
  return { exitCode };
}

/** Whether a command would wait for what is not coming: a person at a terminal, or the end of time. */
function goesOn({ argv, tty, interactive }: ContainerCommand): boolean {
  const [name = "", ...args] = argv;
  const base = name.slice(name.lastIndexOf("/") + 1);
  const bare = args.every((word) => /^-[il]+$|^--login$/.test(word));
  if (SHELLS.has(base) && bare) return tty || interactive;
  if (base === "cat" && args.length === 0) return tty || interactive;
  if (base === "sleep") return args.includes("infinity");
  if (base === "tail") return args.some((word) => /^-[a-zA-Z]*[fF]|^--follow/.test(word));
  return base === "top" || base === "htop";
}

/** Why a program is not executed; "server" for one that may go on unseen; null: run it. */
function refusalOf(
  { argv, pid, detached }: ContainerCommand,
  world: World,
  interpreter: Interpreter,
  name: string,
): CommandEnd | "server" | null {
  const base = name.slice(name.lastIndexOf("/") + 1);
  const known = interpreter.knows(base) || interpreter.builtins.has(base);
  if (name.includes("/")) {
    const stat = world.call(pid, "stat", { path: name });
    if (stat.errno !== null)
      return known
        ? null
        : { exitCode: 127, refusal: `exec: "${name}": stat ${name}: no such file or directory` };
    if (stat.value.kind === "dir" || (stat.value.mode & 0o111) === 0)
      return { exitCode: 126, refusal: `exec: "${name}": permission denied` };
    return known || !detached ? null : "server";
  }
  if (known || argv.length === 0) return null;
  for (const directory of [
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
  ])
    if (world.call(pid, "stat", { path: `${directory}/${name}` }).errno === null)
      return detached ? "server" : null;
  return { exitCode: 127, refusal: `exec: "${name}": executable file not found in $PATH` };
}
