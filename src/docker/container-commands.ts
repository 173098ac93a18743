import { exportDirectory } from "../drivers/export.ts";
import { DaemonError, readText } from "../drivers/kernel.ts";
import type { Pid } from "../engine/call.ts";
import {
  ClientError,
  type Command,
  flag,
  forEach,
  listed,
  lookedUp,
  messageOf,
  valued,
} from "./command.ts";
import { commitContainer } from "./commit.ts";
import { copyIn, copyOut, parseEndpoint } from "./container-copy.ts";
import { ps } from "./container-list.ts";
import {
  assertNameFree,
  createContainer,
  endContainer,
  logOutput,
  makeProcess,
  RUNC,
  removeContainer,
  StartError,
  startContainer,
} from "./containers.ts";
import type { Options } from "./flags.ts";
import type { Container } from "./host.ts";
import { fullImageId, pullImage } from "./image-commands.ts";
import { defaultPath, type RunConfig } from "./image-config.ts";
import { argvOf, saveContainer } from "./inspect.ts";
import { containerRoot } from "./kernel-files.ts";
import { containerLog } from "./layout.ts";
import type { Session } from "./session.ts";
import { parseMount } from "./volumes.ts";

const RUN_FLAGS = [
  flag("interactive", "i"),
  flag("tty", "t"),
  valued("name"),
  listed("volume", "v"),
  valued("workdir", "w"),
  valued("user", "u"),
  listed("env", "e"),
  listed("label", "l"),
  valued("hostname", "h"),
  valued("entrypoint"),
  flag("rm"),
];

/** Makes a container as `docker create` and `docker run` are told to, pulling the image when it is not there. */
async function create(session: Session, options: Options): Promise<Container> {
  const [imageName = "", ...cmd] = options.args;
  let image = session.image(imageName);
  if (!image) {
    const tagged = /:[^/]*$/.test(imageName) ? imageName : `${imageName}:latest`;
    session.io.err(`Unable to find image '${tagged}' locally\n`);
    image = await pullImage(session, imageName, session.io.err);
  }
  const base = image.config.run;
  const entrypoint = options.value("entrypoint");
  const config: RunConfig = {
    user: options.value("user") ?? base.user,
    workingDir: options.value("workdir") ?? base.workingDir,
    env: mergeEnv(base.env, options.list("env"), session.io.env),
    entrypoint: entrypoint === undefined ? base.entrypoint : entrypoint === "" ? [] : [entrypoint],
    cmd: cmd.length > 0 || entrypoint !== undefined ? cmd : base.cmd,
    labels: { ...base.labels, ...asRecord(options.list("label")) },
    volumes: base.volumes,
    exposedPorts: base.exposedPorts,
  };
  return createContainer(session, {
    image,
    imageName,
    name: options.value("name"),
    config,
    mounts: options.list("volume").map((text) => parseMount(session, text)),
    tty: options.has("tty"),
    interactive: options.has("interactive"),
    autoRemove: options.has("rm"),
    hostname: options.value("hostname"),
  });
}

/** `A=1` sets, `A` takes the client's own value. */
function mergeEnv(
  base: readonly string[],
  given: readonly string[],
  client: Readonly<Record<string, string>>,
): readonly string[] {
  const merged = new Map(base.map((entry) => [entry.split("=")[0] ?? "", entry]));
  for (const entry of given) {
    const [name = ""] = entry.split("=");
    if (entry.includes("=")) merged.set(name, entry);
    else if (client[name] !== undefined) merged.set(name, `${name}=${client[name]}`);
  }
  return [...merged.values()];
}

function asRecord(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf("=");
      return equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
}

/** The environment of a container's first process. */
function environment(container: Container): readonly string[] {
  const { env } = container.config;
  return [
    ...defaultPath(env),
    `HOSTNAME=${container.hostname}`,
    ...(container.tty ? ["TERM=xterm"] : []),
    ...env,
  ];
}

/** Starts a container and runs its command. Gives the exit code; null while it goes on. */
async function startAndRun(
  session: Session,
  container: Container,
  attached: boolean,
): Promise<number | null> {
  const started = await startContainer(session, container);
  if (started.state.type !== "running") return null;
  const output = (stream: "stdout" | "stderr") => (text: string) => {
    logOutput(session, started, stream, text);
    if (attached) (stream === "stdout" ? session.io.out : session.io.err)(text);
  };
  const { exitCode, refusal } = await session.io.run({
    container: started.id,
    pid: started.state.pid,
    argv: argvOf(started),
    env: environment(started),
    tty: started.tty,
    interactive: started.interactive,
    detached: !attached,
    out: output("stdout"),
    err: output("stderr"),
  });
  if (refusal !== undefined) throw refuseStart(session, started, refusal, exitCode ?? 127);
  if (exitCode !== null) containerEnded(session, started.id, exitCode);
  return exitCode;
}

/** A container whose program cannot be executed was never started; what it ends with is kept. */
function refuseStart(
  session: Session,
  started: Container,
  refusal: string,
  exitCode: number,
): StartError {
  const ended = endContainer(session, started, exitCode);
  if (ended.autoRemove) removeContainer(session, ended, true);
  else saveContainer(session, { ...ended, state: { type: "created", exitCode } });
  return new StartError(`OCI runtime create failed: ${RUNC} ${refusal}: unknown`, exitCode);
}

