import { DockerfileError, expandWords, type Instruction, pairs } from "./dockerfile.ts";
import type { RunConfig } from "./image-config.ts";

/** The variables of a config: what `$NAME` in a Dockerfile means. */
export function variablesOf(run: RunConfig): Readonly<Record<string, string>> {
  return Object.fromEntries(
    run.env.map((entry) => {
      const equals = entry.indexOf("=");
      return [entry.slice(0, equals), entry.slice(equals + 1)];
    }),
  );
}

/** Adds or replaces variables. */
function withEnv(
  env: readonly string[],
  added: readonly (readonly [string, string])[],
): readonly string[] {
  const merged = new Map(env.map((entry) => [entry.slice(0, entry.indexOf("=")), entry]));
  for (const [name, value] of added) merged.set(name, `${name}=${value}`);
  return [...merged.values()];
}

/** The words of an instruction's exec form, or its text for a shell. */
export function shellWords({ json, text }: Instruction): readonly string[] {
  return json ?? (text === "" ? [] : ["/bin/sh", "-c", text]);
}

/** What an instruction that only changes the config makes of it. `more` are build arguments. */
export function applyInstruction(
  run: RunConfig,
  instruction: Instruction,
  more: Readonly<Record<string, string>> = {},
): RunConfig {
  const variables = { ...more, ...variablesOf(run) };
  const words = () => instruction.json ?? expandWords(instruction.text, variables);
  switch (instruction.keyword) {
    case "ENV":
      return { ...run, env: withEnv(run.env, pairs(instruction, variables)) };
    case "LABEL":
      return {
        ...run,
        labels: { ...run.labels, ...Object.fromEntries(pairs(instruction, variables)) },
      };
    case "WORKDIR": {
      const path = words().join(" ");
      if (path === "") throw new DockerfileError("WORKDIR requires exactly one argument");
      return {
        ...run,
        workingDir: path.startsWith("/") ? clean(path) : clean(`${run.workingDir}/${path}`),
      };
    }
    case "USER":
      return { ...run, user: words().join(" ") };
    case "CMD":
      return { ...run, cmd: shellWords(instruction) };
    case "ENTRYPOINT":
      return { ...run, entrypoint: shellWords(instruction), cmd: [] };
    case "VOLUME":
      return { ...run, volumes: [...new Set([...run.volumes, ...words()])] };
    case "EXPOSE":
      return {
        ...run,
        exposedPorts: [
          ...new Set([
            ...run.exposedPorts,
            ...words().map((port) => (port.includes("/") ? port : `${port}/tcp`)),
          ]),
        ],
      };
    default:
      throw new DockerfileError(`${instruction.keyword} is not a valid change command`);
  }
}

/** What the history says of an instruction that only changes the config, its variables replaced. `run` is after it. */
export function configComment(
  run: RunConfig,
  instruction: Instruction,
  more: Readonly<Record<string, string>>,
): string {
  const { keyword } = instruction;
  const variables = { ...more, ...variablesOf(run) };
  const words = () => instruction.json ?? expandWords(instruction.text, variables);
  const quoted = (list: readonly string[]) =>
    `[${list.map((word) => JSON.stringify(word)).join(" ")}]`;
  switch (keyword) {
    case "ENV":
    case "LABEL":
      return `${keyword} ${pairs(instruction, variables)
        .map((pair) => pair.join("="))
        .join(" ")}`;
    case "CMD":
      return `CMD ${quoted(run.cmd)}`;
    case "ENTRYPOINT":
      return `ENTRYPOINT ${quoted(run.entrypoint)}`;
    case "VOLUME":
      return `VOLUME [${words().join(" ")}]`;
    case "WORKDIR":
      return `WORKDIR ${run.workingDir}`;
    default:
      return `${keyword} ${words().join(" ")}`;
  }
}

/** A path without "." and "..", and without doubled slashes. */
export function clean(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
