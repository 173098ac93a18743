/** What is told beside a picture that leaves the page. */
export interface StillWords {
  readonly title: string;
  /** The sentence of the moment. */
  readonly narration: string;
  /** Where this very moment can be opened again. */
  readonly link: string;
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
const SENTENCE = 15;
const LINK = 9;
/** Lines that a link is printed in; the rest of a longer one stands in the description. */
const LINK_LINES = 4;

/**
 * The drawing as a file of its own: text stays text in generic faces, colours are those of the theme, the narration is its
 * title and description and stands under it, with the link small in the corner. It refers to nothing outside.
 */
export function stillOf(drawing: SVGSVGElement, words: StillWords): string {
  const width = Math.max(drawing.width.baseVal.value, 360);
  const drawn = drawing.height.baseVal.value;
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
  const { color } = getComputedStyle(document.body);
  const sentence = wrapped(words.narration, (width - 2 * MARGIN) / (SENTENCE * 0.56));
  const link = wrapped(words.link, (width - 2 * MARGIN) / (LINK * 0.62)).slice(0, LINK_LINES);
  const top = drawn + 14;
  const height = top + sentence.length * SENTENCE * 1.4 + link.length * LINK * 1.3 + 18;
  still.setAttribute("xmlns", SVG);
  still.setAttribute("width", String(width));
  still.setAttribute("height", String(Math.ceil(height)));
  still.setAttribute("viewBox", `0 0 ${width} ${Math.ceil(height)}`);
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
    ...lines(sentence, {
      y: top + SENTENCE,
      size: SENTENCE,
      pitch: SENTENCE * 1.4,
      family: "sans-serif",
      fill: color,
    }),
    ...lines(link, {
      y: height - link.length * LINK * 1.3,
      size: LINK,
      pitch: LINK * 1.3,
      family: "monospace",
      fill: color,
    }),
  );
  return new XMLSerializer().serializeToString(still);
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
  type: { y: number; size: number; pitch: number; family: string; fill: string },
): readonly SVGElement[] {
  return texts.map((text, at) =>
    element(
      "text",
      {
        x: String(MARGIN),
        y: String(type.y + at * type.pitch),
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

function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) width += /[\u1100-\u115f\u2e80-\uffef]/.test(letter) ? 2 : 1;
  return width;
}

/** The still as a picture of dots, so many a unit. */
export async function rasterOf(svg: string, scale: number): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * scale;
  canvas.height = image.naturalHeight * scale;
  const context = canvas.getContext("2d");
  if (!context) throw new TypeError("no canvas");
  context.scale(scale, scale);
  context.drawImage(image, 0, 0);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new TypeError("no picture"))),
      "image/png",
    );
  });
}
