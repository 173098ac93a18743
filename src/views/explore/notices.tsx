import { NO_LIMITS } from "../../image/limits.ts";
import type { Problem } from "../../image/problem.ts";
import { useAppState } from "../../state/app-state.ts";
import type { OpenArchive } from "../../state/archives.ts";
import { currentArchive } from "../../state/current.ts";
import { ProblemList } from "../problems/problems-dialog.tsx";
import { useSentence } from "../problems/sentence.ts";
import { Name } from "../text/name.tsx";
import { shortText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";

/** What must be said across the whole screen: what is being read, what was refused, what this is. */
export function Notices() {
  const { t } = useWords();
  const archive = useAppState(currentArchive);
  const looking = useAppState((state) => state.archives.find(({ phase }) => phase === "looking"));
  const archives = useAppState((state) => state.archives);
  const refused = archives.filter(({ phase }) => phase === "refused");
  const closeArchive = useAppState((state) => state.closeArchive);
  const missing = useAppState((state) => state.missing);
  return (
    <div className="notices" role="status">
      {looking && (
        <div className="notice">
          <span>{t("explore:phase.looking", { name: looking.name })}</span>
          <button type="button" className="button" onClick={() => closeArchive(looking.id)}>
            {t("cancel")}
          </button>
        </div>
      )}
      {missing !== null && (
        <p className="notice notice-fault">{t("explore:open.failed", { url: missing })}</p>
      )}
      {refused.map((each) => (
        <div key={each.id} className="notice notice-fault">
          <Name of={each.name} />
          <ProblemList problems={each.refusal} />
          <Bounds archive={each} problems={each.refusal} />
          <button type="button" className="button" onClick={() => closeArchive(each.id)}>
            {t("explore:problems.dismiss")}
          </button>
        </div>
      ))}
      {archive && archive.phase !== "refused" && (
        <Bounds archive={archive} problems={archiveBounds(archive)} />
      )}
      {archive?.isSample && <p className="notice">{t("explore:open.sample")}</p>}
    </div>
  );
}

/** A bound that stopped the reading, and the way past it. */
function Bounds({
  archive,
  problems,
}: {
  readonly archive: OpenArchive;
  readonly problems: readonly Problem[];
}) {
  const { t } = useWords();
  const continueAnyway = useAppState((state) => state.continueAnyway);
  const sentence = useSentence();
  const bound = problems.find(({ type }) => type === "limit");
  if (!bound || archive.limits === NO_LIMITS) return null;
  return (
    <div className="notice notice-fault">
      {archive.phase !== "refused" && <span>{shortText(sentence(bound))}</span>}
      <button
        type="button"
        className="button"
        title={t("explore:phase.goOnDetail")}
        onClick={() => void continueAnyway(archive.id)}
      >
        {t("explore:phase.goOn")}
      </button>
    </div>
  );
}

function archiveBounds(archive: OpenArchive): readonly Problem[] {
  const layers = (archive.archive?.layers ?? []).flatMap(
    ({ key }) => archive.layers.get(key) ?? [],
  );
  return [
    ...(archive.archive?.problems ?? []),
    ...layers.flatMap((state) => (state.phase === "read" ? state.index.problems : [])),
  ];
}
