import { type ReactNode, useMemo } from "react";
import type { LayerIndex } from "../../image/image.ts";
import type { Semantics } from "../../image/union/semantics.ts";
import { resolution } from "../../state/analysis.ts";
import { namesOfInode, type ShownVersion } from "../../state/versions.ts";
import { extraOf, kindOf } from "../../tree/column-tree.ts";
import { formatMode, formatTime } from "../text/format.ts";
import { Name } from "../text/name.tsx";
import { useWords } from "../text/words.ts";
import { textOfBytes } from "./content-text.ts";

const LINKS_SHOWN = 12;

/** What the layer says of one version: everything its tar entry carries. */
export function VersionDetails({
  version,
  path,
  layers,
  upto,
  semantics,
  go,
}: {
  readonly version: ShownVersion;
  readonly path: string;
  readonly layers: readonly LayerIndex[];
  readonly upto: number;
  readonly semantics: Semantics;
  readonly go: (path: string) => void;
}) {
  const { t } = useWords();
  const { tree, row, layer } = version;
  const kind = kindOf(tree, row);
  const { target, rdev, xattrs } = extraOf(tree, row);
  const mode = tree.mode[row] ?? 0;
  const nsec = tree.mtimeNsec?.[row] ?? 0;
  const entry = tree.entry[row] ?? -1;
  return (
    <section className="inspector-part" aria-labelledby="details-title">
      <h3 id="details-title" className="panel-title">
        {t("explore:details.title", { layer })}
      </h3>
      <dl className="facts">
        <Fact name={t("explore:details.kind")}>{t(`explore:kind.${kind}`)}</Fact>
        <Fact name={t("explore:details.mode")}>
          <code>
            {formatMode(kind, mode)} {mode.toString(8).padStart(4, "0")}
          </code>
        </Fact>
        <Fact name={t("explore:details.owner")}>
          <code>
            {tree.uid[row]}:{tree.gid[row]}
          </code>
        </Fact>
        {kind === "file" && (
          <Fact name={t("explore:details.size")}>
            {t("explore:details.bytes", { count: tree.size[row] ?? 0 })}
          </Fact>
        )}
        <Fact name={t("explore:details.modified")}>
          <code>
            {formatTime(tree.mtime[row] ?? 0)}
            {nsec > 0 && `.${String(nsec).padStart(9, "0")}`} UTC
          </code>
        </Fact>
        {target !== undefined && (
          <Fact name={t("explore:details.target")}>
            <Name of={target} />
            <Target path={path} layers={layers} upto={upto} semantics={semantics} go={go} />
          </Fact>
        )}
        {rdev && (
          <Fact name={t("explore:details.device")}>
            <code>
              {rdev[0]}, {rdev[1]}
            </code>
          </Fact>
        )}
        {kind === "file" && <HardLinks version={version} go={go} />}
        {xattrs && xattrs.length > 0 && (
          <Fact name={t("explore:details.xattrs")}>
            <ul>
              {xattrs.map(([name, value]) => (
                <li key={name}>
                  <Name of={name} /> = <Name of={textOfBytes(value)} />
                </li>
              ))}
            </ul>
          </Fact>
        )}
        <Fact name={t("explore:details.entry")}>
          {entry < 0
            ? t("explore:details.implied")
            : t("explore:details.entryNumber", { count: entry + 1, layer })}
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Where a symlink leads when the union resolves it: its last name too. */
function Target({
  path,
  layers,
  upto,
  semantics,
  go,
}: {
  readonly path: string;
  readonly layers: readonly LayerIndex[];
  readonly upto: number;
  readonly semantics: Semantics;
  readonly go: (path: string) => void;
}) {
  const { t } = useWords();
  const end = resolution(layers, path, upto, semantics, true).resolution;
  return (
    <span className="facts-note">
      {end.errno === null ? (
        <button type="button" className="button button-link" onClick={() => go(end.path)}>
          {t("explore:details.targetGoes", { path: end.path })}
        </button>
      ) : (
        t("explore:details.targetNowhere")
      )}
    </span>
  );
}

function HardLinks({
  version: { tree, row },
  go,
}: {
  readonly version: ShownVersion;
  readonly go: (path: string) => void;
}) {
  const { t } = useWords();
  const { paths, count } = useMemo(() => namesOfInode(tree, row, LINKS_SHOWN), [tree, row]);
  if (count < 2) return null;
  return (
    <Fact name={t("explore:details.hardLinks")}>
      <ul>
        {paths.map((path) => (
          <li key={path}>
            <button type="button" className="button button-link" onClick={() => go(path)}>
              <Name of={path} />
            </button>
          </li>
        ))}
      </ul>
      {count > paths.length && t("explore:details.hardLinksMore", { count: count - paths.length })}
    </Fact>
  );
}
