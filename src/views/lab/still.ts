/** What is told beside a picture that leaves the page. */
export interface StillWords {
  readonly title: string;
  /** What was typed, with its prompt; empty before the first command. */
  readonly line: string;
  /** The sentence of the moment. */
  readonly narration: string;
  /** Where this very moment can be opened again. */
  readonly link: string;
}

/** The paper of a still, in units of the drawing: how high the drawing's part is, and that of the words under it. */
export interface Sheet {
  readonly width: number;
  readonly drawn: number;
  readonly told: number;
}

const SVG = "http://www.w3.org/2000/svg";
/** How a mark looks comes from style sheets, which stay behind: these are written into it. */
const LOOKS = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "stroke-opacity",
  "opacity",
] as const;
const TYPE = ["font-size", "font-weight", "text-anchor", "dominant-baseline"] as const;
const MARGIN = 16;
const LINE = 14;
const SENTENCE = 15;
const LINK = 9;
/** Lines that a link is printed in; the rest of a longer one stands in the description. */
const LINK_LINES = 4;
/** And those of what was typed. */
const LINE_LINES = 3;

/** The paper that a drawing and its words need. */
export function sheetFor(drawing: SVGSVGElement, words: StillWords): Sheet {
  const width = Math.max(drawing.width.baseVal.value, 360);
  const { line, sentence, link } = broken(words, width);
  const told =
    14 + pitchOf(LINE, line) + pitchOf(SENTENCE, sentence) + pitchOf(LINK, link, 1.3) + 18;
  return { width, drawn: drawing.height.baseVal.value, told };
}

/**
 * The drawing as a file of its own: text stays text in generic faces, colours are those of the theme. Under it stand the
 * line that was typed and the narration, which is its title and description too, with the link small in the corner. It
 * refers to nothing outside. Stills on one sheet are of one size, their words at one place.
 */
export function stillOf(drawing: SVGSVGElement, words: StillWords, sheet: Sheet): string {
  const { width, drawn } = sheet;
  const height = Math.ceil(drawn + sheet.told);
  const still = document.createElementNS(SVG, "svg");
  const picture = drawing.cloneNode(true);
  if (!(picture instanceof SVGSVGElement)) throw new TypeError("a drawing clones into a drawing");
  const originals = [...drawing.querySelectorAll<SVGElement>("*")];
  const clones = [...picture.querySelectorAll<SVGElement>("*")];
  originals.forEach((original, at) => {
    const clone = clones[at];
    if (clone) settle(original, clone);
  });
  const page = getComputedStyle(document.documentElement);
  const { color: fill } = getComputedStyle(document.body);
  const { line, sentence, link } = broken(words, width);
  const top = drawn + 14;
  still.setAttribute("xmlns", SVG);
  still.setAttribute("width", String(width));
  still.setAttribute("height", String(height));
  still.setAttribute("viewBox", `0 0 ${width} ${height}`);
  still.setAttribute("role", "img");
  still.append(
    element("title", {}, words.title),
    element("desc", {}, `${words.narration}\n${words.link}`),
    element("rect", {
      width: "100%",
      height: "100%",
      fill: page.getPropertyValue("--ground") || "Canvas",
    }),
    ...picture.childNodes,
    ...lines(line, { y: top + LINE, size: LINE, family: "monospace", fill }),
    ...lines(sentence, {
      y: top + pitchOf(LINE, line) + SENTENCE,
      size: SENTENCE,
      family: "sans-serif",
      fill,
    }),
    ...lines(link, {
      y: height - pitchOf(LINK, link, 1.3),
      size: LINK,
      lead: 1.3,
      family: "monospace",
      fill,
    }),
  );
  return new XMLSerializer().serializeToString(still);
}

/** The words in lines as wide as the paper. */
function broken({ line, narration, link }: StillWords, width: number) {
  const room = width - 2 * MARGIN;
  return {
    line: cut(wrapped(line, room / (LINE * 0.62)), LINE_LINES),
    sentence: wrapped(narration, room / (SENTENCE * 0.56)),
    link: cut(wrapped(link, room / (LINK * 0.62)), LINK_LINES),
  };
}

