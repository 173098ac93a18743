/** What a person looks at: a name in the union on the stage, or a layer. Which container and which moment are chosen apart. */
export type Selection =
  | {
      readonly type: "path";
      readonly path: string;
      /** Which of the name's marks; null: none of them more than the others. */
      readonly branch: number | null;
    }
  /** `directory`: the one on the host that is the branch. */
  | { readonly type: "layer"; readonly directory: string };

const LAYER = "layer:";

/** As it stands in the URL and in a link: a path, or "layer:" and the layer's directory. */
export function selectionText(selection: Selection): string {
  return selection.type === "path" ? selection.path : `${LAYER}${selection.directory}`;
}

/** null for a text that says of nothing that it is selected. */
export function selectionFrom(text: unknown): Selection | null {
  if (typeof text !== "string") return null;
  if (text.startsWith("/")) return { type: "path", path: text, branch: null };
  const directory = text.startsWith(LAYER) ? text.slice(LAYER.length) : "";
  return directory.startsWith("/") ? { type: "layer", directory } : null;
}
