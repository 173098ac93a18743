/**
 * One line typed at a prompt of the lab: the host before it in, the host after it and all that happened out.
 *
 * Everything is a value. The same host and line give the same result whenever and however often they are run, so a
 * fork is a second use of the same host.
 */

import { containerExited, docker } from "../docker/cli.ts";
import { dockerd, service } from "../docker/daemon.ts";
import { type Container, currentGraph, type Host } from "../docker/host.ts";
import type { ContainerCommand, DockerIo } from "../docker/io.ts";
import { refreshKernelFiles } from "../docker/kernel-files.ts";
import { NO_COSTS } from "../engine/costs.ts";
import { FIRST_PID } from "../engine/machine.ts";
import { NO_PAGES, type PageCache } from "../engine/page-cache.ts";
import { type Content, contentLength } from "../tree/content.ts";
import { sliceContent } from "../tree/content-edit.ts";
import { decodeName } from "../tree/name.ts";
import { mapGet } from "../tree/persistent-map.ts";
import { mount, umount } from "./commands/mounts.ts";
import { dropCaches, probe, strace, type Teaching, why } from "./commands/teaching.ts";
import { runInContainer } from "./container-run.ts";
import { digestOf, type Edge, fetchBytes } from "./edge.ts";
import { wordsAt } from "./lab-words.ts";
import { runScript, runToExit } from "./language/evaluate.ts";
import { ExitShell } from "./language/interpreter.ts";
import { freezeShell, openShell, type Shell } from "./language/shell.ts";
import { newShellState, type ShellState } from "./language/state.ts";
import { loadParser, type Parse } from "./language/syntax.ts";
import { costsAlong, type Meters, metersOf } from "./meters.ts";
import { type Process, type Stream, Turns, type World, writeTo } from "./process.ts";
import { type ExtraCommands, interpreterOf } from "./program.ts";
import { Interrupted, Recorder, type Step } from "./recorder.ts";
import { stateHash } from "./state-hash.ts";
import { type CommandFunction, contentOf, type Task } from "./task.ts";

/** A place to type: the host, or a container that runs. */
export interface Prompt {
  /** "host", or the container's id. */
  readonly id: string;
  /** "host#", or "NAME#". */
  readonly text: string;
}

export interface Output {
  readonly stream: "out" | "error";
  readonly text: string;
}

export interface LineResult {
  readonly line: string;
  readonly prompt: string;
  readonly host: Host;
  readonly output: readonly Output[];
  readonly exitCode: number;
  readonly steps: readonly Step[];
  readonly meters: Meters;
  /** How many steps had been made when the page cache was emptied, for each time that it was. */
  readonly cacheDrops: readonly number[];
  readonly hash: string;
  /** More lines must follow; nothing was run. */
  readonly incomplete: boolean;
  /** `exit` was run: the next line at this prompt begins a new shell. */
  readonly ended: boolean;
  /** Ctrl-C was pressed before it was over. */
  readonly interrupted: boolean;
}

/** The prompts there are: the host's, then one per running container, oldest first. */
export function promptsOf(host: Host): readonly Prompt[] {
  const running = Object.values(currentGraph(host.docker).containers)
    .filter(({ state }) => state.type === "running")
    .sort((a, b) => a.created - b.created);
  return [
    { id: "host", text: "host#" },
    ...running.map(({ id, name }) => ({ id, text: `${name}#` })),
  ];
}

/**
 * Runs one line, or several joined by newlines, at a prompt (by container id, its beginning, or its name).
 *
 * `until`: Ctrl-C is pressed when so many system calls were made. Whoever runs then makes no other call but to put its
 * descriptors back and to exit, which the kernel and the shell do for it; docker's daemon and jobs in the background are
 * not reached, so the interruption waits for them. Up to there the calls are the same as without it.
 */
export async function runLine(
  host: Host,
  line: string,
  edge: Edge,
  prompt = "host",
  until = Number.POSITIVE_INFINITY,
): Promise<LineResult> {
  const parse = await loadParser();
  const session = new LineSession(host, edge, parse, until);
  return session.run(line, prompt);
}

/** What is kept beside the shells in `Host.shells`. */
const CACHE_KEY = "page-cache";

