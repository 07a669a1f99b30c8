import type { ReportOptions } from '../../report/formats/options.ts';
import { asciiOf } from '../../report/text/ascii.ts';

/** The look of a text for this terminal. */
export function terminalOptions(): ReportOptions {
  return { color: wantsColor(), width: terminalWidth(), ascii: !takesUtf8() };
}

/** A text of ours in the signs that this terminal shows. */
export function inItsSigns(text: string): string {
  return takesUtf8() ? text : asciiOf(text);
}

/** As the locale says; one that isn't set says nothing: containers set none, and what reads them takes UTF-8. */
function takesUtf8(): boolean {
  const { LC_ALL, LC_CTYPE, LANG } = process.env;
  const locale = [LC_ALL, LC_CTYPE, LANG].find((name) => name !== undefined && name !== '');
  return locale === undefined || /utf-?8/i.test(locale);
}

/** A terminal that does not know its width says 0. */
function terminalWidth(): number {
  const { isTTY, columns } = process.stdout;
  return isTTY && columns > 0 ? columns : 100;
}

/** https://no-color.org, and FORCE_COLOR as chalk reads it. */
function wantsColor(): boolean {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return process.stdout.isTTY;
}
