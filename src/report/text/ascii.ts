/** A text for terminals that show nothing but ASCII: our own signs spelled otherwise, each as wide as it was. */
export function asciiOf(text: string): string {
  return text.replace(OURS, (sign) => spellings[sign] ?? sign);
}

const spellings: Readonly<Record<string, string>> = {
  '█': '#',
  '░': '.',
  '–': '-',
  '−': '-',
  '·': '|',
  '→': '>',
  '×': 'x',
  '±': '~',
  µ: 'u',
  '…': '.',
  '’': "'",
  '“': '"',
  '”': '"',
};

const OURS = new RegExp(`[${Object.keys(spellings).join('')}]`, 'g');
