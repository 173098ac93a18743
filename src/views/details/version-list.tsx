import type { ShownVersion } from "../../state/versions.ts";
import { kindOf } from "../../tree/column-tree.ts";
import { Icon } from "../marks/icons.tsx";
import { formatBytes } from "../text/format.ts";
import { Name } from "../text/name.tsx";
import { useWords } from "../text/words.ts";

/** Every layer that has the path, top first, seen or hidden; each can be shown here and jumped to in its layer. */
export function VersionList({
  versions,
  chosen,
  commandOf,
  choose,
  jump,
}: {
  readonly versions: readonly ShownVersion[];
  readonly chosen: ShownVersion | undefined;
  readonly commandOf: (layer: number) => string;
  readonly choose: (version: ShownVersion) => void;
  readonly jump: (layer: number) => void;
}) {
  const { t, language } = useWords();
  return (
    <section className="inspector-part" aria-labelledby="versions-title">
      <h3 id="versions-title" className="panel-title">
        {t("explore:version.title")}
      </h3>
      {versions.length === 0 && <p>{t("explore:version.none")}</p>}
      <ul className="versions">
        {versions.map((version) => {
          const { state, layer, by, tree, row } = version;
          const kind = kindOf(tree, row);
          return (
            <li
              key={`${layer} ${row}`}
              className="version"
              data-state={state}
              aria-current={version === chosen}
            >
              <span className="version-mark" aria-hidden="true">
                <VersionMark state={state} />
              </span>
              <button type="button" className="version-choose" onClick={() => choose(version)}>
                <span className="version-state">
                  {state === "hidden" && by !== null
                    ? t("explore:version.hiddenBy", { by })
                    : t(`explore:version.${state}`)}
                </span>{" "}
                <strong>{t("explore:version.inLayer", { layer })}</strong>
                {state !== "whiteout" && (
                  <span className="version-size">
                    {kind === "file"
                      ? formatBytes(tree.size[row] ?? 0, language)
                      : t(`explore:kind.${kind}`)}
                  </span>
                )}
                <span className="version-command">
                  <Name of={commandOf(layer)} />
                </span>
              </button>
              <button
                type="button"
                className="version-jump button button-quiet"
                title={t("explore:version.jump", { layer })}
                aria-label={t("explore:version.jump", { layer })}
                onClick={() => jump(layer)}
              >
                <Icon name="right" />
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function VersionMark({ state }: { readonly state: ShownVersion["state"] }) {
  switch (state) {
    case "winner":
      return <Icon name="check" />;
    case "merged":
      return <Icon name="folder" />;
    case "hidden":
      return <Icon name="cross" />;
    case "whiteout":
      return <Icon name="whiteout" />;
  }
}
