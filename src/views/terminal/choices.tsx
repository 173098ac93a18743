import type { Candidate } from "../../shell/completion.ts";
import type { Choosing } from "./choosing.ts";

const SHOWN = 200;

/** The completions, as a listbox that the input controls. */
export function Choices({
  id,
  choosing,
  label,
  onChoose,
}: {
  readonly id: string;
  readonly choosing: Choosing;
  readonly label: string;
  readonly onChoose: (option: Candidate) => void;
}) {
  const open = choosing.type === "open";
  return (
    <div className="terminal-choices mono" id={id} role="listbox" aria-label={label} hidden={!open}>
      {open &&
        choosing.candidates.slice(0, SHOWN).map((option, at) => (
          <div
            key={option.text}
            id={`${id}-${at}`}
            role="option"
            tabIndex={-1}
            aria-selected={at === choosing.at}
            className="terminal-choice"
            onPointerDown={(event) => {
              event.preventDefault();
              onChoose(option);
            }}
          >
            {option.label}
          </div>
        ))}
    </div>
  );
}
