import type { HistoryStep, ImageConfig, Platform } from "./image.ts";
import { isObject, type JsonObject, JsonReader, type JsonText } from "./json.ts";
import type { ProblemList } from "./problem-list.ts";

/** What a config document says. */
export interface ParsedConfig {
  readonly config: ImageConfig;
  /** Base first. */
  readonly diffIds: readonly string[];
  /** Its steps, not yet matched with layers. */
  readonly history: readonly Omit<HistoryStep, "k">[];
}

/** Reads an image's config: OCI's, Docker's, and the `json` of one layer of Docker 1.x, whose history is itself. */
export function parseConfig(document: JsonText, problems: ProblemList): ParsedConfig | null {
  const { value } = document;
  const reader = new JsonReader(problems);
  if (!isObject(value)) {
    reader.wrong("object", value, "$");
    return null;
  }
  const settings = reader.object(value, "config", "$");
  const rootfs = reader.object(value, "rootfs", "$");
  const rootfsType = reader.text(rootfs, "type", "$.rootfs");
  if (rootfsType !== "" && rootfsType !== "layers")
    problems.add({ type: "rootfs-type-unknown", rootfsType });
  return {
    config: {
      created: reader.text(value, "created", "$"),
      author: reader.text(value, "author", "$"),
      os: reader.text(value, "os", "$"),
      architecture: reader.text(value, "architecture", "$"),
      variant: reader.text(value, "variant", "$"),
      user: reader.text(settings, "User", "$.config"),
      workingDir: reader.text(settings, "WorkingDir", "$.config"),
      env: reader.texts(settings, "Env", "$.config"),
      entrypoint: words(reader, settings, "Entrypoint"),
      cmd: words(reader, settings, "Cmd"),
      exposedPorts: Object.keys(reader.object(settings, "ExposedPorts", "$.config")),
      volumes: Object.keys(reader.object(settings, "Volumes", "$.config")),
      labels: labelsOf(reader.object(settings, "Labels", "$.config")),
      json: indented(document),
      text: document.text,
    },
    diffIds: reader.texts(rootfs, "diff_ids", "$.rootfs"),
    history: reader
      .objects(value, "history", "$")
      .map((step, i) => historyStep(reader, step, `$.history[${i}]`)),
  };
}

export function platformOf(config: ImageConfig | null): Platform | null {
  if (!config || (config.os === "" && config.architecture === "")) return null;
  return { os: config.os, architecture: config.architecture, variant: config.variant };
}

function historyStep(reader: JsonReader, step: JsonObject, path: string): Omit<HistoryStep, "k"> {
  const isEmpty = reader.field(step, "empty_layer");
  if (isEmpty !== undefined && typeof isEmpty !== "boolean")
    reader.wrong("boolean", isEmpty, `${path}.empty_layer`);
  return {
    command: reader.text(step, "created_by", path),
    created: reader.text(step, "created", path),
    author: reader.text(step, "author", path),
    comment: reader.text(step, "comment", path),
    empty: isEmpty === true,
  };
}

/** A list of words; early Docker also has one string. */
function words(reader: JsonReader, settings: JsonObject, key: string): readonly string[] {
  const value = reader.field(settings, key);
  return typeof value === "string" ? [value] : reader.texts(settings, key, "$.config");
}

function labelsOf(labels: JsonObject): readonly (readonly [string, string])[] {
  return Object.entries(labels).map(([name, value]) => [name, String(value)]);
}

function indented(document: JsonText): string {
  try {
    return JSON.stringify(document.value, null, 2);
  } catch {
    // Nested deeper than the serialiser goes.
    return document.text;
  }
}
