import { currentGraph, type Host } from "../docker/host.ts";
import type { DirectoryEntry } from "../engine/call.ts";
import { FIRST_PID } from "../engine/machine.ts";
import { step } from "../engine/step.ts";
import { compareNames } from "../tree/name.ts";
import { commandNames } from "./program.ts";
import { keptShell, runningContainer } from "./session.ts";

/** What can stand at the cursor. `candidates` replace the text from `from` to `to`. */
export interface Completion {
  readonly from: number;
  readonly to: number;
  readonly candidates: readonly Candidate[];
}

export interface Candidate {
  /** As it stands in the line: quoted where it must be, a directory with its slash, else a space behind. */
  readonly text: string;
  /** As it is shown. */
  readonly label: string;
  readonly kind: "command" | "path" | "directory" | "container" | "image" | "volume" | "option";
}

const LAB_COMMANDS = ["docker", "dockerd", "drop-caches", "probe", "service", "strace", "why"];

/** Words after which another command begins. */
const PREFIXES = new Set([
  "sudo",
  "strace",
  "env",
  "time",
  "xargs",
  "command",
  "exec",
  "then",
  "do",
  "else",
  "!",
]);

/** Completes the word at the cursor: a command, a path, or for docker its commands, containers, images and volumes. */
export function complete(host: Host, prompt: string, line: string, cursor: number): Completion {
  const word = wordAt(line, cursor);
  const before = wordsBefore(line.slice(0, word.from));
  const last = before.at(-1);
  const docker = before.lastIndexOf("docker");
  const isCommand = before.length === 0 || (last !== undefined && PREFIXES.has(last));
  let candidates: readonly Candidate[];
  if (docker >= 0 && !isRedirection(line.slice(0, word.from)))
    candidates = dockerCandidates(host, before.slice(docker + 1), word.text, prompt);
  else if (isCommand && !word.text.includes("/")) candidates = commandCandidates(word.text);
  else candidates = pathCandidates(host, prompt, word.text);
  return { from: word.from, to: cursor, candidates };
}

interface Word {
  readonly from: number;
  /** Without quotes and backslashes. */
  readonly text: string;
}

function wordAt(line: string, cursor: number): Word {
  let from = 0;
  let text = "";
  let quote = "";
  for (let i = 0; i < cursor; i++) {
    const char = line[i] ?? "";
    if (quote !== "") {
      if (char === quote) quote = "";
      else text += char;
    } else if (char === "'" || char === '"') quote = char;
    else if (char === "\\") text += line[++i] ?? "";
    else if (/[\s;|&<>()]/.test(char)) {
      from = i + 1;
      text = "";
    } else text += char;
  }
  return { from, text };
}

/** The plain words of the command that the cursor is in. */
function wordsBefore(text: string): string[] {
  const command = text.slice(
    Math.max(...[";", "|", "&", "("].map((mark) => text.lastIndexOf(mark))) + 1,
  );
  return command
    .replace(/[<>]+\s*\S+/g, " ")
    .split(/\s+/)
    .filter((word) => word !== "" && !/^[A-Za-z_]\w*=/.test(word));
}

function isRedirection(text: string): boolean {
  return /[<>]\s*$/.test(text);
}

function commandCandidates(prefix: string): Candidate[] {
  return commandNames(LAB_COMMANDS)
    .filter((name) => name.startsWith(prefix) && /^[a-z]/.test(name))
    .map((name) => ({ text: `${name} `, label: name, kind: "command" }));
}

function pathCandidates(host: Host, prompt: string, text: string): Candidate[] {
  const slash = text.lastIndexOf("/") + 1;
  const directory = text.slice(0, slash);
  const prefix = text.slice(slash);
  return entriesOf(host, prompt, directory)
    .filter(({ name }) => name.startsWith(prefix) && (prefix !== "" || !name.startsWith(".")))
    .toSorted((a, b) => compareNames(a.name, b.name))
    .map(({ name, kind }) => {
      const isDirectory = kind === "dir";
      const full = escapeWord(directory + name);
      return isDirectory
        ? { text: `${full}/`, label: `${name}/`, kind: "directory" as const }
        : { text: `${full} `, label: name, kind: "path" as const };
    });
}

