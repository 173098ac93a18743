import type { ReactNode } from "react";

interface PressableProps {
  readonly className: string;
  readonly label: string;
  readonly isPressed: boolean;
  readonly onPress: () => void;
  /** The pointer or the focus came to it. */
  readonly onPoint?: () => void;
  /** It left. */
  readonly onLeave?: () => void;
  readonly "data-layer"?: string;
  readonly "data-line"?: string;
  readonly "data-lit"?: boolean;
  readonly "data-running"?: boolean;
  readonly children: ReactNode;
}

/** A part of a drawing that is a button: by pointer, Enter and Space. */
export function Pressable({
  label,
  isPressed,
  onPress,
  onPoint,
  onLeave,
  children,
  ...rest
}: PressableProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button cannot stand in a drawing
    <g
      {...rest}
      role="button"
      tabIndex={0}
      aria-label={label}
      aria-pressed={isPressed}
      onClick={onPress}
      onPointerEnter={onPoint}
      onFocus={onPoint}
      onPointerLeave={onLeave}
      onBlur={onLeave}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        onPress();
      }}
    >
      {children}
    </g>
  );
}