const ROOT = { uid: 0, gid: 0, groups: [] };
const SCREEN_BYTES = 1 << 20;
/** The exit status of what SIGINT ended: 128 and the signal's number. */
const INTERRUPTED = 130;

class LineSession {
  readonly #recorder: Recorder;
  readonly #edge: Edge;
  readonly #world: World;
  readonly #screen: { stream: Output["stream"]; content: Content }[] = [];
  readonly #extra: ExtraCommands;
  readonly #cacheDrops: number[] = [];
  #ended = false;

  constructor(host: Host, edge: Edge, parse: Parse, until: number) {
    const recorder = new Recorder(host, until);
    this.#recorder = recorder;
    this.#edge = edge;
    this.#world = {
      parse,
      turns: new Turns(),
      call: (pid, type, args) => recorder.call(pid, type, args),
      show: (stream, content) => {
        recorder.goOn();
        this.#screen.push({ stream, content });
      },
      bytes: (content) => fetchBytes(edge, recorder.host.docker.blobs, content),
      words: edge.words,
      now: () => recorder.host.clock,
      credentials: (pid) => mapGet(recorder.host.machine.processes, pid)?.credentials ?? ROOT,
      sleep: (seconds) => recorder.sleep(seconds),
      held: (run) => recorder.held(run),
    };
    this.#extra = this.#extraCommands();
  }

  async run(line: string, prompt: string): Promise<LineResult> {
    const before = this.#recorder.host;
    const container = runningContainer(before, prompt);
    const parsed = this.#world.parse(line);
    if (prompt !== "host" && container?.state.type !== "running") {
      this.#say(this.#edge.words.noPrompt(prompt));
      return this.#result(line, prompt, 1, false);
    }
    if (parsed.type !== "script") {
      if (parsed.type === "error") this.#say(`bash: ${parsed.message}`);
      return this.#result(line, prompt, 2, parsed.type === "incomplete");
    }
    const key = container?.id ?? "host";
    const shell = container ? this.#containerShell(container) : this.#hostShell();
    const interpreter = interpreterOf(this.#extra, true);
    let exited: number | null = null;
    const status = await this.#toEnd(() =>
      runToExit(interpreter, shell, async () => {
        try {
          return await runScript(interpreter, shell, parsed.script);
        } catch (fault) {
          if (fault instanceof ExitShell) exited = fault.status;
          throw fault;
        }
      }),
    );
    shell.status = status;
    this.#keepShell(key, shell);
    if (exited !== null) await this.#leave(container, shell, exited);
    return this.#result(line, key, status, false);
  }

  /** Runs what Ctrl-C reaches; the shell itself, its coming and going, is not. */
  async #toEnd(run: () => Promise<number>): Promise<number> {
    await this.#world.turns.begin();
    try {
      return await this.#recorder.reached(run);
    } catch (fault) {
      if (!(fault instanceof Interrupted)) throw fault;
      this.#say("^C");
      return INTERRUPTED;
    } finally {
      this.#world.turns.end();
    }
  }

  #say(text: string): void {
    this.#world.show("error", contentOf(`${text}\n`));
  }

  async #result(
    line: string,
    prompt: string,
    exitCode: number,
    incomplete: boolean,
  ): Promise<LineResult> {
    const { host, steps } = this.#recorder;
    const costs = costsAlong(steps, pageCacheOf(host), this.#cacheDrops).at(-1) ?? NO_COSTS;
    const after = incomplete
      ? host
      : { ...host, shells: { ...host.shells, [CACHE_KEY]: costs.pageCache } };
    return {
      line,
      prompt,
      host: after,
      output: await this.#output(),
      exitCode,
      steps,
      meters: metersOf(steps.length, costs),
      cacheDrops: this.#cacheDrops,
      hash: stateHash(after),
      incomplete,
      ended: this.#ended,
      interrupted: this.#recorder.isInterrupted,
    };
  }

  /** The screen as text. Neighbours of one stream are joined; what is beyond a megabyte is only counted. */
  async #output(): Promise<Output[]> {
    const output: { stream: Output["stream"]; content: Content }[] = [];
    let room = SCREEN_BYTES;
    let left = 0;
    for (const { stream, content } of this.#screen) {
      const length = contentLength(content);
      const shown = sliceContent(content, 0, Math.min(room, length));
      left += length - Math.min(room, length);
      room -= Math.min(room, length);
      const last = output.at(-1);
      if (last?.stream === stream) last.content = [...last.content, ...shown];
      else output.push({ stream, content: shown });
    }
    if (left > 0)
      output.push({
        stream: "error",
        content: contentOf(`\n${this.#edge.words.notShown(left)}\n`),
      });
    return Promise.all(
      output.map(async ({ stream, content }) => ({
        stream,
        text: decodeName(await this.#world.bytes(content)),
      })),
    );
  }

  #hostShell(): Shell {
    const kept = keptShell(this.#recorder.host, "host");
    if (kept) return this.#open(kept);
    const pid = this.#fork(FIRST_PID);
    const home = this.#world.call(pid, "chdir", { target: "/root" }).errno === null ? "/root" : "/";
    return this.#open(
      newShellState(pid, {
        HOME: "/root",
        HOSTNAME: "host",
        PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        PWD: home,
        SHELL: "/bin/bash",
        TERM: "xterm",
        USER: "root",
      }),
    );
  }

  #containerShell(container: Container): Shell {
    const kept = keptShell(this.#recorder.host, container.id);
    if (kept && mapGet(this.#recorder.host.machine.processes, kept.pid)) return this.#open(kept);
    const main = container.state.type === "running" ? container.state.pid : FIRST_PID;
    const pid = this.#fork(main);
    const cwd = this.#world.call(pid, "getcwd", {});
    const environment: Record<string, string> = {
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      HOSTNAME: container.hostname,
      TERM: "xterm",
      HOME: "/root",
      PWD: cwd.errno === null ? cwd.value : "/",
    };
    for (const entry of container.config.env) {
      const at = entry.indexOf("=");
      if (at > 0) environment[entry.slice(0, at)] = entry.slice(at + 1);
    }
    return this.#open(newShellState(pid, environment));
  }

  #fork(parent: number): number {
    const forked = this.#world.call(parent, "fork", {});
    if (forked.errno !== null) throw new RangeError(`fork of ${parent}: ${forked.errno}`);
    return forked.value;
  }

  #open(state: ShellState): Shell {
    const streams = new Map<number, Stream>();
    for (const [fd, type] of Object.entries(state.files)) streams.set(Number(fd), { type });
    return openShell(state, { world: this.#world, pid: state.pid, streams }, "bash");
  }

  #keepShell(key: string, shell: Shell): void {
    const { host } = this.#recorder;
    this.#recorder.host = { ...host, shells: { ...host.shells, [key]: freezeShell(shell) } };
  }

  /** `exit`: the prompt's shell ends. The first process of a container takes the container with it. */
  async #leave(container: Container | null, shell: Shell, status: number): Promise<void> {
    this.#world.call(shell.process.pid, "exit", {});
    const { host } = this.#recorder;
    const { [container?.id ?? "host"]: _, ...shells } = host.shells;
    this.#recorder.host = { ...host, shells };
    this.#ended = true;
    if (container) this.#say("exit");
    if (!container?.tty || !container.interactive) return;
    const task = this.#taskOf("docker", FIRST_PID);
    await containerExited(this.#io(task), container.id, status);
  }

  #taskOf(name: string, pid: number): Task {
    const process: Process = {
      world: this.#world,
      pid,
      streams: new Map<number, Stream>([
        [0, { type: "terminal" }],
        [1, { type: "terminal" }],
        [2, { type: "terminal" }],
      ]),
    };
    const refuse = () => Promise.reject(new RangeError(`${name} runs nothing`));
    return {
      name,
      args: [],
      environment: new Map(),
      process,
      call: (type, args) => this.#world.call(pid, type, args),
      out: async (text) => this.#world.show("out", contentOf(text)),
      outContent: async (content) => this.#world.show("out", content),
      error: async (text) => this.#world.show("error", contentOf(`${text}\n`)),
      read: async () => ({ errno: null, value: [] }),
      readAll: async () => ({ errno: null, value: [] }),
      bytes: this.#world.bytes,
      text: async (content) => decodeName(await this.#world.bytes(content)),
      isTerminal: () => true,
      now: this.#world.now,
      run: refuse,
    };
  }

  #extraCommands(): ExtraCommands {
    const teaching: Teaching = {
      steps: () => this.#recorder.steps,
      dropCaches: () => {
        this.#cacheDrops.push(this.#recorder.steps.length);
      },
    };
    const byDocker =
      (command: (io: DockerIo, argv: readonly string[]) => Promise<number>): CommandFunction =>
      async (task) => {
        const input = task.isTerminal(0) ? null : await task.readAll(0);
        const io = this.#io(task, input && input.errno === null ? input.value : null);
        return this.#recorder.held(() => command(io, task.args));
      };
    const withMounts =
      (command: CommandFunction): CommandFunction =>
      async (task) => {
        try {
          return await command(task);
        } finally {
          this.#recorder.host = refreshKernelFiles(this.#recorder.host);
        }
      };
    return new Map<string, CommandFunction>([
      ["docker", byDocker(docker)],
      ["dockerd", byDocker(dockerd)],
      ["service", byDocker(service)],
      ["systemctl", byDocker((io, [verb = "", unit = ""]) => service(io, [unit, verb]))],
      ["mount", withMounts(mount)],
      ["umount", withMounts(umount)],
      ["probe", (task) => probe(task, teaching)],
      ["why", (task) => why(task, teaching)],
      ["strace", (task) => strace(task, teaching)],
      ["drop-caches", (task) => dropCaches(task, teaching)],
    ]);
  }

  /** What a docker command may ask of this line. Its output does not wait for a pipe's reader. */
  #io(task: Task, stdin: Content | null = null): DockerIo {
    const recorder = this.#recorder;
    const { process } = task;
    const cwd = task.call("getcwd", {});
    const write = (fd: number, content: Content): void => writeAtOnce(process, fd, content);
    const io: DockerIo = {
      host: () => recorder.host,
      setHost: (host) => {
        recorder.host = host;
      },
      call: (pid, type, args) => recorder.call(pid, type, args),
      now: () => recorder.host.clock.sec * 1000 + Math.floor(recorder.host.clock.nsec / 1e6),
      out: (text) => write(1, contentOf(text)),
      err: (text) => write(2, contentOf(text)),
      outContent: (content) => write(1, content),
      isTerminal: task.isTerminal(1),
      words: (fd) => wordsAt(process, fd).docker,
      stdin,
      cwd: cwd.errno === null ? cwd.value : "/",
      env: Object.fromEntries(task.environment),
      pid: process.pid,
      digest: (content) => digestOf(this.#edge, recorder.host.docker.blobs, content),
      bytes: this.#world.bytes,
      openArchive: this.#edge.openArchive,
      run: (command: ContainerCommand) =>
        runInContainer(command, this.#world, (changed) =>
          interpreterOf(new Map([...this.#extra, ...changed]), false),
        ),
    };
    return io;
  }
}

/** Writes without waiting. A pipe takes it whatever it holds; what a file refuses is lost, as docker loses it. */
function writeAtOnce(process: Process, fd: number, content: Content): void {
  const stream = process.streams.get(fd);
  if (stream?.type === "pipe") {
    if (stream.pipe.readers === 0) return;
    stream.pipe.chunks.push(content);
    stream.pipe.size += contentLength(content);
  } else void writeTo(process, fd, content);
}

/** What a prompt's shell remembers; null before its first line. */
export function keptShell(host: Host, key: string): ShellState | null {
  const kept = host.shells[key];
  return isShellState(kept) ? kept : null;
}

function isShellState(value: unknown): value is ShellState {
  return typeof value === "object" && value !== null && "pid" in value && "variables" in value;
}

/** The page cache of a host: the kernel's, though only the lab counts it. */
export function pageCacheOf(host: Host): PageCache {
  const kept = host.shells[CACHE_KEY];
  return isPageCache(kept) ? kept : NO_PAGES;
}

function isPageCache(value: unknown): value is PageCache {
  return typeof value === "object" && value !== null && "files" in value && "count" in value;
}

/** The container a prompt means: its id, the beginning of it, or its name; null for none, and for "host". */
export function runningContainer(host: Host, given: string): Container | null {
  if (given === "host") return null;
  const all = Object.values(currentGraph(host.docker).containers);
  return (
    all.find(({ id, name }) => id === given || name === given) ??
    all.find(({ id }) => id.startsWith(given)) ??
    null
  );
}
