import { Component, type ReactNode } from "react";
import { useWords } from "../text/words.ts";

interface Props {
  readonly children: ReactNode;
  /** Another value draws the children anew. */
  readonly resetBy: unknown;
}

interface State {
  readonly fault: unknown;
  readonly resetBy: unknown;
}

/** A fault of ours in one part of the page leaves the others standing; another selection draws the part anew. */
export class FaultBoundary extends Component<Props, State> {
  override state: State = { fault: null, resetBy: this.props.resetBy };

  static getDerivedStateFromError(fault: unknown): Partial<State> {
    return { fault };
  }

  static getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
    return props.resetBy === state.resetBy ? null : { fault: null, resetBy: props.resetBy };
  }

  override render() {
    return this.state.fault === null ? (
      this.props.children
    ) : (
      <Fault message={String(this.state.fault)} />
    );
  }
}

function Fault({ message }: { readonly message: string }) {
  const { t } = useWords();
  return (
    <section className="fault" role="alert">
      <strong>{t("fault")}</strong>
      <code>{message}</code>
    </section>
  );
}
