/** Longer texts are cut: no file may be blown up by what an endpoint or another's result says. */
const LONGEST = 400;

/** A text as text: markup, control characters and what turns the direction of writing are inert in it. */
export function escaped(text: string, longest = LONGEST): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ')
    .replace(FIGURE_AND_UNIT, '$1\u00a0')
    .replace(/[&<>"']/g, (sign) => `&#${String(sign.charCodeAt(0))};`);
}

/** What no line may part. */
const FIGURE_AND_UNIT = /(\d) (?=(?:ms|s|µs|B|KB|MB|%)(?![\w]))/g;

/** The attributes of an element, by name; what is undefined is left out. */
type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element as markup; its children are markup already, its attributes plain text. */
export function element(
  name: string,
  attributes: Attributes,
  ...children: readonly string[]
): string {
  const listed = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined
      ? []
      : [` ${key}="${typeof value === 'number' ? rounded(value) : escaped(value)}"`],
  );
  const open = `<${name}${listed.join('')}>`;
  return emptyElements.has(name) ? open : `${open}${children.join('')}</${name}>`;
}

/** HTML's own; those of SVG are closed. */
const emptyElements: ReadonlySet<string> = new Set(['meta', 'link']);

/** A tenth of a pixel is seen, a hundredth isn't. */
function rounded(value: number): string {
  return String(Math.round(value * 10) / 10);
}
