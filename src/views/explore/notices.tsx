import { useAppState } from "../../state/app-state.ts";
import { currentArchive } from "../../state/current.ts";
import { Name } from "../text/name.tsx";
import { useWords } from "../text/words.ts";

/** What must be said across the whole screen: what is being read, what was refused, what this is. */
export function Notices() {
  const { t } = useWords();
  const archive = useAppState(currentArchive);
  const looking = useAppState((state) => state.archives.find(({ phase }) => phase === "looking"));
  return (
    <div className="notices" role="status">
      {looking && <p className="notice">{t("explore:phase.looking", { name: looking.name })}</p>}
      {archive?.phase === "refused" && (
        <p className="notice notice-fault">
          <Name of={archive.name} />
        </p>
      )}
      {archive?.isSample && <p className="notice">{t("explore:open.sample")}</p>}
    </div>
  );
}
