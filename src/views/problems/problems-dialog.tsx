import { Dialog } from "@base-ui/react/dialog";
import type { ImageEntry } from "../../image/image.ts";
import { type Problem, severityOf } from "../../image/problem.ts";
import type { OpenArchive } from "../../state/archives.ts";
import { archiveProblems, countOf, layerProblems, withoutNotes } from "../../state/problems.ts";
import { Icon } from "../marks/icons.tsx";
import { shortText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import { useSentence } from "./sentence.ts";
import "./problems.css";

/** What was found wrong, in plain sentences: of the archive, and of each layer, top first as in the stack. */
export function ProblemsDialog({
  archive,
  image,
}: {
  readonly archive: OpenArchive;
  readonly image: ImageEntry;
}) {
  const { t } = useWords();
  const layers = image.layers.map(({ k }) => ({
    title: t("explore:problems.layer", { k }),
    problems: layerProblems(archive, image, k),
  }));
  const own = {
    title: t("explore:problems.archive"),
    problems: archiveProblems(archive, image),
  };
  const groups = [own, ...layers.reverse()].filter(({ problems }) => problems.length > 0);
  const all = groups.flatMap(({ problems }) => problems);
  const count = countOf(withoutNotes(all));
  if (all.length === 0) return null;
  return (
    <Dialog.Root>
      <Dialog.Trigger className="button problems-button" data-faults={count > 0 || undefined}>
        {count > 0 && <Icon name="warning" />}
        {count > 0
          ? t("explore:problems.button", { count })
          : t("explore:problems.notes", { count: countOf(all) })}
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog">
          <div className="dialog-head">
            <Dialog.Title className="dialog-title">{t("explore:problems.title")}</Dialog.Title>
            <Dialog.Close className="button">{t("close")}</Dialog.Close>
          </div>
          {groups.map(({ title, problems }) => (
            <section key={title}>
              <h3>{title}</h3>
              <ProblemList problems={problems} />
            </section>
          ))}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Problems as sentences, each with its place in the archive. */
export function ProblemList({ problems }: { readonly problems: readonly Problem[] }) {
  const { t, gap } = useWords();
  const sentence = useSentence();
  return (
    <ul className="problems">
      {problems.map((problem, index) => {
        const { member, entry, offset } = problem.at;
        const place = [
          member,
          entry,
          offset === null ? null : t("explore:problems.offset", { offset }),
        ]
          .filter((part) => part !== null)
          .map(shortText)
          .join(" · ");
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes its order
          <li key={index}>
            <strong className="problem-severity" data-severity={severityOf(problem)}>
              {t(`explore:problems.${severityOf(problem)}`)}
            </strong>
            {gap}
            {shortText(sentence(problem))}
            {place !== "" && (
              <span className="problem-place">{t("explore:problems.at", { place })}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
