import { Popover } from "@base-ui/react/popover";
import type { Difference } from "../../image/union/differences.ts";
import { useAppState } from "../../state/app-state.ts";
import { SEMANTICS } from "../../state/selection.ts";
import { Icon } from "../marks/icons.tsx";
import { Segmented } from "../marks/segmented.tsx";
import { shortText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";

const PLACES_SHOWN = 50;

/** Docker's reading of the layers or OCI's, and where that makes a difference. */
export function SemanticsSwitch() {
  const { t } = useWords();
  const semantics = useAppState((state) => state.semantics);
  const selectSemantics = useAppState((state) => state.selectSemantics);
  const places = useAppState((state) => state.differences?.places);
  return (
    <div className="semantics">
      <Segmented
        label={t("explore:semantics.label")}
        value={semantics}
        onChange={selectSemantics}
        choices={SEMANTICS.map((value) => ({
          value,
          words: t(`explore:semantics.${value}`),
          detail: t(`explore:semantics.${value}Detail`),
        }))}
      />
      {places && places.length > 0 && (
        <Popover.Root>
          <Popover.Trigger
            className="button semantics-flag"
            aria-label={t("explore:semantics.differ", { count: places.length })}
          >
            <Icon name="warning" />
            {places.length}
          </Popover.Trigger>
          <Popover.Portal>
            <Popover.Positioner className="popup-place" align="end" sideOffset={4}>
              <Popover.Popup className="popup">
                <Popover.Title className="popup-title">
                  {t("explore:difference.title")}
                </Popover.Title>
                <ul className="popup-list">
                  {places.slice(0, PLACES_SHOWN).map((place) => (
                    <Place key={`${place.layer} ${place.path}`} place={place} />
                  ))}
                </ul>
              </Popover.Popup>
            </Popover.Positioner>
          </Popover.Portal>
        </Popover.Root>
      )}
    </div>
  );
}

function Place({ place: { layer, path, because } }: { readonly place: Difference }) {
  const { t } = useWords();
  const selectPath = useAppState((state) => state.selectPath);
  return (
    <li>
      <button type="button" className="button button-link" onClick={() => selectPath(path)}>
        {t(layer > 0 ? "explore:difference.place" : "explore:difference.somewhere", {
          layer,
          path: shortText(path),
        })}
      </button>
      <p>
        {because.type === "refused"
          ? t("explore:difference.refused", { reason: t(`explore:refusal.${because.reason}`) })
          : because.type === "through-symlink"
            ? t("explore:difference.through-symlink", { target: shortText(because.target) })
            : t(`explore:difference.${because.type}`)}
      </p>
    </li>
  );
}
