/** An XML element on lines of its own; text goes in by `escapedXml`, children as lines. */
export function xmlElement(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  content: string | readonly string[] = [],
): string[] {
  const pairs = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${escapedXml(String(value))}"`,
  );
  const start = `<${name}${pairs.join('')}`;
  if (typeof content === 'string') return [`${start}>${escapedXml(content)}</${name}>`];
  if (content.length === 0) return [`${start}/>`];
  return [`${start}>`, ...content.map((line) => `  ${line}`), `</${name}>`];
}

/** Text as text in any place of a document; what XML 1.0 can't hold at all becomes U+FFFD. */
function escapedXml(text: string): string {
  return text
    .replace(NO_XML, '\uFFFD')
    .replace(/[&<>"]/g, (character) => entities[character] ?? character)
    .replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

// Everything but the production Char of XML 1.0, section 2.2: control characters, lone surrogates.
const NO_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
