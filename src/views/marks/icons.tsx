import type { ReactNode } from "react";
import "./marks.css";

const line = { fill: "none", stroke: "currentColor", strokeWidth: 1.7 } as const;

/** Drawings on 16 by 16, in the colour of the text around them. */
const DRAWINGS = {
  padlock: (
    <>
      <path d="M5 7V5a3 3 0 0 1 6 0v2" {...line} />
      <rect x="3" y="7" width="10" height="7" rx="1.5" fill="currentColor" />
    </>
  ),
  theme: (
    <>
      <circle cx="8" cy="8" r="6" {...line} />
      <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
    </>
  ),
  check: <path d="M3 8.5 6.5 12 13 4.5" {...line} />,
  cross: <path d="M4 4l8 8M12 4l-8 8" {...line} />,
  down: <path d="M4 6l4 4 4-4" {...line} />,
  copy: <path d="M6 5.5h7.5v8.5H6zM3 11V2h7.5" {...line} strokeWidth={1.4} />,
  right: <path d="M6 4l4 4-4 4" {...line} />,
  raise: <path d="M8 13V3.5M4 7.5l4-4 4 4" {...line} />,
  lower: <path d="M8 3v9.5M4 8.5l4 4 4-4" {...line} />,
  fork: <path d="M5 2.5v11M5 10.5c0-4.5 6-3 6-8" {...line} strokeLinecap="round" />,
  sliders: <path d="M2 5h5M11 5h3M2 11h2M8 11h6M9 3v4M6 9v4" {...line} strokeLinecap="round" />,
  screen: <path d="M2 3h12v7.5H2zM8 10.5V13M5 13.5h6" {...line} strokeWidth={1.4} />,
  share: <path d="M8 10V2M5 4.8 8 2l3 2.8M5 7.5H3V14h10V7.5h-2" {...line} strokeWidth={1.5} />,
  search: <path d="M10.5 10.5 14 14M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9" {...line} />,
  plus: <path d="M8 3v10M3 8h10" {...line} />,
  grip: (
    <path
      d="M6 3.5v.1M10 3.5v.1M6 8v.1M10 8v.1M6 12.5v.1M10 12.5v.1"
      {...line}
      strokeLinecap="round"
      strokeWidth={2}
    />
  ),
  folder: <path d="M2 4.5V13h12V5.5H8L6.5 3.5H2z" {...line} strokeLinejoin="round" />,
  file: <path d="M4 2h5.5L12.5 5v9H4zM9 2v3.5h3.5" {...line} strokeWidth={1.3} />,
  link: <path d="M3 13c0-5 3-7 9-7M9 3l3.5 3L9 9" {...line} />,
  device: <path d="M3 5h10v7H3zM5.5 8.5h2M10.5 12v2M5.5 12v2M8 2v3" {...line} strokeWidth={1.3} />,
  whiteout: (
    <>
      <circle cx="8" cy="8" r="5.6" {...line} />
      <path d="M4.2 11.8l7.6-7.6" {...line} />
    </>
  ),
  opaque: <path d="M2.5 2.5h11v11h-11zM6 2.5v11M10 2.5v11" {...line} strokeWidth={1.4} />,
  warning: (
    <>
      <path d="M8 2l6.5 11.5h-13z" {...line} strokeLinejoin="round" strokeWidth={1.4} />
      <path d="M8 6.5v3.5M8 11.2v1" {...line} strokeWidth={1.5} />
    </>
  ),
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof DRAWINGS;

/** A mark beside a word or a label that says the same; hidden from screen readers. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {DRAWINGS[name]}
    </svg>
  );
}

/** The name's sign: a dashed view over a thin writable and a read-only branch. */
export function Sign() {
  return (
    <svg className="sign" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <rect className="sign-view" x="3" y="2.5" width="18" height="4.5" rx="2" />
      <rect className="sign-rw" x="2" y="10" width="20" height="4" rx="2" />
      <rect className="sign-ro" x="2" y="17" width="20" height="4.5" rx="2" />
    </svg>
  );
}
