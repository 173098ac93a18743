import { Popover } from "@base-ui/react/popover";
import { VOCABULARIES } from "../../state/lab-settings.ts";
import { useLab } from "../../state/lab-store.ts";
import { PICTURES } from "../../state/lab-worlds.ts";
import { Icon } from "../marks/icons.tsx";
import { useWords } from "../text/words.ts";

/** How the stage draws, and in whose words: what is set seldom, behind one button. */
export function ViewMenu({
  hasContainer,
  folded,
}: {
  readonly hasContainer: boolean;
  /** Names that are folded away. */
  readonly folded: number;
}) {
  const { t } = useWords();
  const picture = useLab((lab) => lab.picture);
  const label = t(`lab:picture.${picture}`);
  return (
    <Popover.Root>
      <Popover.Trigger className="button lab-fold" aria-label={t("lab:view.label", { label })}>
        <Icon name="sliders" /> <span className="lab-fold-word">{label}</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className="popup-place" align="start" sideOffset={4}>
          <Popover.Popup className="popup lab-popup" aria-label={t("lab:view.title")}>
            {hasContainer && <PictureChoice />}
            <WordsChoice />
            {hasContainer && picture === "matrix" && <PlumbingChoice folded={folded} />}
            <SideChoice />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** On a phone its parts are tabs, and the choice is not there. */
function SideChoice() {
  const { t } = useWords();
  const showsSide = useLab((lab) => lab.showsSide);
  return (
    <label className="lab-plumbing lab-side-choice">
      <input
        type="checkbox"
        checked={showsSide}
        onChange={(event) => useLab.getState().set({ showsSide: event.target.checked })}
      />
      {t("lab:view.side")}
    </label>
  );
}

function PictureChoice() {
  const { t } = useWords();
  const picture = useLab((lab) => lab.picture);
  return (
    <Choice
      name={t("lab:picture.label")}
      value={picture}
      values={PICTURES}
      word={(each) => t(`lab:picture.${each}`)}
      onChoose={(chosen) => useLab.getState().choose({ picture: chosen, figure: null })}
    />
  );
}

function WordsChoice() {
  const { t } = useWords();
  const words = useLab((lab) => lab.words);
  return (
    <Choice
      name={t("lab:words.label")}
      value={words}
      values={VOCABULARIES}
      word={(each) => t(`lab:words.${each}`)}
      onChoose={(chosen) => useLab.getState().set({ words: chosen })}
    />
  );
}

function Choice<Value extends string>({
  name,
  value,
  values,
  word,
  onChoose,
}: {
  readonly name: string;
  readonly value: Value;
  readonly values: readonly Value[];
  readonly word: (value: Value) => string;
  readonly onChoose: (value: Value) => void;
}) {
  return (
    <label>
      <span className="lab-choice-name">{name}</span>
      <select
        value={value}
        onChange={(event) => {
          const chosen = values.find((each) => each === event.target.value);
          if (chosen) onChoose(chosen);
        }}
      >
        {values.map((each) => (
          <option key={each} value={each}>
            {word(each)}
          </option>
        ))}
      </select>
    </label>
  );
}

function PlumbingChoice({ folded }: { readonly folded: number }) {
  const { t } = useWords();
  const showsPlumbing = useLab((lab) => lab.showsPlumbing);
  return (
    <div>
      <label className="lab-plumbing">
        <input
          type="checkbox"
          checked={showsPlumbing}
          onChange={(event) => useLab.getState().set({ showsPlumbing: event.target.checked })}
        />
        {t("lab:stage.plumbing")}
        {folded > 0 && <span>{t("lab:stage.plumbingFolded", { count: folded })}</span>}
      </label>
      <p className="lab-muted lab-popup-note">{t("lab:stage.plumbingDetail")}</p>
    </div>
  );
}
