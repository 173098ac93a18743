import { useState } from "react";
import { resolution, unionFor } from "../../state/analysis.ts";
import { useAppState } from "../../state/app-state.ts";
import { bareNames, isBare } from "../../state/bare-layers.ts";
import { currentArchive, currentImage, currentLayer } from "../../state/current.ts";
import { useReadLayers } from "../../state/use-layers.ts";
import { type ShownVersion, versionsIn } from "../../state/versions.ts";
import { kindOf } from "../../tree/column-tree.ts";
import { ContentView } from "../details/content-view.tsx";
import "../details/details.css";
import { VersionDetails } from "../details/version-details.tsx";
import { VersionList } from "../details/version-list.tsx";
import { ResolutionView } from "../resolution/resolution-view.tsx";
import { shortCommand } from "../stack/command.ts";
import { visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import { PathTitle } from "./path-title.tsx";
import { SemanticsSwitch } from "./semantics-switch.tsx";

/** The chosen path: how it is resolved, which layers have it, what is known of one version and what is in it. */
export function Inspector() {
  const { t } = useWords();
  const path = useAppState((state) => state.path);
  return (
    <section className="inspector" aria-labelledby="inspector-title">
      <div className="inspector-head">
        <h2 id="inspector-title" className="panel-title">
          {t("explore:resolution.title")}
        </h2>
        <SemanticsSwitch />
      </div>
      <PathForm key={path} path={path} />
      {path === null ? (
        <p className="inspector-hint">{t("explore:resolution.pathHint")}</p>
      ) : (
        <Path key={`at ${path}`} path={path} />
      )}
    </section>
  );
}

function Path({ path }: { readonly path: string }) {
  const layers = useReadLayers();
  const upto = Math.min(useAppState(currentLayer), layers.length);
  const semantics = useAppState((state) => state.semantics);
  const mode = useAppState((state) => state.mode);
  const open = useAppState(currentArchive);
  const image = useAppState(currentImage);
  const selectPath = useAppState((state) => state.selectPath);
  const lookAt = useAppState((state) => state.lookAt);
  const showPanel = useAppState((state) => state.showPanel);
  const [picked, setPicked] = useState<number | null>(null);
  if (upto === 0) return null;
  const found = resolution(layers, path, upto, semantics, false);
  const versions = versionsIn(unionFor(layers), found);
  const version = chosenVersion(versions, picked ?? (mode === "layer" ? upto : null));
  const jump = (layer: number, at: string) => {
    lookAt(layer, at, "layer");
    showPanel("tree");
  };
  const names = open?.archive && image && isBare(open) ? bareNames(open.archive, image) : null;
  const commandOf = (layer: number) =>
    names?.[layer - 1] ?? shortCommand(image?.history.find(({ k }) => k === layer)?.command ?? "");
  return (
    <>
      <PathTitle path={path} />
      <ResolutionView found={found} layers={layers} path={path} jump={jump} />
      <VersionList
        versions={versions}
        chosen={version}
        commandOf={commandOf}
        choose={({ layer }) => setPicked(layer)}
        jump={(layer) => jump(layer, path)}
      />
      {version && (
        <VersionDetails
          version={version}
          path={path}
          layers={layers}
          upto={upto}
          semantics={semantics}
          go={selectPath}
        />
      )}
      {version && kindOf(version.tree, version.row) === "file" && version.state !== "whiteout" && (
        <ContentView key={`${version.layer} ${version.row}`} version={version} />
      )}
    </>
  );
}

/** A path to type; a click in the tree fills it in. */
function PathForm({ path }: { readonly path: string | null }) {
  const { t } = useWords();
  const selectPath = useAppState((state) => state.selectPath);
  const shown = visibleText(path ?? "");
  const [text, setText] = useState(shown);
  return (
    <form
      className="path-form"
      onSubmit={(event) => {
        event.preventDefault();
        // What was not touched is the path itself, which its escapes are not.
        selectPath(text === shown && path !== null ? path : absolute(text));
      }}
    >
      <input
        className="path-input"
        value={text}
        placeholder="/etc/passwd"
        aria-label={t("explore:resolution.path")}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" className="button">
        {t("explore:resolution.go")}
      </button>
    </form>
  );
}

/** The picked version, or else the one that is seen, or else the topmost that is no whiteout. */
function chosenVersion(
  versions: readonly ShownVersion[],
  layer: number | null,
): ShownVersion | undefined {
  return (
    versions.find((version) => version.layer === layer) ??
    versions.find(({ state }) => state === "winner") ??
    versions.find(({ state }) => state !== "whiteout") ??
    versions[0]
  );
}

/** What was typed as an absolute path without empty names; "." and ".." are resolved like any name's. */
function absolute(text: string): string {
  return `/${text
    .split("/")
    .filter((part) => part !== "")
    .join("/")}`;
}