function escapeWord(text: string): string {
  return text.replace(/[^\w@%+=:,./~-]/gu, "\\$&");
}

/** Looks into a directory as the prompt's shell would; the host stays as it is. */
function entriesOf(host: Host, prompt: string, directory: string): readonly DirectoryEntry[] {
  const container = runningContainer(host, prompt);
  const pid =
    keptShell(host, container?.id ?? "host")?.pid ??
    (container?.state.type === "running" ? container.state.pid : FIRST_PID);
  const path = directory === "" ? "." : directory.replace(/^~\//, "/root/");
  const listing = step(host.machine, { type: "readdir", pid, time: host.clock, target: path });
  return listing.errno === null ? listing.value : [];
}

const DOCKER_COMMANDS =
  "build commit cp create diff exec history images info inspect load logs ps pull rename restart rm rmi run save start stop system tag version volume".split(
    " ",
  );
const OF_CONTAINERS = new Set(
  "commit cp diff exec logs rename restart rm start stop inspect".split(" "),
);
const OF_IMAGES = new Set("create history inspect rmi run save tag pull".split(" "));

function dockerCandidates(
  host: Host,
  words: readonly string[],
  prefix: string,
  prompt: string,
): readonly Candidate[] {
  const plain = words.filter((word) => !word.startsWith("-"));
  const [verb] = plain;
  if (verb === undefined) return startingWith(DOCKER_COMMANDS, prefix, "command");
  if (verb === "system") return startingWith(["df", "info", "prune"], prefix, "command");
  if (verb === "volume" && plain.length === 1)
    return startingWith(["create", "inspect", "ls", "prune", "rm"], prefix, "command");
  const graph = currentGraph(host.docker);
  if (verb === "volume") return startingWith(Object.keys(host.docker.volumes), prefix, "volume");
  const found: Candidate[] = [];
  const isFirst = plain.length === 1;
  if (OF_CONTAINERS.has(verb) && (isFirst || ["rm", "start", "stop", "inspect"].includes(verb))) {
    const names = Object.values(graph.containers).map(({ name }) => name);
    const ids = Object.keys(graph.containers).map((id) => id.slice(0, 12));
    found.push(...startingWith(names, prefix, "container"));
    if (/^[0-9a-f]+$/.test(prefix)) found.push(...startingWith(ids, prefix, "container"));
  }
  if (OF_IMAGES.has(verb) && (isFirst || ["rmi", "save", "inspect"].includes(verb))) {
    const library = host.docker.library.flatMap(({ references }) => references);
    const names =
      verb === "pull" || verb === "run" || verb === "create"
        ? [...Object.keys(graph.references), ...library]
        : Object.keys(graph.references);
    const short = [...new Set(names)].map((name) => name.replace(/:latest$/, ""));
    found.push(...startingWith(short, prefix, "image"));
    const ids = Object.keys(graph.images).map((id) => id.slice(0, 12));
    if (/^[0-9a-f]{2,}$/.test(prefix)) found.push(...startingWith(ids, prefix, "image"));
  }
  if (found.length > 0) return found;
  return pathCandidates(host, prompt, prefix);
}

function startingWith(
  names: readonly string[],
  prefix: string,
  kind: Candidate["kind"],
): Candidate[] {
  return [...new Set(names)]
    .filter((name) => name.startsWith(prefix))
    .sort(compareNames)
    .map((name) => ({ text: `${name} `, label: name, kind }));
}

/** What all candidates begin with: as far as one Tab can go. "" without candidates. */
export function commonStart(candidates: readonly Candidate[]): string {
  const [first, ...others] = candidates.map(({ text }) => text);
  let common = first ?? "";
  for (const text of others) while (!text.startsWith(common)) common = common.slice(0, -1);
  return common;
}
