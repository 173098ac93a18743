import { useId } from "react";

/** A few choices of which one holds: radio buttons that look like one control. */
export function Segmented<T extends string>({
  label,
  choices,
  value,
  onChange,
}: {
  readonly label: string;
  readonly choices: readonly {
    readonly value: T;
    readonly words: string;
    readonly detail: string;
  }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset className="segmented">
      <legend className="unseen">{label}</legend>
      {choices.map((choice) => (
        <label key={choice.value} className="segment" title={choice.detail}>
          <input
            className="unseen"
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
          />
          {choice.words}
        </label>
      ))}
    </fieldset>
  );
}
