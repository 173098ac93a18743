import { DaemonError, mkdirAll, readFile, stat, walk } from "../drivers/kernel.ts";
import { flattenContent } from "./blobs.ts";
import { applyInstruction, clean, configComment, shellWords, variablesOf } from "./build-config.ts";
import { checksum, copyInto, findSources } from "./build-copy.ts";
import { ClientError, type Command, flag, listed, valued } from "./command.ts";
import { addToImage, readLayer } from "./commit.ts";
import {
  createContainer,
  endContainer,
  RUNC,
  removeContainer,
  resolveIn,
  startContainer,
} from "./containers.ts";
import { DockerfileError, expandWords, type Instruction, parseDockerfile } from "./dockerfile.ts";
import { UsageError } from "./flags.ts";
import type { Container, Image } from "./host.ts";
import { humanSize, rfc3339 } from "./human.ts";
import { shortId } from "./ids.ts";
import { pullImage, validReference } from "./image-commands.ts";
import { configText, defaultPath, EMPTY_RUN_CONFIG, type RunConfig } from "./image-config.ts";
import { type NewLayer, registerImage, tagImage } from "./images.ts";
import { referenceText } from "./reference.ts";
import type { Session } from "./session.ts";

/** A RUN that failed: the build ends with its code. */
export class StepError extends ClientError {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** One build at work. */
interface Build {
  readonly session: Session;
  readonly context: string;
  readonly useCache: boolean;
  readonly buildArguments: Readonly<Record<string, string>>;
  /** Images of finished stages, by name and by number. */
  readonly stages: Map<string, Image>;
  /** The number of the stage at work, from 0, and its name. */
  stage: number;
  stageName: string | undefined;
  image: Image | null;
  run: RunConfig;
  /** Arguments from before the first FROM; a stage sees those that it names again. */
  global: Readonly<Record<string, string>>;
  /** Arguments of this stage that have a value. */
  arguments: Readonly<Record<string, string>>;
  /** Names of all arguments so far. */
  readonly declared: Set<string>;
  /** Whether the cache has answered every step so far. */
  cached: boolean;
}

const build: Command = {
  usage: "[OPTIONS] PATH",
  summary: "Build an image from a Dockerfile",
  flags: [
    listed("tag", "t"),
    valued("file", "f"),
    flag("no-cache"),
    flag("quiet", "q"),
    flag("rm"),
    flag("force-rm"),
    listed("build-arg"),
    listed("label"),
    valued("target"),
  ],
  minimum: 1,
  maximum: 1,
  async run(session, options) {
    const { io } = session;
    const [given = ""] = options.args;
    if (given === "-" || /^(https?|git):/.test(given))
      throw new ClientError(`docker build: ${io.words(2).notAContext(given)}`);
    const tell = options.has("quiet") ? () => undefined : io.out;
    const context = hostPath(session, given);
    if (stat(session.client, context)?.kind !== "dir")
      throw new ClientError(`unable to prepare context: path "${given}" not found`);
    const file = options.value("file");
    const path = file === undefined ? `${context}/Dockerfile` : hostPath(session, file);
    if (!stat(session.client, path))
      throw new ClientError(
        `unable to prepare context: unable to evaluate symlinks in Dockerfile path: lstat ${path}: no such file or directory`,
      );
    if (stat(session.client, `${context}/.dockerignore`))
      io.err(`WARNING: ${io.words(2).ignoreFile}\n`);
    const references = options.list("tag").map((name) => referenceText(builtReference(name)));
    const source = new TextDecoder().decode(
      await io.bytes(flattenContent(session.docker.blobs, readFile(session.client, path))),
    );
    tell(
      `Sending build context to Docker daemon  ${humanSize(contextSize(session, context), 4)}\n`,
    );
    const instructions = parseDockerfile(source);
    if (instructions.find(({ keyword }) => keyword !== "ARG")?.keyword !== "FROM")
      throw new DockerfileError("no build stage in current context");
    const target = options.value("target");
    if (target !== undefined && !hasStage(instructions, target))
      throw new DaemonError(`failed to reach build target ${target} in Dockerfile`);
    const at: Build = {
      session,
      context,
      useCache: !options.has("no-cache"),
      buildArguments: Object.fromEntries(
        options.list("build-arg").map((pair) => {
          const [name = "", ...value] = pair.split("=");
          return [name, value.join("=")];
        }),
      ),
      stages: new Map(),
      stage: -1,
      stageName: undefined,
      image: null,
      run: EMPTY_RUN_CONFIG,
      global: {},
      arguments: {},
      declared: new Set(),
      cached: true,
    };
    for (const [index, instruction] of instructions.entries()) {
      if (instruction.keyword === "FROM") {
        if (target !== undefined && at.stage >= 0 && isStage(at, target)) break;
        at.stage += 1;
        at.stageName = /\sAS\s+(\S+)\s*$/i.exec(instruction.text)?.[1]?.toLowerCase();
      }
      tell(`Step ${index + 1}/${instructions.length} : ${instruction.original}\n`);
      await step(at, instruction, tell);
      nameStage(at);
    }
    const built = at.image;
    if (!built) throw new DockerfileError("No image was generated. Is your Dockerfile empty?");
    const left = Object.keys(at.buildArguments).filter((name) => !at.declared.has(name));
    if (left.length > 0)
      tell(`[Warning] One or more build-args [${left.join(" ")}] were not consumed\n`);
    tell(`Successfully built ${shortId(built.id)}\n`);
    if (options.has("quiet")) io.out(`sha256:${built.id}\n`);
    for (const reference of references) {
      tagImage(session, reference, built.id);
      tell(`Successfully tagged ${reference}\n`);
    }
    return 0;
  },
};

function builtReference(name: string) {
  try {
    return validReference(name, `invalid argument "${name}" for "-t, --tag" flag: `);
  } catch (error) {
    throw error instanceof ClientError ? new UsageError(error.message) : error;
  }
}

function hasStage(instructions: readonly Instruction[], name: string): boolean {
  const stages = instructions.filter(({ keyword }) => keyword === "FROM");
  return stages.some(
    ({ text }, index) =>
      String(index) === name || text.toLowerCase().endsWith(` as ${name.toLowerCase()}`),
  );
}

function isStage(build: Build, name: string): boolean {
  return build.stages.get(name) !== undefined && build.stages.get(name) === build.image;
}

/** Remembers the image so far as that of its stage. */
function nameStage({ stages, image, stage, stageName }: Build): void {
  if (!image) return;
  stages.set(String(stage), image);
  if (stageName !== undefined) stages.set(stageName, image);
}

async function step(
  build: Build,
  instruction: Instruction,
  tell: (text: string) => void,
): Promise<void> {
  if (instruction.keyword === "ARG") {
    await argStep(build, instruction, tell);
    return;
  }
  if (instruction.keyword === "FROM") {
    await from(build, instruction, tell);
    return;
  }
  if (!build.image) return;
  switch (instruction.keyword) {
    case "RUN":
      await runStep(build, build.image, instruction, tell);
      break;
    case "COPY":
    case "ADD":
      await copyStep(build, build.image, instruction, tell);
      break;
    case "ONBUILD":
    case "HEALTHCHECK":
    case "SHELL":
    case "STOPSIGNAL":
      throw new DockerfileError(
        build.session.io.words(2).notHere(instruction.keyword, "RUN, CMD, LABEL"),
      );
    case "MAINTAINER":
      throw new DockerfileError(
        build.session.io.words(2).notHere("MAINTAINER", "LABEL maintainer="),
      );
    default:
      await configStep(build, build.image, instruction, tell);
  }
}

/** Declares an argument. In a stage that is a step with an image of its own. */
async function argStep(
  build: Build,
  instruction: Instruction,
  tell: (text: string) => void,
): Promise<void> {
  const words = expandWords(instruction.text, { ...build.global, ...variables(build) });
  const [name = "", ...rest] = words.join(" ").split("=");
  build.declared.add(name);
  const given = build.buildArguments[name] ?? (rest.length > 0 ? rest.join("=") : undefined);
  if (!build.image) {
    if (given !== undefined) build.global = { ...build.global, [name]: given };
    return;
  }
  const value = given ?? build.global[name];
  if (value !== undefined) build.arguments = { ...build.arguments, [name]: value };
  await configStep(build, build.image, instruction, tell);
}

async function from(
  build: Build,
  instruction: Instruction,
  tell: (text: string) => void,
): Promise<void> {
  const { session } = build;
  const [name = ""] = expandWords(instruction.text, build.global);
  const known = build.stages.get(name.toLowerCase());
  const image =
    known ??
    (name === "scratch" ? emptyImage(session) : session.image(name)) ??
    (await pullImage(session, name, tell));
  build.image = image;
  const { run } = image.config;
  build.run = { ...run, env: [...defaultPath(run.env), ...run.env] };
  build.arguments = {};
  build.cached = true;
  tell(name === "scratch" ? " ---> \n" : ` ---> ${shortId(image.id)}\n`);
}

function emptyImage(session: Session): Image {
  const config = {
    architecture: "amd64",
    os: "linux",
    author: "",
    created: 0,
    run: EMPTY_RUN_CONFIG,
    history: [],
    diffIds: [],
  };
  return registerImage(session, [], config, configText(config, rfc3339), null).image;
}

/** Takes an earlier image that the same step made of the same parent, when all before came from the cache. */
function fromCache(build: Build, parent: Image, run: RunConfig, createdBy: string): Image | null {
  if (!build.useCache || !build.cached) return null;
  const found = Object.values(build.session.graph.images).find(
    (image) =>
      image.parent === parent.id &&
      image.config.history.length === parent.config.history.length + 1 &&
      image.config.history.at(-1)?.createdBy === createdBy &&
      JSON.stringify(image.config.run) === JSON.stringify(run),
  );
  if (!found) build.cached = false;
  return found ?? null;
}

/** Ends a step with what the cache has; false when it has nothing and the step must be done. */
function finishFromCache(
  build: Build,
  parent: Image,
  run: RunConfig,
  createdBy: string,
  tell: (text: string) => void,
): boolean {
  const cached = fromCache(build, parent, run, createdBy);
  if (!cached) return false;
  tell(" ---> Using cache\n");
  finish(build, cached, tell);
  return true;
}

function finish(build: Build, image: Image, tell: (text: string) => void): void {
  build.image = image;
  build.run = image.config.run;
  tell(` ---> ${shortId(image.id)}\n`);
}

async function configStep(
  build: Build,
  parent: Image,
  instruction: Instruction,
  tell: (text: string) => void,
): Promise<void> {
  const { session } = build;
  const isArgument = instruction.keyword === "ARG";
  const run = isArgument ? build.run : applyInstruction(build.run, instruction, build.arguments);
  const comment = isArgument
    ? instruction.original
    : configComment(run, instruction, build.arguments);
  const makesDirectory = instruction.keyword === "WORKDIR";
  const createdBy = `/bin/sh -c #(nop) ${makesDirectory ? "" : " "}${comment}`;
  if (finishFromCache(build, parent, run, createdBy, tell)) return;
  const container = runningContainer(session, parent, build.run, tell);
  let layer: NewLayer | null = null;
  if (makesDirectory) {
    const root = session.driver.get(container.mountId);
    mkdirAll(session.kernel, resolveIn(session.kernel, root, run.workingDir), 0o755);
    session.driver.put(container.mountId);
    layer = await readLayer(session, container);
  }
  removeIntermediate(session, container, tell);
  const addition = { run, createdBy, comment: "", author: "" };
  finish(build, addToImage(session, { imageId: parent.id }, layer, addition), tell);
}

function stepContainer(session: Session, image: Image, run: RunConfig): Container {
  return createContainer(session, {
    image,
    imageName: shortId(image.id),
    name: undefined,
    config: { ...run, volumes: [], ...(run.cmd.length === 0 && { cmd: ["/bin/sh"] }) },
    mounts: [],
    tty: false,
    interactive: false,
    autoRemove: false,
    hostname: undefined,
  });
}

/** The container of a step that says in what it runs. */
function runningContainer(
  session: Session,
  image: Image,
  run: RunConfig,
  tell: (text: string) => void,
): Container {
  const container = stepContainer(session, image, run);
  tell(` ---> Running in ${shortId(container.id)}\n`);
  return container;
}

function removeIntermediate(
  session: Session,
  container: Container,
  tell: (text: string) => void,
): void {
  removeContainer(session, container, true);
  tell(`Removing intermediate container ${shortId(container.id)}\n`);
}

async function runStep(
  build: Build,
  parent: Image,
  instruction: Instruction,
  tell: (text: string) => void,
): Promise<void> {
  const { session } = build;
  const words = shellWords(instruction);
  const given = Object.entries(build.arguments)
    .map((pair) => pair.join("="))
    .sort();
  const createdBy = [...(given.length > 0 ? [`|${given.length}`, ...given] : []), ...words].join(
    " ",
  );
  if (finishFromCache(build, parent, build.run, createdBy, tell)) return;
  const config = { ...build.run, entrypoint: [], cmd: words };
  const container = runningContainer(session, parent, config, tell);
  const started = await startContainer(session, container);
  if (started.state.type !== "running") throw new DaemonError("the step's container did not start");
  const { exitCode, refusal } = await session.io.run({
    container: started.id,
    pid: started.state.pid,
    argv: words,
    env: [`HOSTNAME=${started.hostname}`, ...given, ...build.run.env],
    tty: false,
    interactive: false,
    detached: false,
    out: tell,
    err: session.io.err,
  });
  const ended = endContainer(session, started, exitCode ?? 0);
  if (refusal !== undefined)
    throw new ClientError(`OCI runtime create failed: ${RUNC} ${refusal}: unknown`);
  if (exitCode !== 0 && exitCode !== null)
    throw new StepError(
      `The command '${words.join(" ")}' returned a non-zero code: ${exitCode}`,
      exitCode,
    );
  await finishLayer(build, parent, ended, createdBy, tell);
}

async function finishLayer(
  build: Build,
  parent: Image,
  container: Container,
  createdBy: string,
  tell: (text: string) => void,
): Promise<void> {
  const { session } = build;
  const layer: NewLayer = await readLayer(session, container);
  if (createdBy.includes("#(nop)")) removeContainer(session, container, true);
  else removeIntermediate(session, container, tell);
  const addition = { run: build.run, createdBy, comment: "", author: "" };
  finish(build, addToImage(session, { imageId: parent.id }, layer, addition), tell);
}

async function copyStep(
  build: Build,
  parent: Image,
  instruction: Instruction,
  tell: (text: string) => void,
): Promise<void> {
  const { session } = build;
  const { keyword, flags } = instruction;
  const words = instruction.json ?? expandWords(instruction.text, variables(build));
  const sources = words.slice(0, -1);
  const target = words.at(-1);
  if (sources.length === 0 || target === undefined)
    throw new DockerfileError(
      `${keyword} requires at least two arguments, but only one was provided. Destination could not be determined.`,
    );
  if (keyword === "ADD" && sources.some((source) => /^https?:/.test(source)))
    throw new DockerfileError(session.io.words(2).notHere("ADD URL", "COPY"));
  const origin = await openOrigin(build, flags.get("from"));
  try {
    const found = findSources(session, origin.root, sources, keyword);
    if (found.length > 1 && !target.endsWith("/"))
      throw new ClientError(
        `When using ${keyword} with more than one source file, the destination must be a directory and end with a /`,
      );
    const sum = await checksum(session, origin.root, found);
    const createdBy = `/bin/sh -c #(nop) ${keyword} ${sum} in ${target} `;
    if (finishFromCache(build, parent, build.run, createdBy, tell)) return;
    const container = stepContainer(session, parent, build.run);
    const root = session.driver.get(container.mountId);
    try {
      await copyInto(session, {
        keyword,
        origin: origin.root,
        root,
        found,
        target: target.startsWith("/") ? target : `${build.run.workingDir}/${target}`,
        owner: flags.get("chown"),
      });
    } catch (problem) {
      session.driver.put(container.mountId);
      removeContainer(session, container, true);
      throw problem;
    }
    session.driver.put(container.mountId);
    await finishLayer(build, parent, container, createdBy, tell);
  } finally {
    origin.close();
  }
}

function variables(build: Build): Readonly<Record<string, string>> {
  return { ...build.arguments, ...variablesOf(build.run) };
}

/** Where COPY reads: the context, or with --from an image mounted for the time. */
async function openOrigin(
  build: Build,
  name: string | undefined,
): Promise<{ readonly root: string; readonly close: () => void }> {
  const { session, context } = build;
  if (name === undefined) return { root: context, close: () => undefined };
  const image = await originImage(build, name);
  const container = stepContainer(session, image, image.config.run);
  const root = session.driver.get(container.mountId);
  return {
    root,
    close: () => {
      session.driver.put(container.mountId);
      removeContainer(session, container, true);
    },
  };
}

/** An earlier stage by its name or its number, or any other image. */
async function originImage(build: Build, name: string): Promise<Image> {
  const { session, stages, stage, stageName } = build;
  const refuse = (why: string) => new ClientError(`invalid from flag value ${name}: ${why}`);
  const isNumber = /^\d+$/.test(name);
  if (isNumber && Number(name) === stage) throw refuse("refers to current build stage");
  if (isNumber && Number(name) > stage) throw refuse("index out of bounds");
  const asked = name.toLowerCase();
  const known = (asked === stageName ? undefined : stages.get(asked)) ?? session.image(name);
  if (known) return known;
  try {
    return await pullImage(session, name, () => undefined);
  } catch (problem) {
    throw problem instanceof DaemonError ? refuse(problem.message) : problem;
  }
}

function contextSize(session: Session, context: string): number {
  let size = 0;
  for (const { stat: found } of walk(session.client, context))
    size += 512 + Math.ceil((found.kind === "file" ? found.size : 0) / 512) * 512;
  return size + 1024;
}

function hostPath(session: Session, path: string): string {
  const full = path.startsWith("/") ? path : `${session.io.cwd}/${path}`;
  return clean(full);
}

export const BUILD_COMMANDS: Readonly<Record<string, Command>> = { build };
