import { BUILD_COMMANDS, StepError } from "./build.ts";
import { ClientError, type Command, messageOf } from "./command.ts";
import { CONTAINER_COMMANDS, containerEnded } from "./container-commands.ts";
import { StartError } from "./containers.ts";
import { dockerd } from "./daemon.ts";
import type { DockerWords } from "./docker-words.ts";
import { type Options, parseFlags, UsageError } from "./flags.ts";
import { IMAGE_COMMANDS } from "./image-commands.ts";
import type { DockerIo } from "./io.ts";
import { refreshKernelFiles } from "./kernel-files.ts";
import { Session } from "./session.ts";
import { SYSTEM_COMMANDS } from "./system-commands.ts";

const COMMANDS: Readonly<Record<string, Command>> = {
  ...BUILD_COMMANDS,
  ...CONTAINER_COMMANDS,
  ...IMAGE_COMMANDS,
  ...SYSTEM_COMMANDS,
};

/** The long names that Docker gave commands in 1.13. */
const LONG_NAMES: Readonly<Record<string, string>> = {
  "container ls": "ps",
  "container list": "ps",
  "container ps": "ps",
  "image ls": "images",
  "image list": "images",
  "image rm": "rmi",
  "image remove": "rmi",
  "volume list": "volume ls",
  "volume remove": "volume rm",
  "system info": "info",
};
const GROUPS = ["container", "image", "volume", "system"];

/** What docker has and this lab has not, with what is near. */
const ABSENT: Readonly<Record<string, string>> = {
  attach: "docker exec, docker logs",
  builder: "docker build",
  buildx: "docker build",
  checkpoint: "docker commit",
  compose: "docker run",
  config: "docker create -e",
  context: "docker info",
  events: "docker logs",
  import: "docker load",
  logout: "docker pull",
  manifest: "docker image inspect",
  node: "docker info",
  pause: "docker stop",
  plugin: "docker info",
  port: "docker inspect",
  push: "docker save",
  secret: "docker run -e",
  service: "docker run",
  stack: "docker run",
  stats: "docker ps -s",
  swarm: "docker run",
  top: "docker ps",
  trust: "docker image inspect",
  unpause: "docker start",
  update: "docker run",
  wait: "docker ps -a",
};

/** The same where it takes a few words to say what is near. */
const ABSENT_IN_WORDS = ["login", "network", "search"] as const;

/** Flags of docker's that this lab does not have, with what is near. */
const ABSENT_FLAGS: Readonly<Record<string, string>> = {
  memory: "docker ps -s",
  m: "docker ps -s",
  cpus: "docker ps -s",
  mount: "-v",
  tmpfs: "-v",
  privileged: "docker exec",
  "cap-add": "docker exec",
  device: "-v",
  restart: "docker restart",
  "read-only": "-v NAME:/path:ro",
  "env-file": "-e",
  "volumes-from": "-v",
  "storage-opt": "docker info",
  init: "docker run",
  pull: "docker pull",
};

const NETWORK_FLAGS = new Set(["publish", "p", "P", "network", "link"]);

/**
 * The docker command: `argv` without "docker" itself. Gives the exit code; all it prints and does goes through `io`.
 * What docker has and this lab has not is refused, and what is near is named.
 */
export async function docker(io: DockerIo, argv: readonly string[]): Promise<number> {
  const words = argv.filter((word, index) => !(index === 0 && ["-D", "--debug"].includes(word)));
  const [first = "", second = "", ...more] = words;
  if (first === "" || ["help", "--help", "-h"].includes(first)) {
    io.out(overview(io.words(1)));
    return 0;
  }
  if (["--version", "-v"].includes(first)) {
    io.out("Docker version 19.03.15 (simulated by Unionscope)\n");
    return 0;
  }
  if (first === "daemon") return dockerd(io, words.slice(1), "1.9");
  const long = `${first} ${second}`;
  const isGroup = GROUPS.includes(first);
  const short = LONG_NAMES[long] ?? (COMMANDS[long] ? long : null);
  const name = short ?? (isGroup && COMMANDS[second] ? second : first);
  const args = short !== null || name === second ? more : words.slice(1);
  const command = COMMANDS[name];
  if (!command) {
    const lab = io.words(2);
    const inWords = ABSENT_IN_WORDS.find((key) => key === first);
    const near = inWords ? lab.near[inWords] : ABSENT[first];
    io.err(
      near === undefined
        ? `docker: '${isGroup ? long.trim() : first}' is not a docker command.\nSee 'docker --help'\n`
        : `docker: ${lab.notHere(`'${first}'`, near)}.\n`,
    );
    return 1;
  }
  const exitCode = await runCommand(io, name, command, args);
  io.setHost(refreshKernelFiles(io.host()));
  return exitCode;
}

