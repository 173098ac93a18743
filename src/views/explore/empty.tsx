import type { ImageEntry } from "../../image/image.ts";
import type { OpenArchive } from "../../state/archives.ts";
import { archiveProblems } from "../../state/problems.ts";
import { ProblemList } from "../problems/problems-dialog.tsx";
import { Name } from "../text/name.tsx";
import { useWords } from "../text/words.ts";

/** What stands in the place of stack, tree and path when there is nothing to stack: why, and what was found wrong. */
export function Empty({
  archive,
  image,
}: {
  readonly archive: OpenArchive | null;
  readonly image: ImageEntry | null;
}) {
  const { t } = useWords();
  if (!archive)
    return (
      <div className="explore-empty">
        <h2>{t("explore:open.empty")}</h2>
        <p>{t("explore:open.emptyDetail")}</p>
      </div>
    );
  const kind = archive.phase === "refused" ? "refused" : (image?.kind ?? "none");
  const problems = archiveProblems(archive, image);
  return (
    <div className="explore-empty">
      <h2>{t(`explore:nothing.${kind}`)}</h2>
      <p>{t(`explore:nothing.${kind}Detail`)}</p>
      <p className="explore-file">
        <Name of={archive.name} />
      </p>
      {problems.length > 0 && <ProblemList problems={problems} />}
    </div>
  );
}

/** Whether an image has a stack to show. */
export function hasLayers(image: ImageEntry | null): image is ImageEntry {
  return image !== null && image.layers.length > 0;
}
