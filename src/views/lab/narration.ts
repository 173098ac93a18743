import type { Fd, Pid } from "../../engine/call.ts";
import type { Machine } from "../../engine/machine.ts";
import {
  eventSentence,
  probeSentence,
  refusalSentence,
  type Speaker,
} from "../../i18n/event-sentence.ts";
import type { Translate } from "../../i18n/translator.ts";
import type { Prompt } from "../../shell/session.ts";
import type { StagedContainer } from "../../state/lab-containers.ts";
import type { EndedUnions } from "../../state/lab-ended.ts";
import { layerIdIn } from "../../state/lab-layers.ts";
import type { Moment } from "../../state/lab-moments.ts";
import type { RecordedCall } from "../../state/lab-session.ts";
import type { Subject } from "../../state/lab-touch.ts";
import { type Union, unionOf } from "../../state/lab-union.ts";
import { mapGet } from "../../tree/persistent-map.ts";
import type { Telling } from "../text/telling.ts";
import { visibleText } from "../text/visible-name.ts";

/**
 * A speaker that calls branches as the stage does. `machines`: where a file system is looked for, in this order, for it
 * may be gone after a call or not yet there before; then among those that were unmounted. `names`: a branch's directory to
 * its short name.
 */
export function speakerFor(
  machines: readonly Machine[],
  ended: EndedUnions,
  names: ReadonlyMap<string, string>,
  telling: Telling,
): Speaker {
  const known = new Map<number, Union["branches"]>();
  const branchesOf = (fs: number): Union["branches"] => {
    let branches = known.get(fs);
    for (const machine of machines) branches ??= unionOf(machine, fs)?.branches;
    branches ??= ended.get(fs)?.union.branches;
    known.set(fs, branches ?? []);
    return branches ?? [];
  };
  return {
    kindOf: (fs) => {
      for (const machine of machines) {
        const state = mapGet(machine.fileSystems, fs);
        if (state) return state.type;
      }
      return ended.get(fs)?.union.type ?? "plain";
    },
    branchName: (fs, branch) => {
      const path = branchesOf(fs)[branch]?.path;
      return path === undefined ? `#${branch}` : (names.get(path) ?? shortPath(path, telling));
    },
    branchCount: (fs) => branchesOf(fs).length,
    bytes: telling.size,
    path: (path) => telling.ids(visibleText(path)),
  };
}

/** Branch directory to short name. A directory that several containers share is called as `first` calls it. */
export function branchNames(
  containers: readonly (StagedContainer | null)[],
  first: StagedContainer | null = null,
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const container of containers)
    for (const branch of container?.branches ?? [])
      if (!names.has(branch.path) || container === first) names.set(branch.path, branch.label);
  return names;
}

/** What is selected, as it is called in words. */
export function subjectName(
  subject: Subject,
  names: ReadonlyMap<string, string>,
  telling: Telling,
): string {
  return subject.type === "path"
    ? visibleText(subject.path)
    : (names.get(subject.directory) ?? shortPath(subject.directory, telling));
}

/** How a prompt is shown; one whose container is gone by its id. */
export function promptText(prompts: readonly Prompt[], id: string): string {
  return prompts.find((each) => each.id === id)?.text ?? `${id.slice(0, 12)}#`;
}

/** The last part of a branch's path that tells it from others. */
export function shortPath(path: string, telling: Telling): string {
  return telling.ids(layerIdIn(path) ?? (path.slice(path.lastIndexOf("/") + 1) || path));
}

/** The one sentence of a moment. */
export function momentSentence(
  t: Translate,
  moment: Moment,
  calls: readonly RecordedCall[],
  speaker: Speaker,
): string {
  const recorded = calls[moment.call];
  const event = recorded?.events[moment.event];
  if (recorded && !event) {
    const { call, errno } = recorded;
    return errno === null ? "" : refusalSentence(t, call.type, pathOf(recorded), errno, speaker);
  }
  if (!event) return "";
  const probe = event.type === "visit" && moment.probe !== null ? event.probes[moment.probe] : null;
  if (event.type === "visit" && probe) return probeSentence(t, event, probe, speaker);
  return eventSentence(t, event, speaker, recorded.events[moment.event + 1]);
}

/** What a call is about, for the sentence of its refusal. */
function pathOf({ call, machine }: RecordedCall): string {
  const above = "at" in call ? openPath(machine, call.pid, call.at) : "";
  if ("path" in call) return above + call.path;
  if ("target" in call) return above + String(call.target);
  if ("from" in call) return String(call.from);
  return "";
}

/** The path of the open directory that a call's own path begins in, with "/"; "" for one that was typed. */
function openPath(machine: Machine, pid: Pid, at: Fd | undefined): string {
  const process = mapGet(machine.processes, pid);
  const file = process && at !== undefined ? mapGet(process.descriptors, at) : undefined;
  const path = file === undefined ? undefined : mapGet(machine.files, file)?.path;
  return path === undefined ? "" : path.replace(/\/?$/, "/");
}