async function runCommand(
  io: DockerIo,
  name: string,
  command: Command,
  args: readonly string[],
): Promise<number> {
  if (args[0] === "--help") {
    io.out(usage(name, command));
    return 0;
  }
  let options: Options;
  try {
    options = parseFlags(args, command.flags, command.interspersed ?? true);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const [, flag = ""] = /(?:--|in -)([\w-]+)$/.exec(error.message) ?? [];
    const words = io.words(2);
    const nearFlag = (name: string) =>
      NETWORK_FLAGS.has(name) ? words.near.network : ABSENT_FLAGS[name];
    const near = nearFlag(flag) ?? nearFlag(flag.charAt(0));
    io.err(
      near !== undefined && error.message.startsWith("unknown")
        ? `docker ${name}: ${words.notHere(`${flag.length > 1 && nearFlag(flag) !== undefined ? "--" : "-"}${flag}`, near)}.\n`
        : `${error.message}\nSee 'docker ${name} --help'.\n`,
    );
    return 125;
  }
  const wrong = wrongCount(name, command, options.args.length);
  if (wrong !== null) {
    io.err(
      `${wrong}\nSee 'docker ${name} --help'.\n\nUsage:\tdocker ${name} ${command.usage}\n\n${command.summary}\n`,
    );
    return 1;
  }
  try {
    return await command.run(new Session(io), options);
  } catch (error) {
    if (error instanceof UsageError) {
      io.err(`${error.message}\nSee 'docker ${name} --help'.\n`);
      return 125;
    }
    const message = messageOf(error);
    if (name !== "run") {
      io.err(`${message}\n`);
      return error instanceof StepError ? error.exitCode : 1;
    }
    const isStart = error instanceof StartError;
    const help = isStart ? "" : "See 'docker run --help'.\n";
    const isClient = error instanceof ClientError;
    io.err(isClient ? `${message}\n` : `docker: ${message.replace(/\.$/, "")}.\n${help}`);
    return isStart ? error.exitCode : 125;
  }
}

function wrongCount(name: string, { minimum, maximum }: Command, count: number): string | null {
  const arguments_ = (number: number) => `${number} argument${number === 1 ? "" : "s"}`;
  if (minimum === maximum && count !== minimum)
    return minimum === 0
      ? `"docker ${name}" accepts no arguments.`
      : `"docker ${name}" requires exactly ${arguments_(minimum)}.`;
  if (count < minimum) return `"docker ${name}" requires at least ${arguments_(minimum)}.`;
  if (maximum !== undefined && count > maximum)
    return maximum === 0
      ? `"docker ${name}" accepts no arguments.`
      : `"docker ${name}" requires at most ${arguments_(maximum)}.`;
  return null;
}

function usage(name: string, { usage: line, summary, flags }: Command): string {
  const options = flags.map(
    ({ long, short, takes }) =>
      `  ${short === undefined ? "    " : `-${short}, `}--${long}${takes === "nothing" ? "" : takes === "list" ? " list" : " string"}\n`,
  );
  return `Usage:\tdocker ${name} ${line}\n\n${summary}\n${options.length > 0 ? `\nOptions:\n${options.join("")}` : ""}`;
}

function overview(words: DockerWords): string {
  const lines = Object.entries(COMMANDS)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { summary }]) => `  ${name.padEnd(18)}${summary}\n`);
  return `Usage:\tdocker COMMAND\n\n${words.overview}\n\nCommands:\n${lines.join("")}`;
}

/** The first process of a container is over: it was at a prompt of its own, and someone typed "exit". */
export async function containerExited(io: DockerIo, id: string, exitCode: number): Promise<void> {
  containerEnded(new Session(io), id, exitCode);
  io.setHost(refreshKernelFiles(io.host()));
}
