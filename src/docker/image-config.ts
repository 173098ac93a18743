import type { Value } from "./template.ts";

/** What a container is started with; the part of an image's config that `docker run` takes over. */
export interface RunConfig {
  readonly user: string;
  readonly workingDir: string;
  readonly env: readonly string[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly exposedPorts: readonly string[];
}

interface HistoryEntry {
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly createdBy: string;
  readonly comment: string;
  readonly author: string;
  readonly emptyLayer: boolean;
}

export const EMPTY_RUN_CONFIG: RunConfig = {
  user: "",
  workingDir: "",
  env: [],
  entrypoint: [],
  cmd: [],
  labels: {},
  volumes: [],
  exposedPorts: [],
};

const DEFAULT_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The PATH that Docker puts before an environment that has none. */
export function defaultPath(env: readonly string[]): readonly string[] {
  return env.some((entry) => entry.startsWith("PATH=")) ? [] : [DEFAULT_PATH];
}

/** An image's config. */
export interface ImageConfig {
  readonly architecture: string;
  readonly os: string;
  readonly author: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly run: RunConfig;
  readonly history: readonly HistoryEntry[];
  /** Base first. */
  readonly diffIds: readonly string[];
}

/** A config as the JSON document whose sha256 is the image's id. */
export function configText(config: ImageConfig, time: (milliseconds: number) => string): string {
  return JSON.stringify({
    architecture: config.architecture,
    ...(config.author !== "" && { author: config.author }),
    config: runConfigJson(config.run),
    created: time(config.created),
    docker_version: "19.03.15",
    history: config.history.map((entry) => ({
      created: time(entry.created),
      ...(entry.author !== "" && { author: entry.author }),
      created_by: entry.createdBy,
      ...(entry.comment !== "" && { comment: entry.comment }),
      ...(entry.emptyLayer && { empty_layer: true }),
    })),
    os: config.os,
    rootfs: { type: "layers", diff_ids: config.diffIds },
  });
}

/** The part of a config that inspect calls Config, in Docker's own field names. */
export function runConfigJson(run: RunConfig): Readonly<Record<string, Value>> {
  return {
    User: run.user,
    ...(run.exposedPorts.length > 0 && { ExposedPorts: asSet(run.exposedPorts) }),
    Env: run.env.length > 0 ? run.env : null,
    Cmd: run.cmd.length > 0 ? run.cmd : null,
    Volumes: run.volumes.length > 0 ? asSet(run.volumes) : null,
    WorkingDir: run.workingDir,
    Entrypoint: run.entrypoint.length > 0 ? run.entrypoint : null,
    Labels: Object.keys(run.labels).length > 0 ? run.labels : null,
  };
}

function asSet(names: readonly string[]): Readonly<Record<string, Value>> {
  return Object.fromEntries(names.map((name) => [name, {}]));
}

/** Reads a config document; what is missing or of the wrong type is empty, as Docker takes it. null: not an object. */
export function parseConfig(text: string): ImageConfig | null {
  const document = record(parseJson(text));
  if (!document) return null;
  const run = record(document.get("config")) ?? NO_FIELDS;
  const rootfs = record(document.get("rootfs")) ?? NO_FIELDS;
  return {
    architecture: string(document.get("architecture")),
    os: string(document.get("os")) || "linux",
    author: string(document.get("author")),
    created: time(document.get("created")),
    run: {
      user: string(run.get("User")),
      workingDir: string(run.get("WorkingDir")),
      env: strings(run.get("Env")),
      entrypoint: strings(run.get("Entrypoint")),
      cmd: strings(run.get("Cmd")),
      labels: Object.fromEntries(
        Array.from(record(run.get("Labels")) ?? NO_FIELDS, ([name, value]) => [
          name,
          string(value),
        ]),
      ),
      volumes: [...(record(run.get("Volumes")) ?? NO_FIELDS).keys()],
      exposedPorts: [...(record(run.get("ExposedPorts")) ?? NO_FIELDS).keys()],
    },
    history: list(document.get("history")).map((item) => {
      const entry = record(item) ?? NO_FIELDS;
      return {
        created: time(entry.get("created")),
        createdBy: string(entry.get("created_by")),
        comment: string(entry.get("comment")),
        author: string(entry.get("author")),
        emptyLayer: entry.get("empty_layer") === true,
      };
    }),
    diffIds: strings(rootfs.get("diff_ids")),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

type Fields = ReadonlyMap<string, unknown>;
const NO_FIELDS: Fields = new Map();

function record(value: unknown): Fields | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? new Map(Object.entries(value))
    : null;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function string(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function strings(value: unknown): readonly string[] {
  return list(value).filter((item) => typeof item === "string");
}

function time(value: unknown): number {
  const milliseconds = Date.parse(string(value));
  return Number.isNaN(milliseconds) ? 0 : milliseconds;
}