/** A container's first process is over: it stops, and goes when it was run with --rm. */
export function containerEnded(session: Session, id: string, exitCode: number): void {
  const container = session.graph.containers[id];
  if (!container) return;
  const ended = endContainer(session, container, exitCode);
  if (ended.autoRemove) removeContainer(session, ended, true);
}

const run: Command = {
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  summary: "Run a command in a new container",
  flags: [...RUN_FLAGS, flag("detach", "d")],
  minimum: 1,
  interspersed: false,
  async run(session, options) {
    const container = await create(session, options);
    const detached = options.has("detach");
    if (detached) session.io.out(`${container.id}\n`);
    const exitCode = await startAndRun(session, container, !detached);
    return detached ? 0 : (exitCode ?? 0);
  },
};

const createCommand: Command = {
  usage: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
  summary: "Create a new container",
  flags: RUN_FLAGS,
  minimum: 1,
  interspersed: false,
  async run(session, options) {
    session.io.out(`${(await create(session, options)).id}\n`);
    return 0;
  },
};

const start: Command = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Start one or more stopped containers",
  flags: [flag("attach", "a"), flag("interactive", "i")],
  minimum: 1,
  async run(session, options) {
    const failed: string[] = [];
    let code = await forEach(session, options.args, async (given) => {
      try {
        const attached = options.has("attach") || options.has("interactive");
        const exitCode = await startAndRun(session, session.container(given), attached);
        if (!attached) session.io.out(`${given}\n`);
        else if (exitCode) code = exitCode;
      } catch (error) {
        failed.push(given);
        throw error;
      }
    });
    if (failed.length > 0)
      session.io.err(`Error: failed to start containers: ${failed.join(", ")}\n`);
    return code;
  },
};

/** What a stopped first process answers: most are killed in the end; a daemon that knows SIGTERM ends by itself. */
function stopCode(container: Container): number {
  return /(^|\/)nginx$/.test(argvOf(container)[0] ?? "") ? 0 : 137;
}

const stop: Command = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Stop one or more running containers",
  flags: [valued("time", "t")],
  minimum: 1,
  run: (session, options) =>
    forEach(session, options.args, (given) => {
      const container = session.container(given);
      containerEnded(session, container.id, stopCode(container));
      session.io.out(`${given}\n`);
    }),
};

const kill: Command = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Kill one or more running containers",
  flags: [valued("signal", "s")],
  minimum: 1,
  run: (session, options) =>
    forEach(session, options.args, (given) => {
      const container = session.container(given);
      if (container.state.type !== "running")
        throw new DaemonError(
          `Cannot kill container: ${given}: Container ${container.id} is not running`,
        );
      containerEnded(session, container.id, 137);
      session.io.out(`${given}\n`);
    }),
};

const restart: Command = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Restart one or more containers",
  flags: [valued("time", "t")],
  minimum: 1,
  run: (session, options) =>
    forEach(session, options.args, async (given) => {
      const container = session.container(given);
      const ended = endContainer(session, container, stopCode(container));
      await startAndRun(session, ended, false);
      session.io.out(`${given}\n`);
    }),
};

/** What `docker exec` ends with when its program was not executed, for whatever reason. */
const EXEC_FAILED = 126;

const exec: Command = {
  usage: "[OPTIONS] CONTAINER COMMAND [ARG...]",
  summary: "Run a command in a running container",
  flags: [
    flag("interactive", "i"),
    flag("tty", "t"),
    flag("detach", "d"),
    valued("workdir", "w"),
    valued("user", "u"),
    listed("env", "e"),
  ],
  minimum: 2,
  interspersed: false,
  async run(session, options) {
    const [given = "", ...argv] = options.args;
    const { io, daemon } = session;
    const container = lookedUp(session, given);
    if (container.state.type !== "running")
      throw new DaemonError(`Container ${container.id} is not running`);
    const root = containerRoot(daemon.driver, container.mountId);
    const asked = { user: options.value("user"), workingDir: options.value("workdir") };
    let pid: Pid;
    try {
      pid = await makeProcess(session, root, container, asked);
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      io.out(`${error.message}\n`);
      return EXEC_FAILED;
    }
    const detached = options.has("detach");
    const { exitCode, refusal } = await io.run({
      container: container.id,
      pid,
      argv,
      env: [...environment(container), ...mergeEnv([], options.list("env"), io.env)],
      tty: options.has("tty"),
      interactive: options.has("interactive"),
      detached,
      out: detached ? () => undefined : io.out,
      err: detached ? () => undefined : io.err,
    });
    if (exitCode !== null) io.call(pid, "exit", {});
    if (refusal !== undefined) {
      io.out(`OCI runtime exec failed: exec failed: ${RUNC} ${refusal}: unknown\n`);
      return EXEC_FAILED;
    }
    return detached ? 0 : (exitCode ?? 0);
  },
};

interface LogLine {
  readonly log: string;
  readonly stream: string;
  readonly time: string;
}

