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

export interface HistoryEntry {
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
  const run = record(document["config"]) ?? {};
  const rootfs = record(document["rootfs"]) ?? {};
  return {
    architecture: string(document["architecture"]),
    os: string(document["os"]) || "linux",
    author: string(document["author"]),
    created: time(document["created"]),
    run: {
      user: string(run["User"]),
      workingDir: string(run["WorkingDir"]),
      env: strings(run["Env"]),
      entrypoint: strings(run["Entrypoint"]),
      cmd: strings(run["Cmd"]),
      labels: Object.fromEntries(
        Object.entries(record(run["Labels"]) ?? {}).map(([name, value]) => [name, string(value)]),
      ),
      volumes: Object.keys(record(run["Volumes"]) ?? {}),
      exposedPorts: Object.keys(record(run["ExposedPorts"]) ?? {}),
    },
    history: list(document["history"]).map((item) => {
      const entry = record(item) ?? {};
      return {
        created: time(entry["created"]),
        createdBy: string(entry["created_by"]),
        comment: string(entry["comment"]),
        author: string(entry["author"]),
        emptyLayer: entry["empty_layer"] === true,
      };
    }),
    diffIds: strings(rootfs["diff_ids"]),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
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
