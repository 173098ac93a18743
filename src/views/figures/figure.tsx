import type { ReactNode } from "react";
import "./figures.css";

interface FigureProps {
  /** Which of the stage's pictures it is. */
  readonly picture: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly isLarge: boolean;
  readonly label: string;
  readonly children: ReactNode;
}

/** The paper that a figure is drawn on, and the head of its arrows. */
export function Figure({
  picture,
  size: { width, height },
  isLarge,
  label,
  children,
}: FigureProps) {
  return (
    <div className={isLarge ? "stage-frame stage-large" : "stage-frame"}>
      <svg
        className="stage-drawing figure"
        data-picture={picture}
        // biome-ignore lint/a11y/noRedundantRoles: not every browser gives an svg this role
        role="graphics-document"
        aria-label={label}
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
      >
        <defs>
          <marker
            id="figure-arrow"
            viewBox="0 0 10 10"
            refX="8"
            refY="5"
            markerWidth="7"
            markerHeight="7"
            orient="auto-start-reverse"
          >
            <path className="figure-head" d="M0 0L10 5L0 10z" />
          </marker>
        </defs>
        {children}
      </svg>
    </div>
  );
}