const logs: Command = {
  usage: "[OPTIONS] CONTAINER",
  summary: "Fetch the logs of a container",
  flags: [flag("follow", "f"), flag("timestamps", "t"), valued("tail", "n")],
  minimum: 1,
  maximum: 1,
  async run(session, options) {
    const container = lookedUp(session, options.args[0] ?? "");
    const lines = readText(session.kernel, containerLog(container.id))
      .split("\n")
      .filter((line) => line !== "")
      .map((line): LogLine => JSON.parse(line));
    const tail = options.value("tail");
    const shown =
      tail === undefined || tail === "all" ? lines : lines.slice(-Number(tail) || lines.length);
    for (const { log, stream, time } of shown) {
      const text = options.has("timestamps") ? `${time} ${log}` : log;
      (stream === "stdout" ? session.io.out : session.io.err)(text);
    }
    return 0;
  },
};

const rename: Command = {
  usage: "CONTAINER NEW_NAME",
  summary: "Rename a container",
  flags: [],
  minimum: 2,
  maximum: 2,
  async run(session, options) {
    const [given = "", name = ""] = options.args;
    try {
      const container = session.container(given);
      if (container.name === name)
        throw new DaemonError("Renaming a container with the same name as its current name");
      assertNameFree(session, name, "Error when allocating new name: ");
      saveContainer(session, { ...container, name });
      return 0;
    } catch (error) {
      throw new ClientError(
        `${messageOf(error)}\nError: failed to rename container named ${given}`,
      );
    }
  },
};

const rm: Command = {
  usage: "[OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Remove one or more containers",
  flags: [flag("force", "f"), flag("volumes", "v")],
  minimum: 1,
  run: (session, options) =>
    forEach(session, options.args, (given) => {
      let container = lookedUp(session, given);
      if (container.state.type === "running") {
        if (!options.has("force"))
          throw new DaemonError(
            `You cannot remove a running container ${container.id}. Stop the container before attempting removal or force remove`,
          );
        container = endContainer(session, container, 137);
      }
      removeContainer(session, container, options.has("volumes") || container.autoRemove);
      session.io.out(`${given}\n`);
    }),
};

const diff: Command = {
  usage: "CONTAINER",
  summary: "Inspect changes to files or directories on a container's filesystem",
  flags: [],
  minimum: 1,
  maximum: 1,
  async run(session, options) {
    const container = session.container(options.args[0] ?? "");
    const changes = session.driver.changes(container.mountId, container.initId);
    for (const { kind, path } of changes) session.io.out(`${kind} ${path}\n`);
    return 0;
  },
};

const commit: Command = {
  usage: "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]",
  summary: "Create a new image from a container's changes",
  flags: [valued("message", "m"), valued("author", "a"), listed("change", "c"), flag("pause", "p")],
  minimum: 1,
  maximum: 2,
  async run(session, options) {
    const [given = "", target] = options.args;
    const image = await commitContainer(session, session.container(given), {
      reference: target,
      comment: options.value("message") ?? "",
      author: options.value("author") ?? "",
      changes: options.list("change"),
    });
    session.io.out(`${fullImageId(session, image.id)}\n`);
    return 0;
  },
};

const cp: Command = {
  usage:
    "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n\tdocker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
  summary: "Copy files/folders between a container and the local filesystem",
  flags: [flag("archive", "a"), flag("follow-link", "L")],
  minimum: 2,
  maximum: 2,
  async run(session, options) {
    const [from, to] = options.args.map((arg) => parseEndpoint(arg));
    if (!from || !to) return 1;
    if (from.path === "-" || to.path === "-")
      throw new ClientError(`docker cp: ${session.io.words(2).notHere('"-"', "docker save, tar")}`);
    if (from.container !== null && to.container !== null)
      throw new ClientError("copying between containers is not supported");
    if (from.container === null && to.container === null)
      throw new ClientError("must specify at least one container source");
    if (from.container !== null)
      copyOut(session, lookedUp(session, from.container, from.path), from.path, to.path);
    else if (to.container !== null) copyIn(session, to.container, from.path, to.path);
    return 0;
  },
};

const exportCommand: Command = {
  usage: "[OPTIONS] CONTAINER",
  summary: "Export a container's filesystem as a tar archive",
  flags: [],
  minimum: 1,
  maximum: 1,
  async run(session, options) {
    const container = session.container(options.args[0] ?? "");
    if (session.io.isTerminal)
      throw new ClientError("cowardly refusing to export to a terminal. Redirect it to a file");
    if (container.state.type === "running")
      throw new ClientError(`docker export: ${session.io.words(2).stopFirst}`);
    const root = session.driver.get(container.mountId);
    session.io.outContent(exportDirectory(session.kernel, root, "overlay", "").tar);
    session.driver.put(container.mountId);
    return 0;
  },
};

export const CONTAINER_COMMANDS: Readonly<Record<string, Command>> = {
  run,
  create: createCommand,
  start,
  stop,
  kill,
  restart,
  exec,
  ps,
  logs,
  rename,
  rm,
  diff,
  commit,
  cp,
  export: exportCommand,
};