/** So many lines; where there are more, the last one shows it. */
function cut(texts: readonly string[], most: number): readonly string[] {
  if (texts.length <= most) return texts;
  return texts.slice(0, most).map((text, at) => (at === most - 1 ? `${text.slice(0, -1)}…` : text));
}

/** How high so many lines are. */
function pitchOf(size: number, texts: readonly string[], lead = 1.4): number {
  return texts.length * size * lead;
}

/** Writes what style sheets say of a mark into its copy, and takes off what only the page needs. */
function settle(original: SVGElement, clone: SVGElement): void {
  const style = getComputedStyle(original);
  if (original.matches(".stage-focus") || style.display === "none") {
    clone.remove();
    return;
  }
  const { transform, width } = original.style;
  for (const { name } of [...clone.attributes])
    if (/^(class|style|tabindex|role)$|^(aria|data)-/.test(name)) clone.removeAttribute(name);
  if (transform) clone.setAttribute("transform", transform.replaceAll("px", ""));
  if (width) clone.setAttribute("width", width.replace("px", ""));
  if (!(original instanceof SVGGraphicsElement) || original instanceof SVGGElement) return;
  const isText = original instanceof SVGTextContentElement;
  for (const name of isText ? [...LOOKS, ...TYPE] : LOOKS) {
    const value = style.getPropertyValue(name);
    if (value !== "" && !/^url\("?https?:/.test(value)) clone.setAttribute(name, inside(value));
  }
  if (isText)
    clone.setAttribute("font-family", /mono/i.test(style.fontFamily) ? "monospace" : "sans-serif");
}

/** `url("http://…/#hatch")` as the page resolves it, as a reference inside the file. */
function inside(value: string): string {
  return value.replace(/url\("?[^)"#]*#([\w-]+)"?\)/g, "url(#$1)");
}

function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  text = "",
): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

function lines(
  texts: readonly string[],
  type: { y: number; size: number; lead?: number; family: string; fill: string },
): readonly SVGElement[] {
  return texts.map((text, at) =>
    element(
      "text",
      {
        x: String(MARGIN),
        y: String(type.y + at * type.size * (type.lead ?? 1.4)),
        "font-size": String(type.size),
        "font-family": type.family,
        fill: type.fill,
      },
      text,
    ),
  );
}

/** A text in lines of so many letters; a Chinese one is as wide as two. Breaks at blanks where there are any. */
export function wrapped(text: string, letters: number): readonly string[] {
  const made: string[] = [];
  let line = "";
  let used = 0;
  for (const word of text.split(/(?<= )|(?<=[\u3000-\u9fff\uff00-\uffef])/)) {
    const own = widthOf(word);
    if (line !== "" && used + own > letters) {
      made.push(line.trimEnd());
      line = "";
      used = 0;
    }
    for (const letter of word) {
      const wide = widthOf(letter);
      if (used + wide > letters) {
        made.push(line);
        line = "";
        used = 0;
      }
      line += letter;
      used += wide;
    }
  }
  if (line.trim() !== "") made.push(line.trimEnd());
  return made;
}

/** How wide a text is, in letters of Latin. */
export function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) width += /[\u1100-\u115f\u2e80-\uffef]/.test(letter) ? 2 : 1;
  return width;
}

/** Draws a still over the whole of a canvas. */
export async function drawStill(svg: string, context: CanvasRenderingContext2D): Promise<void> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  context.drawImage(image, 0, 0, context.canvas.width, context.canvas.height);
}

/** A canvas to draw stills on; its dots are read again. */
export function canvasOf(width: number, height: number): CanvasRenderingContext2D {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new TypeError("no canvas");
  return context;
}

/** The still as a picture of dots, so many a unit. */
export async function rasterOf(svg: string, sheet: Sheet, scale: number): Promise<Blob> {
  const height = Math.ceil(sheet.drawn + sheet.told);
  const context = canvasOf(sheet.width * scale, height * scale);
  await drawStill(svg, context);
  return new Promise((resolve, reject) => {
    context.canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new TypeError("no picture"))),
      "image/png",
    );
  });
}
